/* SPDX-License-Identifier: MIT
 *
 * main.c - sandbox-image, the helper program that `sandbox image` and the launcher start. It knows
 * archives and JSON, for the launcher to know neither.
 *
 *     sandbox-image unpack [--format text|json] [--max-size N] [--max-entries N] [--] REF
 *     sandbox-image layers [--max-size N] [--max-entries N] [--] REF
 *     sandbox-image list   [--format text|json]
 *     sandbox-image remove [--all] [--] [DIGEST...]
 *
 * `layers` is for programs. On success stdout has the folders of the layers, the topmost first,
 * each with a NUL byte behind it; each one is whole, and stands for as long as somebody holds a
 * shared flock(2) of it. Whoever takes that lock then looks whether the path still leads to the
 * folder that was locked, and asks again where it does not. On failure stderr has one line that
 * says what is wrong and, where there is one, a second line with a hint.
 *
 * The exit status is 0, or 125 where it could not do what it was asked; `remove` exits with 1 where
 * a layer stays because it is in use.
 */
#include "base/error.h"
#include "base/fd.h"
#include "base/utf8.h"
#include "image/confine.h"
#include "image/tell.h"
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_USED = 1, EXIT_FAILED = 125 };

struct request {
    const char *verb;
    bool json, all, machine;
    struct budget budget;
    char **words;
    int word_count;
};

/* ---- the command line ----------------------------------------------------------------------- */

static void put_error(const struct request *request, const struct sbx_error *error)
{
    const char *prefix = request->machine ? "" : "sandbox: ";
    fputs(prefix, stderr);
    text_put(stderr, error->text);
    if (error->sys_errno)
        fprintf(stderr, ": %s", strerror(error->sys_errno));
    if (error->hint[0]) {
        fprintf(stderr, "\n%s%s", prefix, request->machine ? "" : "hint: ");
        text_put(stderr, error->hint);
    }
    fputc('\n', stderr);
}

/* "64M": a number, with K, M, G or T for 1024, 1024^2 ... */
static bool read_number(const char *text, uint64_t *number)
{
    static const char units[] = "KMGT";
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    if (*text < '0' || *text > '9' || errno || (*end && (!unit || end[1])))
        return false;
    for (; unit && unit >= units; unit--) {
        if (value > INT64_MAX / 1024)
            return false;
        value *= 1024;
    }
    *number = value;
    return value > 0 && value <= INT64_MAX;
}

static int take_option(struct request *request, int option, struct sbx_error *error)
{
    switch (option) {
    case 'f':
        request->json = strcmp(optarg, "json") == 0;
        if (request->json || strcmp(optarg, "text") == 0)
            return 0;
        return err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "--format is text or json, not %s",
                       optarg);
    case 's':
    case 'e':
        if (read_number(optarg, option == 's' ? &request->budget.bytes : &request->budget.entries))
            return 0;
        err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "'%s' is not a %s", optarg,
                option == 's' ? "size" : "number");
        return err_hint(error, "a number above 0; K, M, G and T behind it multiply by 1024");
    case 'a':
        request->all = true;
        return 0;
    default:
        return err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "sandbox-image: wrong options");
    }
}

static int parse(int argc, char **argv, struct request *request, struct sbx_error *error)
{
    static const struct option options[] = {{"format", required_argument, NULL, 'f'},
                                            {"max-size", required_argument, NULL, 's'},
                                            {"max-entries", required_argument, NULL, 'e'},
                                            {"all", no_argument, NULL, 'a'},
                                            {NULL, 0, NULL, 0}};
    static const char *const verbs[] = {"unpack", "layers", "list", "remove"};
    bool known = false;
    *request = (struct request){.verb = argc > 1 ? argv[1] : "",
                                .budget = {.bytes = 16ULL << 30, .entries = 1000000}};
    request->machine = strcmp(request->verb, "layers") == 0;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        known |= strcmp(request->verb, verbs[i]) == 0;
    if (!known) {
        err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "there is no 'sandbox image %s'",
                request->verb);
        return err_hint(error, "unpack, list or remove; see sandbox image --help");
    }
    opterr = 0;
    optind = 2;
    for (int option; (option = getopt_long(argc, argv, "+", options, NULL)) != -1;)
        if (take_option(request, option, error) != 0)
            return -1;
    request->words = argv + optind;
    request->word_count = argc - optind;
    return 0;
}

/* ---- images --------------------------------------------------------------------------------- */

static void tell_waiting(void)
{
    fputs("sandbox: another sandbox is changing the cache: waiting for it\n", stderr);
}

/* The folders, for programs. */
static int put_layers(const struct told *told, struct sbx_error *error)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < told->stack_count; i++) {
        if (cache_layer_path(told->cache, &told->image->config.diff_ids[told->stack[i]], path) != 0)
            return err_set(error, SBX_E_HOST, ENAMETOOLONG, IMAGE_STAGE, "the path of a layer");
        fwrite(path, 1, strlen(path) + 1, stdout);
    }
    return 0;
}

static int tell(const struct request *request, struct told *told, struct arena *arena,
                struct sbx_error *error)
{
    size_t *stack = arena_array(arena, told->image->config.count, sizeof(*stack));
    if (!stack)
        return err_memory(error, IMAGE_STAGE);
    told->stack_count = provide_stack(told->image, told->cache, stack);
    told->stack = stack;
    if (request->machine)
        return put_layers(told, error);
    if (request->json)
        return tell_image_json(told, error);
    tell_image_text(told);
    return 0;
}

