/* SPDX-License-Identifier: MIT
 *
 * test_verbs.c - check, explain and diff as people and CI call them: what they print, where to, and
 * their exit status. What is in their texts, the unit tests know.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nothing may be left in the working directory. */
static int leave(void **state)
{
    static const char *const names[] = {"open.ini", "broken.ini", "copy.ini", "odd.ini"};
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unlink(work_path(names[i]));
    return 0;
}

/* Runs `sandbox WORD...` without a profile option and without a report. */
#define VERB(result, ...)                                                                          \
    RUN(result, .profile = "", .no_report = true, .options = LIST(__VA_ARGS__))

static const char *write_profile(const char *name, const char *text)
{
    const char *path = work_path(name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void check_statuses(void **state)
{
    struct result r;
    (void)state;
    VERB(&r, "check", "judge", "base", "judge-java");
    assert_int_equal(r.status, 0);
    assert_string_equal(r.err, "");
    result_free(&r);

    const char *open_wide = write_profile("open.ini", "[profile]\nextends = base\n[files]\n"
                                                      "rw = /usr\n");
    VERB(&r, "check", open_wide, "judge");
    assert_int_equal(r.status, 1);
    expect_word(&r, r.out, "open.ini:4:6: warning: ");
    expect_word(&r, r.out, "    4 | rw = /usr\n      |      ^~~~\n");
    expect_word(&r, r.out, "[writable-executable]");
    expect_word(&r, r.out, "judge: valid");
    result_free(&r);
    VERB(&r, "check", "--ignore", "writable-executable", open_wide);
    assert_int_equal(r.status, 0);
    result_free(&r);

    const char *broken = write_profile("broken.ini", "[limits]\nmemory = 1Q\npids = x\n");
    VERB(&r, "check", "judge", broken);
    assert_int_equal(r.status, 2);
    expect_word(&r, r.out, "broken.ini:2:10: error: ");
    expect_word(&r, r.out, "broken.ini:3:8: error: ");
    result_free(&r);
    VERB(&r, "check", "--ignore", "invalid", broken);
    assert_int_equal(r.status, 2);
    result_free(&r);

    VERB(&r, "check", "nosuchprofile");
    assert_int_equal(r.status, 2);
    expect_word(&r, r.out, "there is no profile 'nosuchprofile'");
    result_free(&r);
    VERB(&r, "check", "-s", "limits.memory=1Q", "judge");
    assert_int_equal(r.status, 2);
    expect_word(&r, r.out, "--set:1:15: error: ");
    expect_word(&r, r.out, "    1 | limits.memory=1Q\n      |               ^~\n");
    result_free(&r);
}

static void check_formats(void **state)
{
    struct result r;
    json_error_t wrong;
    (void)state;
    const char *broken = write_profile("broken.ini", "[limits]\nmemory = 1Q\n");
    VERB(&r, "check", "--format", "json", broken, "judge");
    assert_int_equal(r.status, 2);
    json_t *json = json_loads(r.out, 0, &wrong);
    assert_non_null(json);
    json_t *first = json_array_get(json_object_get(json, "profiles"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "profile")), broken);
    assert_true(json_is_false(json_object_get(first, "valid")));
    json_t *finding = json_array_get(json_object_get(first, "findings"), 0);
    assert_int_equal(json_integer_value(json_object_get(finding, "line")), 2);
    assert_int_equal(json_integer_value(json_object_get(finding, "column")), 10);
    json_decref(json);
    result_free(&r);

    VERB(&r, "check", "--format=sarif", broken);
    assert_int_equal(r.status, 2);
    json = json_loads(r.out, 0, &wrong);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "version")), "2.1.0");
    json_decref(json);
    result_free(&r);

    /* What a terminal would obey is escaped, and the text is the same. */
    const char *odd = write_profile("odd.ini", "[files]\nro = \"a\\xc2\\x9b\\xe2\\x80\\xae\"\n");
    VERB(&r, "check", "--format=json", odd);
    for (const char *byte = r.out; *byte; byte++)
        assert_true(*byte == '\n' || (*byte >= 32 && *byte < 127));
    json = json_loads(r.out, 0, &wrong);
    assert_non_null(json);
    finding = json_array_get(json_object_get(json, "profiles"), 0);
    finding = json_array_get(json_object_get(finding, "findings"), 0);
    assert_non_null(
        strstr(json_string_value(json_object_get(finding, "text")), "'a\xc2\x9b\xe2\x80\xae' is"));
    json_decref(json);
    result_free(&r);
}

