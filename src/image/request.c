/* SPDX-License-Identifier: MIT
 *
 * request.c - the command line of the helper programs, and the end of what they print.
 */
#include "image/request.h"
#include "base/error.h"
#include "base/utf8.h"
#include "image/reference.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

int request_failed(const struct request *request, const struct sbx_error *error)
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
    return EXIT_FAILED;
}

void request_waits(void)
{
    fputs("sandbox: another sandbox is changing the cache: waiting for it\n", stderr);
}

int request_finish(const struct request *request, int status)
{
    struct sbx_error error;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    err_set(&error, SBX_E_HOST, errno, IMAGE_STAGE, "stdout can't be written");
    return request_failed(request, &error);
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
        return err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE,
                       "'sandbox image %s' does not take these options", request->verb);
    }
}

int request_parse(int argc, char **argv, struct request *request, struct sbx_error *error)
{
    static const struct option options[] = {{"format", required_argument, NULL, 'f'},
                                            {"max-size", required_argument, NULL, 's'},
                                            {"max-entries", required_argument, NULL, 'e'},
                                            {"all", no_argument, NULL, 'a'},
                                            {NULL, 0, NULL, 0}};
    static const struct {
        const char *verb, *options;
    } verbs[] = {{"unpack", "fse"}, {"layers", "se"}, {"list", "f"}, {"remove", "a"}};
    const char *taken = NULL;
    *request = (struct request){.verb = argc > 1 ? argv[1] : "",
                                .budget = {.bytes = 16ULL << 30, .entries = 1000000}};
    request->machine = strcmp(request->verb, "layers") == 0;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(request->verb, verbs[i].verb) == 0)
            taken = verbs[i].options;
    if (!taken) {
        err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "there is no 'sandbox image %s'",
                request->verb);
        return err_hint(error, "unpack, list or remove; see sandbox image --help");
    }
    opterr = 0;
    optind = 2;
    for (int option; (option = getopt_long(argc, argv, "+", options, NULL)) != -1;)
        if (take_option(request, strchr(taken, option) ? option : '?', error) != 0)
            return -1;
    request->words = argv + optind;
    request->word_count = argc - optind;
    return 0;
}
