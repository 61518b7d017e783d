/* SPDX-License-Identifier: MIT
 *
 * test_denied.c - denied system calls are told by name, whoever makes them and whatever they get.
 */
#include "denied_fixture.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* ---- who makes the call --------------------------------------------------------------------- */

static void by_name(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .unconfined = true, .no_report = true, .argv = DENY("socket"));
    expect_word(&r, r.out, "end"); /* the control */
    result_free(&r);
    RUN(&r, .argv = DENY("socket"));
    expect_denied(&r, "socket", "AF_INET, SOCK_STREAM, 0", "network.refused");
    assert_int_equal(report_int(&r, "signal"), SIGSYS);
    expect_text(&r, json_object_get(r.report, "denied"), "comm", "deny");
    assert_non_null(strstr(text_of(json_object_get(r.report, "denied"), "file"), "judge.ini"));
    assert_true(json_integer_value(json_object_get(json_object_get(r.report, "denied"), "line")) >
                0);
    expect_out(&r, "");
    assert_int_equal(r.err_length, 0);
    result_free(&r);
    RUN(&r, .options = LIST("--report-format", "meta"), .argv = DENY("socket"));
    expect_word(&r, r.report_text,
                "exitsig:31\nstatus:SG\nmessage:forbidden: socket(AF_INET, SOCK_STREAM, 0)\n");
    result_free(&r);
}

/* A rule on arguments tells of itself, and leaves what does not fit it alone. */
static void by_a_rule(void **state)
{
    static const char rules[] = "syscall socket.rules=report:EACCES if type & 0xf == SOCK_STREAM";
    struct result r;

    (void)state;
    RUN(&r, .profile = "base", .options = LIST("--set", "network.families=inet", "--set", rules),
        .argv = DENY("socket"));
    expect_outcome(&r, "exited", 0);
    assert_int_equal(count_of(&r, "socket", "report:EACCES"), 1);
    expect_text(&r, denial_at(&r, 0), "args", "AF_INET, SOCK_STREAM, 0");
    expect_text(&r, denial_at(&r, 0), "rule",
                "[syscall socket] report:EACCES if type & 0xf == SOCK_STREAM");
    expect_text(&r, denial_at(&r, 0), "file", "--set");
    result_free(&r);
    RUN(&r, .profile = "base",
        .options = LIST("--set", "network.families=inet", "--set",
                        "syscall socket.rules=report:EACCES if type & 0xf == SOCK_DGRAM"),
        .argv = DENY("socket")); /* the control */
    expect_outcome(&r, "exited", 0);
    assert_int_equal(report_int(&r, "denied_count"), 0);
    result_free(&r);
}

/* Who may install filters is killed by the kernel, whose kill no filter can soften. */
static void by_who_filters(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("syscalls.allow+=seccomp"), .argv = DENY("filter"));
    expect_outcome(&r, "denied", 159);
    expect_out(&r, "filter 0\n");
    assert_int_equal(report_int(&r, "denied_count"), 0);
    result_free(&r);
    RUN(&r, .set = LIST("syscalls.allow+=seccomp ptrace"), .argv = DENY("filter"));
    expect_outcome(&r, "exited", 0); /* the control: the filter is one */
    result_free(&r);
}

static void by_anyone(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = DENY("thread"));
    expect_denied(&r, "ptrace", PTRACE_TRACE, "syscalls.default");
    result_free(&r);
    RUN(&r, .argv = DENY("vfork"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "child: signal 31\nend\n");
    assert_int_equal(count_of(&r, "ptrace", "kill"), 1);
    assert_true(json_is_false(json_object_get(denial_at(&r, 0), "ended")));
    result_free(&r);
    RUN(&r, .argv = DENY("fork"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "child: signal 31\nend\n");
    result_free(&r);
}

/* Nothing of the call's own is ever returned from, and none outlives it by more than a moment. */
static void who_would_rather_live(void **state)
{
    static const char *const ways[] = {"handler", "ignore", "block"};
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        RUN(&r, .argv = DENY(ways[i]));
        expect_denied(&r, "ptrace", PTRACE_TRACE, "syscalls.default");
        assert_int_equal(report_int(&r, "signal"), SIGKILL);
        expect_out(&r, "");
        result_free(&r);
    }
    for (i = 0; i < 20; i++) {
        RUN(&r, .argv = DENY("handlers"));
        expect_outcome(&r, "denied", 159);
        assert_null(strstr(r.out, "ptrace 0"));
        assert_true(r.wall_ns < IN_A_SECOND);
        result_free(&r);
    }
}

