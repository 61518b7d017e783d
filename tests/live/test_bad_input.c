/* SPDX-License-Identifier: MIT
 *
 * test_bad_input.c - what is not understood or can't be done is refused with the right exit status
 * and one clear message, before the program runs.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

/* One message: "sandbox: ...", the line that it is about with a caret, and a hint; no second error.
 */
static void expect_one_message(const struct result *r)
{
    size_t lines = 0, messages = 0;
    const char *line;

    for (line = r->err; *line != '\0'; line = strchr(line, '\n') + 1, lines++)
        messages += strncmp(line, "sandbox: ", 9) == 0 && strncmp(line, "sandbox: hint: ", 15) != 0;
    if (messages != 1 || lines > 5 || strncmp(r->err, "sandbox: ", 9) != 0) {
        result_print(r);
        fail_msg("stderr is not one message of the command");
    }
}

#define REFUSED(exit, word, ...)                                                                   \
    do {                                                                                           \
        struct result r;                                                                           \
        RUN(&r, __VA_ARGS__);                                                                      \
        expect_refused(&r, exit, word);                                                            \
        expect_one_message(&r);                                                                    \
        result_free(&r);                                                                           \
    } while (0)

static void usage(void **state)
{
    (void)state;
    REFUSED(125, "program", .no_report = true, .argv = NULL);
    REFUSED(125, "--no-such-option", .no_report = true, .options = LIST("--no-such-option"),
            .argv = LIST(payload("nothing")));
    REFUSED(125, "profile", .profile = "", .no_report = true, .argv = LIST(payload("nothing")));
    REFUSED(125, "xml", .no_report = true, .options = LIST("--report-format", "xml"),
            .argv = LIST(payload("nothing")));
}

static void missing_profile(void **state)
{
    (void)state;
    REFUSED(125, "nosuch", .profile = "nosuch", .argv = LIST(payload("nothing")));
    REFUSED(125, "/no/such.ini", .profile = "/no/such.ini", .argv = LIST(payload("nothing")));
    REFUSED(125, "/", .profile = "/", .argv = LIST(payload("nothing")));
}

/* An error in a profile names the file and the line, and what may have been meant. */
static void bad_profiles(void **state)
{
    static const struct {
        const char *text, *word, *place;
    } cases[] = {
        {"[limits]\ncpu_tiem = 1s\n", "cpu_time", "bad.ini:2"},
        {"[limts]\ncpu_time = 1s\n", "limits", "bad.ini:"},
        {"[limits]\n\ncpu_time = 1 parsec\n", "cpu_time", "bad.ini:3"},
        {"[limits]\ncpu_time = 1s\ncpu_time = 2s\n", "cpu_time", "bad.ini:3"},
        {"[syscalls]\nallow = @nosuch\n", "@nosuch", "bad.ini:2"},
        {"[syscalls]\nallow = raed\n", "raed", "bad.ini:2"},
        {"[capabilities]\nkeep = CAP_NO_SUCH\n", "cap_no_such", "bad.ini:2"},
        {"[profile]\nextends = nosuch\n", "nosuch", "bad.ini:2"},
        {"[files]\nro = relative/path\n", "relative/path", "bad.ini:2"},
        {"[profile]\nextends = base\n[files]\nro = /no/such/path\n", "/no/such/path", "bad.ini:4"},
        {"nonsense\n", "bad.ini:1", "bad.ini:1"},
    };
    char path[256];
    size_t i;

    (void)state;
    snprintf(path, sizeof(path), "%s", work_path("bad.ini"));
    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct result r;

        write_file(path, cases[i].text, 0644);
        RUN(&r, .profile = path, .argv = LIST(payload("nothing")));
        expect_refused(&r, 125, cases[i].word);
        expect_word(&r, r.err, cases[i].place);
        expect_one_message(&r);
        result_free(&r);
    }
    unlink(path);
}

static void bad_set(void **state)
{
    (void)state;
    REFUSED(125, "--set", .set = LIST("limits.cpu_tiem=1s"), .argv = LIST(payload("nothing")));
    REFUSED(125, "--set", .set = LIST("nonsense"), .argv = LIST(payload("nothing")));
    REFUSED(125, "--set", .set = LIST("limits.cpu_time=-1s"), .argv = LIST(payload("nothing")));
    REFUSED(125, "--set", .set = LIST("limits.cpu_time="), .argv = LIST(payload("nothing")));
}