/* From here on nothing outside of the layout and the cache is needed, nor can be had. */
static int provide(const struct request *request, const struct layout *layout, struct cache *cache,
                   const struct reference *reference, struct arena *arena, struct sbx_error *error)
{
    struct image image;
    struct told told = {.reference = reference, .image = &image, .cache = cache};
    if (confine(layout->fd, cache->fd, request->budget.bytes, error) != 0 ||
        layout_resolve(layout, reference, arena, &image, error) != 0 ||
        provide_layers(layout, &image, cache, &request->budget,
                       request->machine ? NULL : tell_waiting, arena, &told.provided, error) != 0)
        return -1;
    return tell(request, &told, arena, error);
}

static int do_image(const struct request *request, struct cache *cache, struct sbx_error *error)
{
    struct arena arena = {NULL};
    struct layout layout = {.fd = -1};
    struct reference reference;
    int result = -1;
    if (request->word_count != 1) {
        err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "one image is named: oci:DIR:TAG");
        return -1;
    }
    if (reference_parse(request->words[0], layout_exists, &arena, &reference, error) == 0 &&
        layout_open(reference.directory, &layout, error) == 0 && cache_open(cache, error) == 0)
        result = provide(request, &layout, cache, &reference, &arena, error);
    close_fd(&layout.fd);
    arena_free(&arena);
    return result;
}

/* ---- the cache ------------------------------------------------------------------------------ */

struct listed {
    struct cached *at;
    size_t count;
};

static int add_listed(const struct cached *cached, void *context)
{
    struct listed *listed = context;
    struct cached *more = reallocarray(listed->at, listed->count + 1, sizeof(*more));
    if (!more)
        return 1;
    more[listed->count++] = *cached;
    listed->at = more;
    return 0;
}

/* The caller frees listed->at, also after a failure. */
static int collect(const struct cache *cache, struct listed *listed, struct sbx_error *error)
{
    *listed = (struct listed){NULL, 0};
    int result = cache_list(cache, add_listed, listed, error);
    return result == 1 ? err_memory(error, IMAGE_STAGE) : result;
}

static int do_list(const struct request *request, struct cache *cache, struct sbx_error *error)
{
    struct listed listed = {NULL, 0};
    if (request->word_count)
        return err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "sandbox image list takes no words");
    if (cache_open(cache, error) != 0 || confine(-1, cache->fd, request->budget.bytes, error) != 0)
        return -1;
    int result = collect(cache, &listed, error);
    if (result == 0 && request->json)
        result = tell_cached_json(cache, listed.at, listed.count, error);
    else if (result == 0)
        for (size_t i = 0; i < listed.count; i++)
            tell_cached_text(&listed.at[i]);
    free(listed.at);
    return result;
}

static int remove_one(struct cache *cache, const struct digest *digest, bool *used,
                      struct sbx_error *error)
{
    bool this_used;
    if (cache_remove(cache, digest, &this_used, error) != 0)
        return -1;
    printf("layer %s: %s\n", digest_text(digest).text,
           this_used ? "stays: it is in use" : "removed");
    *used |= this_used;
    return 0;
}

static int remove_all(struct cache *cache, bool *used, struct sbx_error *error)
{
    struct listed listed;
    int result = collect(cache, &listed, error);
    for (size_t i = 0; i < listed.count && result == 0; i++)
        result = remove_one(cache, &listed.at[i].digest, used, error);
    free(listed.at);
    return result;
}

static int do_remove(const struct request *request, struct cache *cache, bool *used,
                     struct sbx_error *error)
{
    struct digest digest;
    int result = 0;
    if (request->all == (request->word_count > 0)) {
        err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "which layers are to be removed?");
        return err_hint(error, "name their digests, as sandbox image list tells them, or --all");
    }
    for (int i = 0; i < request->word_count; i++)
        if (!digest_parse(request->words[i], &digest))
            return err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "'%s' is not a digest",
                           request->words[i]);
    if (cache_open(cache, error) != 0 ||
        confine(-1, cache->fd, request->budget.bytes, error) != 0 ||
        cache_lock(cache, tell_waiting, error) != 0)
        return -1;
    if (request->all)
        return remove_all(cache, used, error);
    for (int i = 0; i < request->word_count && result == 0; i++) {
        digest_parse(request->words[i], &digest);
        result = remove_one(cache, &digest, used, error);
    }
    return result;
}

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(SANITIZED)
/* Built with the address sanitizer: a process that is confined can't look for its leaks. The
 * fuzzers and unit tests do. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

/* ---- main ----------------------------------------------------------------------------------- */

static int serve(const struct request *request, bool *used, struct sbx_error *error)
{
    struct cache cache = {.fd = -1};
    int result;
    umask(022);
    if (strcmp(request->verb, "list") == 0)
        result = do_list(request, &cache, error);
    else if (strcmp(request->verb, "remove") == 0)
        result = do_remove(request, &cache, used, error);
    else
        result = do_image(request, &cache, error);
    cache_close(&cache);
    return result;
}

int main(int argc, char **argv)
{
    struct request request;
    struct sbx_error error;
    bool used = false;
    /* libarchive takes names of PAX headers, which are UTF-8, into the locale's characters. */
    setlocale(LC_CTYPE, "C.UTF-8");
    signal(SIGXFSZ, SIG_IGN);
    if (parse(argc, argv, &request, &error) != 0 || serve(&request, &used, &error) != 0) {
        put_error(&request, &error);
        return EXIT_FAILED;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        err_set(&error, SBX_E_HOST, errno, IMAGE_STAGE, "stdout can't be written");
        put_error(&request, &error);
        return EXIT_FAILED;
    }
    return used ? EXIT_USED : 0;
}