/* ---- what gets which answer ----------------------------------------------------------------- */

static void reported(void **state)
{
    const json_t *denied;
    struct result r;

    (void)state;
    RUN(&r, .set = LIST(REPORT), .argv = DENY("times", "1234"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "failed 1234\nend\n");
    denied = json_object_get(r.report, "denied");
    expect_text(&r, denied, "syscall", "truncate");
    expect_text(&r, denied, "args", "\"/x\", 0");
    expect_text(&r, denied, "path", "/x");
    expect_text(&r, denied, "action", "report:EACCES");
    expect_text(&r, denied, "rule", "syscalls.report truncate:EACCES");
    expect_text(&r, denied, "file", "--set");
    assert_int_equal(json_integer_value(json_object_get(denied, "count")), 1234);
    assert_int_equal(report_int(&r, "denied_count"), 1234);
    assert_int_equal(report_int(&r, "logged_count"), 0);
    assert_int_equal(count_of(&r, "truncate", "report:EACCES"), 1234);
    assert_string_equal(report_guard(&r, "seccomp"), "enforced");
    result_free(&r);
}

/* Numbers of i386 mean other calls: each is told by its own name, and answered by its own rule. */
static void of_i386(void **state)
{
    struct result r;

    (void)state;
#ifndef __x86_64__
    skip();
#endif
    RUN(&r, .argv = DENY("i386")); /* the kernel kills them all */
    expect_outcome(&r, "denied", 159);
    expect_out(&r, "");
    result_free(&r);
    RUN(&r,
        .set = LIST("syscalls.arch=native i386", "syscalls.report+=getuid:EACCES",
                    "syscalls.log+=personality"),
        .argv = DENY("i386"));
    expect_denied(&r, "i386 socket", "AF_INET, SOCK_STREAM, 0", "network.refused");
    expect_out(&r, "136: 0\n199: -13\n");
    assert_int_equal(count_of(&r, "i386 getuid32", "report:EACCES"), 1);
    assert_int_equal(count_of(&r, "i386 personality", "log"), 1);
    result_free(&r);
}

static void logged(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("syscalls.log=getppid"), .argv = DENY("logged", "500"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "right 500\nend\n");
    assert_int_equal(report_int(&r, "logged_count"), 500);
    assert_int_equal(report_int(&r, "denied_count"), 0);
    assert_true(report_is_null(&r, "denied"));
    expect_text(&r, denial_at(&r, 0), "action", "log");
    result_free(&r);
    /* the exec of the program itself, and its end */
    RUN(&r, .set = LIST("syscalls.log=execve exit_group"), .argv = DENY("logged", "1"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "right 1\nend\n"); /* its stdout is still there */
    assert_int_equal(count_of(&r, "execve", "log"), 1);
    assert_int_equal(count_of(&r, "exit_group", "log"), 1);
    result_free(&r);
    RUN(&r, .set = LIST("syscalls.default=log"), .argv = DENY("call"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "ptrace 0\nend\n");
    assert_int_equal(count_of(&r, "ptrace", "log"), 1);
    result_free(&r);
}

/* An exec that fails behind the filter, with and without a listener that must be asked first. */
static void an_exec_that_fails(void **state)
{
    static const char *const sets[] = {"syscalls.log=", "syscalls.log=execve",
                                       "syscalls.log=exit_group", "syscalls.log=execve exit_group",
                                       "syscalls.tell=none"};
    const char *path = work_path("no-program");
    struct result r;
    size_t i;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd,
                           "\x7f"
                           "ELF, not",
                           9),
                     9);
    close(fd);
    for (i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
        RUN(&r, .set = LIST(sets[i]), .argv = LIST(path));
        expect_refused(&r, 126, "could not be executed");
        result_free(&r);
    }
    unlink(path);
}

static void what_is_told(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("syscalls.tell=all", "syscalls.errno=truncate:EACCES"),
        .argv = DENY("times", "3"));
    expect_out(&r, "failed 3\nend\n");
    assert_int_equal(count_of(&r, "truncate", "errno:EACCES"), 3);
    result_free(&r);
    RUN(&r, .set = LIST("syscalls.errno=truncate:EACCES"), .argv = DENY("times", "3"));
    expect_out(&r, "failed 3\nend\n");
    assert_int_equal(report_int(&r, "denied_count"), 0);
    result_free(&r);
    RUN(&r, .set = LIST("syscalls.tell=none"), .argv = DENY("call"));
    expect_outcome(&r, "denied", 159);
    assert_true(report_is_null(&r, "denied"));
    result_free(&r);
    RUN(&r, .set = LIST("syscalls.tell=none", REPORT), .argv = DENY("call"));
    expect_refused(&r, 125, "syscalls.tell = none tells of nothing");
    result_free(&r);
}

