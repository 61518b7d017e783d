/* SPDX-License-Identifier: MIT
 *
 * test_surroundings.c - what the program finds itself in: files, environment, arguments, identity,
 * rights, open files.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect_line(const struct result *r, const char *line)
{
    char text[4200];

    snprintf(text, sizeof(text), "%s\n", line);
    expect_word(r, r->out, text);
}

/* The working directory holds the program, and what was given with it, and nothing of its host
 * folder. */
static void folder(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("show")));
    expect_outcome(&r, "exited", 0);
    expect_line(&r, "cwd /box");
    expect_line(&r, "folder show");
    expect_line(&r, "fds 0 1 2");
    expect_line(&r, "uid 1000 gid 1000");
    expect_line(&r, "hostname sandbox");
    expect_line(&r, "umask 022");
    expect_word(&r, r.out, "sid-own 1\n");
    result_free(&r);
}

static void rights(void **state)
{
    static const char *const lines[] = {"CapInh:\t0000000000000000",
                                        "CapPrm:\t0000000000000000",
                                        "CapEff:\t0000000000000000",
                                        "CapBnd:\t0000000000000000",
                                        "CapAmb:\t0000000000000000",
                                        "NoNewPrivs:\t1",
                                        "Seccomp:\t2",
                                        "SigBlk:\t0000000000000000",
                                        "SigIgn:\t0000000000000000"};
    struct result r;
    size_t i;

    (void)state;
    RUN(&r, .argv = LIST(payload("show")));
    expect_outcome(&r, "exited", 0);
    for (i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        expect_line(&r, lines[i]);
    result_free(&r);
}

static void given_files(void **state)
{
    const char *path = work_path("given");
    FILE *file = fopen(path, "we");
    char renamed[256];
    struct result r;

    (void)state;
    assert_non_null(file);
    fputs("given\n", file);
    fclose(file);
    snprintf(renamed, sizeof(renamed), "%s:other name", path);
    RUN(&r, .file = LIST(path, renamed), .argv = LIST(payload("read_file"), "given", "other name"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "given\ngiven\n");
    result_free(&r);
    RUN(&r, .file = LIST(path), .argv = LIST(payload("big_file"), "given", "1"));
    expect_outcome(&r, "exited", 4); /* it can't be written */
    result_free(&r);
    RUN(&r, .argv = LIST(payload("read_file"), "given"));
    expect_outcome(&r, "exited", 1); /* and is not there unless asked for */
    result_free(&r);
    unlink(path);
}

static void relative_program(void **state)
{
    struct result r;

    (void)state;
    assert_int_equal(chdir("../payloads"), 0);
    RUN(&r, .argv = LIST("./exit_code", "7"));
    expect_outcome(&r, "exited", 7);
    result_free(&r);
    assert_int_equal(chdir(stage()->work), 0);
    RUN(&r, .argv = LIST("true"));
    expect_outcome(&r, "exited", 0);
    result_free(&r);
}

static void environment(void **state)
{
    struct result r;

    (void)state;
    setenv("SANDBOX_TEST_LEAK", "leaked", 1);
    RUN(&r, .argv = LIST(payload("show")));
    expect_outcome(&r, "exited", 0);
    assert_null(strstr(r.out, "leaked"));
    result_free(&r);
    RUN(&r, .set = LIST("environment.pass=SANDBOX_TEST_LEAK", "environment.set=ONE=1 TWO=2"),
        .argv = LIST(payload("show")));
    expect_outcome(&r, "exited", 0);
    expect_line(&r, "env SANDBOX_TEST_LEAK=leaked");
    expect_line(&r, "env ONE=1");
    expect_line(&r, "env TWO=2");
    result_free(&r);
    unsetenv("SANDBOX_TEST_LEAK");
}

static void empty_environment(void **state)
{
    static const char *const none[] = {NULL};
    struct result r;

    (void)state;
    RUN(&r, .env = none, .argv = LIST(payload("exit_code"), "5"));
    expect_outcome(&r, "exited", 5);
    result_free(&r);
}

static void many_arguments(void **state)
{
    const char **argv = calloc(100002, sizeof(*argv));
    struct result r;
    size_t i;

    (void)state;
    assert_non_null(argv);
    argv[0] = payload("show");
    for (i = 1; i <= 100000; i++)
        argv[i] = i == 50000 ? "" : "ab";
    RUN(&r, .argv = argv);
    expect_outcome(&r, "exited", 0);
    expect_line(&r, "arguments 100000 bytes 199998");
    result_free(&r);
    free(argv);
}

static void delete_cwd(void *path)
{
    if (mkdir(path, 0700) != 0 || chdir(path) != 0 || rmdir(path) != 0)
        _exit(97);
}

static void deleted_cwd(void **state)
{
    char path[256];
    struct result r;

    (void)state;
    snprintf(path, sizeof(path), "%s", work_path("gone"));
    RUN(&r, .argv = LIST(payload("exit_code"), "6"), .before = delete_cwd, .data = path);
    expect_outcome(&r, "exited", 6);
    result_free(&r);
}

/* Files that the caller left open, low and high, are not the program's. */
static void leave_open(void *unused)
{
    int fd = open("/etc/passwd", O_RDONLY), high;

    (void)unused;
    for (high = 3; high < 60; high++) {
        if (high != fd)
            dup2(fd, high);
    }
    dup2(fd, 900);
}

static void leaked_files(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("show")), .before = leave_open);
    expect_outcome(&r, "exited", 0);
    expect_line(&r, "fds 0 1 2");
    result_free(&r);
}