/* A part of the answer must not be taken for all of it. */
static void full_disk(void **state)
{
    struct result r;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    (void)state;
    const char *const *const lines[] = {LIST("check", "judge"), LIST("explain", "judge"),
                                        LIST("diff", "judge", "base"),
                                        LIST("check", "--format=json", "judge")};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        RUN(&r, .profile = "", .no_report = true, .options = lines[i], .out = &full);
        assert_int_equal(r.status, 125);
        expect_word(&r, r.err, "stdout can't be written: No space left");
        result_free(&r);
    }
    close(full);
}

static void close_stdout(void *data)
{
    (void)data;
    close(STDOUT_FILENO);
}

/* Nobody would hear it. */
static void closed_stdout(void **state)
{
    struct result r;
    (void)state;
    const char *const *const lines[] = {LIST("check", "judge"), LIST("explain", "judge"),
                                        LIST("diff", "judge", "base")};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        RUN(&r, .profile = "", .no_report = true, .options = lines[i], .before = close_stdout);
        assert_int_equal(r.status, 125);
        expect_word(&r, r.err, "stdout is closed");
        result_free(&r);
    }
}

/* What explain prints is a profile, and the same one. */
static void explain_is_a_profile(void **state)
{
    static const char *const profiles[] = {"base",         "build",      "dry-run",   "judge",
                                           "judge-python", "judge-java", "judge-node"};
    struct result r;
    (void)state;
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        VERB(&r, "explain", profiles[i]);
        assert_int_equal(r.status, 0);
        assert_string_equal(r.err, "");
        const char *copy = write_profile("copy.ini", r.out);
        result_free(&r);
        VERB(&r, "diff", profiles[i], copy);
        if (r.status != 0)
            result_print(&r);
        assert_int_equal(r.status, 0);
        result_free(&r);
    }
    /* and it runs programs */
    RUN(&r, .profile = work_path("copy.ini"), .argv = LIST(payload("exit_code"), "7"));
    expect_outcome(&r, "exited", 7);
    result_free(&r);
}

static void explain_program(void **state)
{
    struct result r;
    (void)state;
    VERB(&r, "explain", "-s", "limits.memory=32M", "judge", "--", payload("nothing"), "one two");
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "\nmemory = 32M ");
    expect_word(&r, r.out, "; --set:1:15\n");
    expect_word(&r, r.out, payload("nothing"));
    result_free(&r);
    VERB(&r, "explain", "-s", "limits.enforce=strict", "judge");
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "limits.cpu_time can't be enforced strictly");
    result_free(&r);
    VERB(&r, "explain", "judge", "--", "/no/such/program");
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "/no/such/program");
    result_free(&r);
}

static void explain_call(void **state)
{
    struct result r;
    (void)state;
    VERB(&r, "explain", "judge", "syscall", "ioctl", "cmd=TIOCSTI");
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "EPERM");
    expect_word(&r, r.out, "house rule");
    result_free(&r);
    VERB(&r, "explain", "judge", "syscall", "ptrace");
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "kill");
    expect_word(&r, r.out, "judge.ini:");
    result_free(&r);
    VERB(&r, "explain", "judge", "syscall", "opnat");
    assert_int_equal(r.status, 125);
    expect_word(&r, r.err, "openat");
    result_free(&r);
}