static void missing_program(void **state)
{
    (void)state;
    REFUSED(127, "/no/such/program", .argv = LIST("/no/such/program"));
    REFUSED(127, "no-such-program", .argv = LIST("no-such-program"));
    REFUSED(127, "./no-such-program", .argv = LIST("./no-such-program"));
    REFUSED(125, "program", .argv = LIST(""));
}

static void folder_as_program(void **state)
{
    (void)state;
    REFUSED(126, stage()->work, .argv = LIST(stage()->work));
    REFUSED(126, "/usr/bin", .argv = LIST("/usr/bin"));
}

static void not_executable(void **state)
{
    const char *path = work_path("plain");

    (void)state;
    write_file(path, "#!/bin/sh\necho ran\n", 0644);
    REFUSED(126, path, .argv = LIST(path));
    write_file(path, "neither a script nor a program\n", 0755);
    REFUSED(126, path, .argv = LIST(path));
    write_file(path, "", 0755);
    REFUSED(126, path, .argv = LIST(path));
    unlink(path);
}

static void script_without_interpreter(void **state)
{
    const char *path = work_path("script");

    (void)state;
    write_file(path, "#!/no/such/interpreter\n", 0755);
    REFUSED(126, "/no/such/interpreter", .argv = LIST(path));
    unlink(path);
}

static void script_with_interpreter(void **state)
{
    const char *path = work_path("script");
    struct result r;

    (void)state;
    write_file(path, "#!/bin/sh\necho ran \"$@\"\n", 0755);
    RUN(&r, .argv = LIST(path, "a", "b c"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "ran a b c\n");
    result_free(&r);
    unlink(path);
}

static void bad_files(void **state)
{
    (void)state;
    REFUSED(125, "/no/such/file", .file = LIST("/no/such/file"), .argv = LIST(payload("nothing")));
    REFUSED(125, "a/b", .file = LIST("/etc/hostname:a/b"), .argv = LIST(payload("nothing")));
    REFUSED(125, "..", .file = LIST("/etc/hostname:.."), .argv = LIST(payload("nothing")));
    REFUSED(125, "same", .file = LIST("/etc/hostname:same", "/etc/passwd:same"),
            .argv = LIST(payload("nothing")));
}

/* More than the kernel takes for the stack that the profile gives. */
static void too_many_arguments(void **state)
{
    const char **argv = calloc(100002, sizeof(*argv));
    size_t i;

    (void)state;
    assert_non_null(argv);
    argv[0] = payload("show");
    for (i = 1; i < 100000; i++)
        argv[i] = "argument";
    REFUSED(126, "show", .set = LIST("limits.stack=1M"), .argv = argv);
    free(argv);
}

/* A copy of the command that root made setuid for others: it refuses before it looks at anything.
 */
static void make_setuid(void)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/sandbox-setuid", stage()->root);
    if (tree_copy(stage()->sandbox, path) != 0 || chmod(path, 04755) != 0)
        exit(1);
}

static void run_setuid(void *path)
{
    execl(path, path, "--profile", "judge", "--", payload("nothing"), (char *)NULL);
}

static void installed_setuid(void **state)
{
    char path[128];
    struct result r;

    (void)state;
    snprintf(path, sizeof(path), "%s/sandbox-setuid", stage()->root);
    if (!stage()->from_root || stage()->as_root)
        return; /* another user's setuid file is needed */
    RUN(&r, .no_report = true, .before = run_setuid, .data = path,
        .argv = LIST(payload("nothing")));
    expect_refused(&r, 125, "setuid");
    expect_one_message(&r);
    result_free(&r);
}

static int before(int argc, char **argv)
{
    (void)argc, (void)argv;
    if (stage()->from_root)
        make_setuid();
    return 0;
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usage),
        cmocka_unit_test(missing_profile),
        cmocka_unit_test(bad_profiles),
        cmocka_unit_test(bad_set),
        cmocka_unit_test(missing_program),
        cmocka_unit_test(folder_as_program),
        cmocka_unit_test(not_executable),
        cmocka_unit_test(script_without_interpreter),
        cmocka_unit_test(script_with_interpreter),
        cmocka_unit_test(bad_files),
        cmocka_unit_test(too_many_arguments),
        cmocka_unit_test(installed_setuid),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, before, body);
}