/* ---- what the caller's process hands on ----------------------------------------------------- */

static void without_randomisation(void *unused)
{
    (void)unused;
    if (personality(ADDR_NO_RANDOMIZE) < 0)
        _exit(97);
}

static void get_persona(bool confined, char text[static 128])
{
    struct result r;

    RUN(&r, .unconfined = !confined, .argv = LIST(payload("persona")),
        .before = without_randomisation);
    assert_int_equal(r.status, 0);
    snprintf(text, 128, "%s", r.out);
    result_free(&r);
}

/* A caller under `setarch -R` does not take address space randomisation away from the program. */
static void execution_domain(void **state)
{
    char first[128], second[128];

    (void)state;
    get_persona(false, first);
    get_persona(false, second);
    assert_int_equal(strncmp(first, "00040000", 8), 0);
    assert_string_equal(first, second);
    get_persona(true, first);
    get_persona(true, second);
    assert_int_equal(strncmp(first, "00000000", 8), 0);
    assert_string_not_equal(first, second); /* not the same place twice */
}

/* With room for cores, in a folder of their own. */
static void allow_cores(void *path)
{
    const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

    if (setrlimit(RLIMIT_CORE, &unlimited) != 0 || chdir(path) != 0)
        _exit(97);
}

/* Whether an unconfined crash leaves its core in the working directory. */
static bool cores_are_files(void)
{
    char pattern[256] = "|";
    struct rlimit limit = {0, 0};
    FILE *file = fopen("/proc/sys/kernel/core_pattern", "re");

    if (file == NULL || fgets(pattern, sizeof(pattern), file) == NULL)
        pattern[0] = '|';
    if (file != NULL)
        fclose(file);
    return strchr("|\n", pattern[0]) == NULL && strchr(pattern, '/') == NULL &&
           getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == RLIM_INFINITY;
}

static void no_core(void **state)
{
    char folder[256];
    struct result r;
    bool control = cores_are_files();

    (void)state;
    snprintf(folder, sizeof(folder), "%s", work_path("cores"));
    assert_int_equal(mkdir(folder, 0700), 0);
    RUN(&r, .argv = LIST(payload("core")), .before = control ? allow_cores : NULL, .data = folder);
    expect_outcome(&r, "exited", 0);
    result_free(&r);
    assert_int_equal(rmdir(folder), 0); /* empty */
    if (!control) {
        printf("cores are no files here: no control\n");
        return;
    }
    assert_int_equal(mkdir(folder, 0700), 0);
    RUN(&r, .unconfined = true, .argv = LIST(payload("core")), .before = allow_cores,
        .data = folder);
    assert_int_equal(r.status, 1);
    result_free(&r);
    assert_int_equal(tree_remove(folder), 0);
}

/* ---- what a common solution needs ----------------------------------------------------------- */

/* Each thread's stack is as large as limits.stack says, and only what is used of it counts. */
static void many_threads(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("threads"), "32"));
    expect_outcome(&r, "exited", 0);
    result_free(&r);
    RUN(&r, .set = LIST("limits.pids=20"), .argv = LIST(payload("threads"), "32"));
    expect_outcome(&r, "exited", 3); /* the control: they were all there at once */
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder),         cmocka_unit_test(rights),
        cmocka_unit_test(given_files),    cmocka_unit_test(relative_program),
        cmocka_unit_test(environment),    cmocka_unit_test(empty_environment),
        cmocka_unit_test(many_arguments), cmocka_unit_test(deleted_cwd),
        cmocka_unit_test(leaked_files),   cmocka_unit_test(execution_domain),
        cmocka_unit_test(no_core),        cmocka_unit_test(many_threads),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