static void diff_statuses(void **state)
{
    struct result r;
    (void)state;
    VERB(&r, "diff", "judge", "judge");
    assert_int_equal(r.status, 0);
    result_free(&r);
    VERB(&r, "diff", "judge", "judge-python");
    assert_int_equal(r.status, 1);
    expect_word(&r, r.out, "256M -> 512M");
    expect_word(&r, r.out, "/etc/python3");
    result_free(&r);
    VERB(&r, "diff", "judge", "nosuchprofile");
    assert_int_equal(r.status, 125);
    expect_word(&r, r.err, "nosuchprofile");
    result_free(&r);
}

/* A launch tells all that is wrong with its profile, too, and starts nothing. */
static void run_tells_all(void **state)
{
    struct result r;
    (void)state;
    const char *broken =
        write_profile("broken.ini", "[limits]\nmemory = 1Q\n[syscalls]\nallow = @base opnat\n");
    RUN(&r, .profile = broken, .argv = LIST(payload("flood"), "out", "10"));
    expect_refused(&r, 125, "broken.ini:2:10: limits.memory");
    expect_refused(&r, 125, "broken.ini:4:15: syscalls.allow: unknown system call 'opnat'");
    expect_refused(&r, 125, "did you mean 'openat'?");
    assert_string_equal(r.out, "");
    result_free(&r);
}

static void misuse(void **state)
{
    const char *const *const lines[] = {
        LIST("check"),
        LIST("check", "--format", "xml", "judge"),
        LIST("check", "--nosuch", "judge"),
        LIST("check", "--ignore", "nosuch", "judge"),
        LIST("explain"),
        LIST("explain", "judge", "program"),
        LIST("explain", "judge", "--"),
        LIST("explain", "judge", "syscall"),
        LIST("diff", "judge"),
        LIST("diff", "judge", "base", "judge"),
        LIST("check", "--format=json", "--format=text", "judge"),
        LIST("check", "--ignore", "no-such-rule", "judge"),
        LIST("check", "judge", "--nosuch"),
        LIST("explain", "judge", "--set", "limits.core=1"),
        LIST("explain", "--format=ini", "judge", "syscall", "read"),
    };
    struct result r;
    char hint[64];
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        RUN(&r, .profile = "", .no_report = true, .options = lines[i]);
        assert_int_equal(r.status, 125);
        assert_string_equal(r.out, "");
        expect_word(&r, r.err, "sandbox: ");
        snprintf(hint, sizeof(hint), "hint: see sandbox %s --help\n", lines[i][0]);
        expect_word(&r, r.err, hint);
        result_free(&r);
    }
}

/* Behind the profiles of check and diff no program follows, so options may. */
static void options_behind(void **state)
{
    struct result r;
    (void)state;
    VERB(&r, "check", "judge", "--format", "json", "base");
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "\"profile\": \"base\"");
    result_free(&r);
    VERB(&r, "diff", "judge", "base", "--set=limits.core=1");
    assert_int_equal(r.status, 1);
    expect_word(&r, r.out, "judge.ini --set limits.core=1 -> ");
    result_free(&r);
}

static void help(void **state)
{
    static const char *const verbs[] = {"check", "explain", "diff"};
    struct result r;
    (void)state;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        VERB(&r, verbs[i], "--help");
        assert_int_equal(r.status, 0);
        expect_word(&r, r.out, "usage: sandbox ");
        expect_word(&r, r.out, verbs[i]);
        expect_word(&r, r.out, "Exit status: ");
        result_free(&r);
    }
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_statuses),
        cmocka_unit_test(check_formats),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(closed_stdout),
        cmocka_unit_test(explain_is_a_profile),
        cmocka_unit_test(explain_program),
        cmocka_unit_test(explain_call),
        cmocka_unit_test(diff_statuses),
        cmocka_unit_test(run_tells_all),
        cmocka_unit_test(misuse),
        cmocka_unit_test(options_behind),
        cmocka_unit_test(help),
    };
    (void)argc;
    (void)argv;
    return cmocka_run_group_tests(tests, NULL, leave);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
