/* SPDX-License-Identifier: MIT
 *
 * main.c - sandbox-image, the helper program that `sandbox image` and the launcher start.
 *
 *     sandbox-image unpack [--format text|json] [--max-size N] [--max-entries N] [--] REF
 *     sandbox-image layers [--max-size N] [--max-entries N] [--] REF
 *     sandbox-image list   [--format text|json]
 *     sandbox-image remove [--all] [--] [DIGEST...]
 *
 * `layers` is for programs. On success stdout has the directories of the layers, the topmost first,
 * each with a NUL byte behind it; each one is whole, and stands for as long as somebody holds a
 * shared flock(2) of it. Whoever takes that lock then looks whether the path still leads to the
 * directory that was locked, and asks again where it does not. On failure stderr has one line that
 * says what is wrong and, where there is one, a second line with a hint.
 *
 * The exit status is 0, or 125 where it could not do what it was asked; `remove` exits with 1 where
 * a layer stays because it is in use.
 *
 * This program is small, for it is part of each launch from an image. What it can't answer from the
 * cache, sandbox-unpack does, which is linked with libarchive. Images are read in a process that is
 * confined, and so could not become another program: it is a child of this one.
 */
#include "base/error.h"
#include "image/confine.h"
#include "image/session.h"
#include "image/tell.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_MISSING = 2 }; /* a layer is not in the cache */

/* ---- images --------------------------------------------------------------------------------- */

/* In the child: the answer, where the cache has all of it. */
static int answer(const struct request *request)
{
    struct session session;
    struct sbx_error error;
    const struct provided *cached;
    if (session_open(&session, request, &error) != 0)
        return request_failed(request, &error);
    if (!provide_has_all(&session.image, &session.cache))
        return EXIT_MISSING;
    cached = provide_cached(&session.image, &session.arena);
    if (!cached)
        err_memory(&error, IMAGE_STAGE);
    if (!cached || session_tell(&session, cached, &error) != 0)
        return request_failed(request, &error);
    session_close(&session);
    return request_finish(request, 0);
}

/* The exit status of the child; EXIT_FAILED where there was none. */
static int ask_child(const struct request *request)
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(answer(request));
    while (pid > 0 && waitpid(pid, &status, 0) != pid)
        if (errno != EINTR)
            pid = -1;
    if (pid > 0 && WIFEXITED(status))
        return WEXITSTATUS(status);
    struct sbx_error error;
    err_set(&error, SBX_E_HOST, pid < 0 ? errno : 0, IMAGE_STAGE,
            "what reads the image has failed");
    return request_failed(request, &error);
}

static int do_image(const struct request *request, char **argv)
{
    char path[PATH_MAX];
    struct sbx_error error;
    int status = ask_child(request);
    if (status != EXIT_MISSING)
        return status;
    if (sbx_helper("sandbox-unpack", path, sizeof(path), &error) != 0)
        return request_failed(request, &error);
    argv[0] = path;
    execv(path, argv);
    err_set(&error, SBX_E_HOST, errno, IMAGE_STAGE, "can't start '%s'", path);
    return request_failed(request, &error);
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
        cache_lock(cache, request_waits, error) != 0)
        return -1;
    if (request->all)
        return remove_all(cache, used, error);
    for (int i = 0; i < request->word_count && result == 0; i++) {
        digest_parse(request->words[i], &digest);
        result = remove_one(cache, &digest, used, error);
    }
    return result;
}

/* ---- main ----------------------------------------------------------------------------------- */

static int do_cache(const struct request *request)
{
    struct cache cache = {.fd = -1};
    struct sbx_error error;
    bool used = false;
    int result = strcmp(request->verb, "list") == 0 ? do_list(request, &cache, &error)
                                                    : do_remove(request, &cache, &used, &error);
    cache_close(&cache);
    return result == 0 ? request_finish(request, used ? EXIT_USED : 0)
                       : request_failed(request, &error);
}

int main(int argc, char **argv)
{
    struct request request;
    struct sbx_error error;
    if (request_parse(argc, argv, &request, &error) != 0)
        return request_failed(&request, &error);
    umask(022);
    if (strcmp(request.verb, "unpack") == 0 || request.machine)
        return do_image(&request, argv);
    return do_cache(&request);
}