static void lines(void **state)
{
    struct result r;
    char line[512];

    (void)state;
    RUN(&r, .options = LIST("--verbose"), .set = LIST(REPORT), .argv = DENY("times", "2"));
    snprintf(
        line, sizeof(line),
        "sandbox: denied: truncate(\"/x\", 0) by %lld (deny): fails with EACCES, syscalls.report "
        "truncate:EACCES (--set:1); fix: syscalls.report = !truncate:EACCES, and "
        "syscalls.allow = truncate\n",
        (long long)json_integer_value(json_object_get(denial_at(&r, 0), "pid")));
    expect_word(&r, r.err, line);
    assert_non_null(strstr(strstr(r.err, line) + 1, line)); /* twice */
    result_free(&r);
    RUN(&r, .options = LIST("--verbose"), .argv = DENY("socket"));
    expect_word(&r, r.err, "sandbox: denied: socket(AF_INET, SOCK_STREAM, 0) by ");
    expect_word(&r, r.err, " (deny): killed, network.refused (");
    result_free(&r);
    RUN(&r, .options = LIST("--verbose"), .set = LIST("syscalls.log=getppid"),
        .argv = DENY("logged", "3000"));
    expect_out(&r, "right 3000\nend\n");
    expect_word(&r, r.err, "sandbox: logged: getppid() by ");
    expect_word(&r, r.err, "more lines than these are not written\n");
    assert_true(r.err_length < 200000);
    result_free(&r);
}

/* Who reads stderr has stopped: lines are lost, calls are answered. */
static void nobody_reads_the_lines(void **state)
{
    struct result r;
    char page[4096] = "";
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    while (write(ends[1], page, sizeof(page)) > 0)
        ;
    RUN(&r, .set = LIST(REPORT), .options = LIST("--verbose"), .err = &ends[1],
        .argv = DENY("times", "2"));
    expect_outcome(&r, "exited", 0);
    result_free(&r);
    close(ends[0]);
    close(ends[1]);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_name),
        cmocka_unit_test(by_a_rule),
        cmocka_unit_test(by_who_filters),
        cmocka_unit_test(by_anyone),
        cmocka_unit_test(who_would_rather_live),
        cmocka_unit_test(reported),
        cmocka_unit_test(of_i386),
        cmocka_unit_test(logged),
        cmocka_unit_test(an_exec_that_fails),
        cmocka_unit_test(what_is_told),
        cmocka_unit_test(lines),
        cmocka_unit_test(nobody_reads_the_lines),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
