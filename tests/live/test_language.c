/* SPDX-License-Identifier: MIT
 *
 * test_language.c - a real program of one language under the profile that is meant for it, with
 * threads, files in /tmp, and some hundred megabytes of work: test_language user|root LANGUAGE.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct language {
    const char *name, *profile;
    const char *runtime;      /* on the host; NULL: the program is its own */
    const char *file;         /* shown beside the program */
    const char *arguments[4]; /* after the runtime */
    const char *out;
};

static const struct language languages[] = {
    {"c", "judge", NULL, "work", {NULL}, "total 6\n"},
    {"c-static", "judge", NULL, "work-static", {NULL}, "total 6\n"},
    {"c++", "judge", NULL, "work-cpp", {NULL}, "thrown\ntotal 6\n"},
    {"python", "judge-python", "/usr/bin/python3", "work.py", {"work.py"}, "total 6\n"},
    {"java", "judge-java", "/usr/bin/java", "Work.class", {"-cp", "/box", "Work"}, "total 6\n"},
    {"node", "judge-node", "/usr/bin/node", "work.js", {"work.js"}, "total 6\n"},
};
static const struct language *language;

static void program(void **state)
{
    const char *const *limits =
        LIST("limits.memory=1G", "limits.cpu_time=20s", "limits.wall_time=40s");
    const char *argv[6] = {language->runtime};
    struct result r;

    (void)state;
    memcpy(argv + 1, language->arguments, sizeof(language->arguments));
    if (language->runtime == NULL)
        RUN(&r, .profile = language->profile, .set = limits, .argv = LIST(payload(language->file)),
            .seconds = 60);
    else
        RUN(&r, .profile = language->profile, .set = limits, .argv = argv, .seconds = 60,
            .file = LIST(payload(language->file)));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, language->out);
    printf("%s: wall %.2f s, CPU %.2f s, memory %lld MB\n", language->name,
           (double)report_int(&r, "wall_ns") / 1e9, (double)report_int(&r, "cpu_us") / 1e6,
           (long long)report_int(&r, "memory_peak_bytes") >> 20);
    result_free(&r);
}

/* The profile as it is shipped is enough for a small program. */
static void shipped_limits(void **state)
{
    const char *const version = strcmp(language->name, "java") == 0 ? "-version" : "--version";
    struct result r;

    (void)state;
    if (language->runtime == NULL)
        return;
    RUN(&r, .profile = language->profile, .argv = LIST(language->runtime, version));
    expect_outcome(&r, "exited", 0);
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(program), cmocka_unit_test(shipped_limits)};
    size_t i;

    for (i = 0; i < sizeof(languages) / sizeof(*languages); i++) {
        if (argc > 0 && strcmp(languages[i].name, argv[0]) == 0)
            language = &languages[i];
    }
    if (language == NULL)
        return 2;
    if (language->runtime != NULL && access(language->runtime, X_OK) != 0)
        return stage_skip("%s is not installed", language->runtime);
    if (access(payload(language->file), R_OK) != 0)
        return stage_skip("%s was not built: is the compiler installed?", language->file);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
