/* SPDX-License-Identifier: MIT
 *
 * test_command.c - the command line: what it says of itself, and how it takes misuse. Whatever
 * stands there, what is printed is safe to show.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void help(void **state)
{
    static const char *const ways[] = {"--help", "-h", "--hel"};
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        RUN(&r, .profile = "", .no_report = true, .options = LIST(ways[i]));
        assert_int_equal(r.status, 0);
        assert_string_equal(r.err, "");
        expect_word(&r, r.out, "usage: sandbox [run] --profile");
        expect_word(&r, r.out, "--report-format");
        result_free(&r);
    }
    RUN(&r, .profile = "", .no_report = true, .options = LIST("run", "--help"));
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "usage: ");
    result_free(&r);
}

static void version(void **state)
{
    struct result r;
    size_t length;

    (void)state;
    RUN(&r, .profile = "", .no_report = true, .options = LIST("--version"));
    assert_int_equal(r.status, 0);
    assert_string_equal(r.err, "");
    assert_memory_equal(r.out, "sandbox ", 8);
    length = strspn(r.out + 8, "0123456789.");
    assert_true(length >= 5);
    assert_string_equal(r.out + 8 + length, "\n");
    result_free(&r);
}

static void help_nowhere(void **state)
{
    struct result r;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    RUN(&r, .profile = "", .no_report = true, .options = LIST("--help"), .out = &full);
    assert_int_equal(r.status, 125);
    result_free(&r);
    close(full);
}

/* Printable, but for the ends of lines. */
static void expect_printable(const struct result *r)
{
    const unsigned char *byte;

    for (byte = (const unsigned char *)r->err; *byte != '\0'; byte++) {
        if (*byte != '\n' && (*byte < 0x20 || *byte > 0x7e)) {
            result_print(r);
            fail_msg("byte 0x%02x on stderr", *byte);
        }
    }
}

static void expect_misuse(const char *const *options, const char *text)
{
    const char *const program[] = {payload("flood"), "out", "10", NULL};
    struct result r;

    RUN(&r, .profile = "", .no_report = true, .options = options, .argv = program);
    expect_refused(&r, 125, text);
    expect_word(&r, r.err, "see sandbox --help");
    assert_memory_equal(r.err, "sandbox: ", 9);
    expect_printable(&r);
    result_free(&r);
}

static void unknown_options(void **state)
{
    (void)state;
    expect_misuse(LIST("--bogus"), "there is no such option: --bogus\n");
    expect_misuse(LIST("-p", "judge", "--bogus=x"), "there is no such option: --bogus=x\n");
    expect_misuse(LIST("-Q"), "there is no such option: -Q\n");
    expect_misuse(LIST("-vQv"), "there is no such option: -Q\n");
    expect_misuse(LIST("--ver"), "this option may mean one of several: --ver\n");
    expect_misuse(LIST("--verbose=yes"), "this option takes no argument: --verbose=yes\n");
    expect_misuse(LIST("--version=1"), "this option takes no argument: --version=1\n");
}

static void unprintable_options(void **state)
{
    (void)state;
    expect_misuse(LIST("--\x1b[31mred\n"), "there is no such option: --\\x1b[31mred\\x0a\n");
    expect_misuse(LIST("-\x1b"), "there is no such option: -\\x1b\n");
    expect_misuse(LIST("-\xff"), "there is no such option: -\\xff\n");
    expect_misuse(LIST("-\xc2\x9b"), "there is no such option: -\\xc2\n");
    expect_misuse(LIST("--\xe2\x80\xaegnp"), "there is no such option: --\\xe2\\x80\\xaegnp\n");
    expect_misuse(LIST("--verbose=\x9b"), "takes no argument: --verbose=\\x9b\n");
    expect_misuse(LIST("--report-format", "\r\x1b"), "is json or meta, not \\x0d\\x1b\n");
}

static void values(void **state)
{
    (void)state;
    expect_misuse(LIST("-p", "judge", "--report-format", "x"),
                  "--report-format is json or meta, not x\n");
    expect_misuse(LIST("-p", "judge", "--report-format", ""),
                  "--report-format is json or meta, not \n");
}

static void something_is_missing(void **state)
{
    static const char *const needy[] = {"--profile", "-p", "--set", "-s", "--file",
                                        "--report",  "-r", "-vr",   "-f", "--report-format"};
    struct result r;
    size_t i;

    (void)state;
    expect_misuse(LIST("-v"), "no profile is named");
    RUN(&r, .no_report = true);
    expect_refused(&r, 125, "no program is named");
    result_free(&r);
    RUN(&r, .no_report = true, .options = LIST("--"));
    expect_refused(&r, 125, "no program is named");
    result_free(&r);
    RUN(&r, .profile = "", .no_report = true);
    expect_refused(&r, 125, "no profile is named");
    result_free(&r);
    for (i = 0; i < sizeof(needy) / sizeof(*needy); i++) {
        RUN(&r, .no_report = true, .options = LIST(needy[i]));
        expect_refused(&r, 125, "this option needs an argument: ");
        expect_word(&r, r.err, needy[i]);
        result_free(&r);
    }
}

/* The program's own options are its own. */
static void options_end_at_the_program(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .no_report = true, .options = LIST(payload("exit_code"), "3", "--bogus", "--help"));
    assert_int_equal(r.status, 3);
    assert_string_equal(r.out, "");
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help),
        cmocka_unit_test(version),
        cmocka_unit_test(help_nowhere),
        cmocka_unit_test(unknown_options),
        cmocka_unit_test(unprintable_options),
        cmocka_unit_test(values),
        cmocka_unit_test(something_is_missing),
        cmocka_unit_test(options_end_at_the_program),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
