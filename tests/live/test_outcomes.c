/* SPDX-License-Identifier: MIT
 *
 * test_outcomes.c - each outcome of the report, with its exit status and the fields that go with
 * it.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void expect_exited(const struct result *r, int code)
{
    expect_outcome(r, "exited", code);
    assert_int_equal(report_int(r, "exit_code"), code);
    assert_true(report_is_null(r, "signal"));
    assert_false(report_bool(r, "killed"));
    assert_true(report_is_null(r, "error"));
}

static void expect_signaled(const struct result *r, const char *outcome, int signal, int status)
{
    expect_outcome(r, outcome, status);
    assert_int_equal(report_int(r, "signal"), signal);
    assert_true(report_is_null(r, "exit_code"));
    assert_false(report_bool(r, "killed"));
}

static void exit_codes(void **state)
{
    static const char *const codes[] = {"0", "1", "42", "124", "125", "127", "255"};
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        RUN(&r, .argv = LIST(payload("exit_code"), codes[i]));
        expect_exited(&r, (int)strtol(codes[i], NULL, 10));
        assert_int_equal(r.err_length, 0);
        result_free(&r);
    }
}

static void right_answer(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("sum")), .input = "1 2 3\n-10 46\n");
    expect_exited(&r, 0);
    expect_out(&r, "42\n");
    assert_int_equal(report_int(&r, "version"), 1);
    result_free(&r);
}

static void signals(void **state)
{
    static const struct {
        const char *how;
        int signal;
    } cases[] = {{"abort", SIGABRT}, {"segv", SIGSEGV}, {"9", SIGKILL}, {"15", SIGTERM}};
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        RUN(&r, .argv = LIST(payload("die"), cases[i].how));
        expect_signaled(&r, "signaled", cases[i].signal, 128 + cases[i].signal);
        result_free(&r);
    }
}

static void cpu_time(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("limits.cpu_time=200ms", "limits.wall_time=10s"),
        .argv = LIST(payload("spin")));
    expect_outcome(&r, "cpu_time", 124);
    assert_true(report_bool(&r, "killed"));
    result_free(&r);
}

static void wall_time(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("limits.wall_time=200ms", "limits.cpu_time=10s"),
        .argv = LIST(payload("sleeper")));
    expect_outcome(&r, "wall_time", 124);
    assert_true(report_bool(&r, "killed"));
    result_free(&r);
}

/* One process that eats without end, and four that stay below the limit alone and not together. */
static void memory(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("limits.memory=64M", "limits.wall_time=10s"),
        .argv = LIST(payload("eat_memory")));
    expect_outcome(&r, "memory", 137);
    assert_true(report_bool(&r, "killed"));
    assert_true(report_int(&r, "memory_peak_bytes") > 64L * 1024 * 1024);
    result_free(&r);
    RUN(&r, .set = LIST("limits.memory=64M", "limits.wall_time=10s"),
        .argv = LIST(payload("eat_memory"), "32", "4"));
    expect_outcome(&r, "memory", 137);
    assert_true(report_int(&r, "memory_peak_bytes") > 64L * 1024 * 1024);
    result_free(&r);
}

static void memory_within(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("limits.memory=64M", "limits.wall_time=10s"),
        .argv = LIST(payload("eat_memory"), "20", "2", "0"));
    expect_exited(&r, 0);
    result_free(&r);
}

/* Page tables are in no resident set, and memory all the same. */
static void memory_in_page_tables(void **state)
{
    const char *const argv[] = {
        payload("probe_hidden_memory"), "page-tables", "", "", "", "", "", NULL};
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("limits.memory=64M", "limits.cpu_time=10s", "limits.wall_time=20s"),
        .argv = argv);
    expect_outcome(&r, "memory", 137);
    result_free(&r);
    RUN(&r, .set = LIST("limits.memory=1G", "limits.cpu_time=10s", "limits.wall_time=20s"),
        .argv = argv);
    expect_outcome(&r, "exited", 60); /* the probe's "escaped": so much it can take */
    result_free(&r);
}

/* Without a cgroup the kernel refuses forks and nobody is told; the bomb then runs into a limit of
 * time. What must hold: it ends, by a limit, and never had more processes than it may. */
static void fork_bomb(void **state)
{
    struct result r;
    const char *outcome;

    (void)state;
    RUN(&r,
        .set = LIST("limits.pids=20", "limits.cpu_time=300ms", "limits.wall_time=3s",
                    "limits.memory=1G"),
        .argv = LIST(payload("fork_bomb")));
    assert_non_null(r.report);
    outcome = report_string(&r, "outcome");
    if (strcmp(outcome, "pids") != 0)
        expect_outcome(&r, outcome, 124);
    assert_true(strcmp(outcome, "pids") == 0 || strcmp(outcome, "cpu_time") == 0 ||
                strcmp(outcome, "wall_time") == 0);
    assert_true(report_bool(&r, "killed"));
    assert_true(report_int(&r, "pids_peak") <= 20);
    result_free(&r);
}

static void output(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("limits.output=1M", "limits.wall_time=10s"),
        .argv = LIST(payload("flood"), "out"));
    expect_outcome(&r, "output", 153);
    assert_true(r.out_length <= (size_t)1024 * 1024);
    result_free(&r);
}

static void denied(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("denied")));
    expect_signaled(&r, "denied", SIGSYS, 159);
    expect_out(&r, "");
    assert_string_equal(report_guard(&r, "seccomp"), "enforced");
    result_free(&r);
}

static void setup_failed(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST("/does/not/exist"));
    expect_refused(&r, 127, "/does/not/exist");
    assert_non_null(r.report);
    assert_false(report_is_null(&r, "error"));
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_codes),    cmocka_unit_test(right_answer),
        cmocka_unit_test(signals),       cmocka_unit_test(cpu_time),
        cmocka_unit_test(wall_time),     cmocka_unit_test(memory),
        cmocka_unit_test(memory_within), cmocka_unit_test(fork_bomb),
        cmocka_unit_test(output),        cmocka_unit_test(denied),
        cmocka_unit_test(setup_failed),  cmocka_unit_test(memory_in_page_tables),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
