/* SPDX-License-Identifier: MIT
 *
 * test_denied.c - denied system calls are told by name, whoever makes them and however; and what is
 * denied stays denied, whatever becomes of those who tell.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DENY(...)    LIST(payload("deny"), __VA_ARGS__)
#define REPORT       "syscalls.report+=unlink:EACCES unlinkat:EACCES"
#define IN_A_SECOND  1000000000
#define PTRACE_TRACE "PTRACE_TRACEME, 0, 0, 0"

/* ---- what the report says ------------------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "(null)";
}

static const json_t *denial_at(const struct result *r, size_t index)
{
    return json_array_get(json_object_get(r->report, "denials"), index);
}

static void expect_text(const struct result *r, const json_t *object, const char *key,
                        const char *text)
{
    if (strcmp(text_of(object, key), text) != 0) {
        result_print(r);
        fail_msg("%s is \"%s\", not \"%s\"", key, text_of(object, key), text);
    }
}

/* What killed the program, with where that stands. */
static void expect_denied(const struct result *r, const char *call, const char *args,
                          const char *rule)
{
    const json_t *denied = json_object_get(r->report, "denied");

    expect_outcome(r, "denied", 159);
    expect_text(r, denied, "syscall", call);
    expect_text(r, denied, "args", args);
    expect_text(r, denied, "action", "kill");
    expect_text(r, denied, "rule", rule);
    assert_true(json_is_true(json_object_get(denied, "ended")));
    assert_int_equal(json_integer_value(json_object_get(denied, "inner_pid")), 2);
    assert_true(json_integer_value(json_object_get(denied, "pid")) > 2);
}

static int64_t count_of(const struct result *r, const char *call, const char *action)
{
    const json_t *calls = json_object_get(r->report, "denied_calls"), *one;
    size_t i;

    json_array_foreach((json_t *)calls, i,
                       one) if (strcmp(text_of(one, "syscall"), call) == 0 &&
                                strcmp(text_of(one, "action"), action) ==
                                    0) return json_integer_value(json_object_get(one, "count"));
    return 0;
}

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
    expect_text(&r, denied, "syscall", "unlink");
    expect_text(&r, denied, "args", "\"/x\"");
    expect_text(&r, denied, "path", "/x");
    expect_text(&r, denied, "action", "report:EACCES");
    expect_text(&r, denied, "rule", "syscalls.report unlink:EACCES");
    expect_text(&r, denied, "file", "--set");
    assert_int_equal(json_integer_value(json_object_get(denied, "count")), 1234);
    assert_int_equal(report_int(&r, "denied_count"), 1234);
    assert_int_equal(report_int(&r, "logged_count"), 0);
    assert_int_equal(count_of(&r, "unlink", "report:EACCES"), 1234);
    assert_string_equal(report_guard(&r, "seccomp"), "enforced");
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
    RUN(&r, .set = LIST("syscalls.tell=all", "syscalls.errno=unlink:EACCES"),
        .argv = DENY("times", "3"));
    expect_out(&r, "failed 3\nend\n");
    assert_int_equal(count_of(&r, "unlink", "errno:EACCES"), 3);
    result_free(&r);
    RUN(&r, .set = LIST("syscalls.errno=unlink:EACCES"), .argv = DENY("times", "3"));
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
    snprintf(line, sizeof(line),
             "sandbox: denied: unlink(\"/x\") by %lld (deny): fails with EACCES, syscalls.report "
             "unlink:EACCES (--set:1)\n",
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

/* ---- hostile callers ------------------------------------------------------------------------ */

static void expect_printable(const struct result *r, const char *text)
{
    for (; *text != '\0'; text++)
        if (((unsigned char)*text < ' ' && *text != '\n') || *text == 127) {
            result_print(r);
            fail_msg("a control character is told");
        }
}

static void odd_memory(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .options = LIST("--verbose"), .set = LIST(REPORT), .argv = DENY("paths"));
    expect_outcome(&r, "exited", 0);
    expect_text(&r, denial_at(&r, 0), "path", "/etc/shadow");
    expect_text(&r, denial_at(&r, 1), "args", "\"\\x1b[2J\\x0a\\\"),\\xff\"");
    expect_text(&r, denial_at(&r, 2), "args", "0x1");
    expect_text(&r, denial_at(&r, 4), "args", "NULL");
    assert_non_null(strstr(text_of(denial_at(&r, 5), "args"), "AAAA\"..."));
    expect_text(&r, denial_at(&r, 6), "args", "\"AAAAA\"...");
    assert_int_equal(report_int(&r, "denied_count"), 8);
    expect_printable(&r, r.err);
    result_free(&r);
    RUN(&r, .options = LIST("--verbose"), .set = LIST(REPORT), .argv = DENY("changing"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "failed 2000\nend\n");
    assert_int_equal(report_int(&r, "denied_count"), 2000);
    expect_printable(&r, r.err);
    result_free(&r);
}

static void many_kinds(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST(REPORT), .argv = DENY("varied", "300"));
    expect_denied(&r, "ptrace", PTRACE_TRACE, "syscalls.default");
    assert_int_equal(json_array_size(json_object_get(r.report, "denials")), 16);
    assert_int_equal(report_int(&r, "denied_count"), 301);
    assert_int_equal(count_of(&r, "unlinkat", "report:EACCES"), 300);
    result_free(&r);
}

static void signals_in_a_call(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST(REPORT), .argv = DENY("signals", "3000"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "failed 3000\nend\n");
    assert_int_equal(report_int(&r, "denied_count"), 3000);
    result_free(&r);
}

/* The limits are kept by another process than the one that answers. */
static void floods(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST(REPORT, "limits.wall_time=500ms", "limits.cpu_time=10s", "limits.pids=80"),
        .argv = DENY("flood", "64"));
    expect_outcome(&r, "wall_time", 124);
    assert_true(report_int(&r, "wall_ns") < 800000000);
    assert_true(r.wall_ns < 2 * (uint64_t)IN_A_SECOND);
    assert_true(report_int(&r, "denied_count") > 1000);
    assert_true(report_int(&r, "denied_count") < 40000); /* they wait for their answers */
    result_free(&r);
    RUN(&r, .set = LIST(REPORT, "limits.wall_time=20s", "limits.cpu_time=100ms", "limits.pids=80"),
        .argv = DENY("flood", "64"));
    expect_outcome(&r, "cpu_time", 124);
    assert_true(report_int(&r, "cpu_us") < 200000);
    result_free(&r);
}

static void gone_in_the_call(void **state)
{
    struct result r;
    int i;

    (void)state;
    for (i = 0; i < 10; i++) {
        RUN(&r, .set = LIST(REPORT), .argv = DENY("leave"));
        expect_outcome(&r, "exited", 9);
        assert_false(report_unkept(&r, "syscalls.tell"));
        result_free(&r);
        RUN(&r, .set = LIST(REPORT), .argv = DENY("replace"));
        expect_outcome(&r, "exited", 0);
        expect_out(&r, "failed 10\nend\n");
        assert_false(report_unkept(&r, "syscalls.tell"));
        result_free(&r);
    }
}

/* ---- whoever tells may be gone -------------------------------------------------------------- */

/* The number in a "NSpid:" line that has no second one: a process of the host's own namespace. */
static bool is_outside(pid_t pid)
{
    char path[64], line[256];
    bool outside = false;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        int first, second;
        if (sscanf(line, "NSpid: %d %d", &first, &second) == 1)
            outside = true;
    }
    if (file != NULL)
        fclose(file);
    return outside;
}

/* The child of the command that is not the sandbox. */
static pid_t find_notifier(pid_t command)
{
    char path[64];
    pid_t found = 0;
    FILE *file;
    int pid;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)command, (int)command);
    file = fopen(path, "re");
    while (file != NULL && fscanf(file, "%d", &pid) == 1)
        if (is_outside((pid_t)pid))
            found = (pid_t)pid;
    if (file != NULL)
        fclose(file);
    return found;
}

static void the_notifier_is_killed(void **state)
{
    struct running running;
    struct result r;
    pid_t notifier = 0;
    int i;

    (void)state;
    run_start(&running, &(struct run_spec){.set = LIST(REPORT), .argv = DENY("lost")});
    run_wait_for(&running, "waiting");
    for (i = 0; i < 100 && notifier == 0; i++) {
        sleep_ms(10);
        notifier = find_notifier(running.pid);
    }
    assert_true(notifier > 0);
    assert_int_equal(kill(notifier, SIGKILL), 0);
    run_finish(&running, &r);
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "waiting\nlost 1\nend\n"); /* still denied */
    assert_true(report_unkept(&r, "syscalls.tell"));
    result_free(&r);
}

static void the_launcher_is_killed(void **state)
{
    struct running running;
    struct result r;
    char mark[128];
    unsigned i;

    (void)state;
    for (i = 0; i < 40; i++) {
        snprintf(mark, sizeof(mark), "%s-flood-%u", stage()->root, i);
        run_start(&running,
                  &(struct run_spec){.no_report = true,
                                     .set = LIST(REPORT, "limits.wall_time=20s", "limits.pids=80"),
                                     .argv = DENY("flood", "8", mark)});
        if (i % 2)
            run_wait_for(&running, "flooding");
        usleep(i * 200);
        kill(running.pid, SIGKILL);
        run_finish(&running, &r);
        result_free(&r);
        if (!stage_none_left(mark, 2000))
            fail_msg("processes outlive a command that was killed");
    }
}

/* A filter with a listener around the launcher, as a sandbox around this one has. */
static void listen_first(void *data)
{
    struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {1, &allow};
    int listener;

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                            &program);
    if (listener < 0 || fcntl(listener, F_SETFD, 0) != 0)
        _exit(99);
    (void)data;
}

#define UNBOUNDED "limits.cpu_time=unlimited", "limits.memory=unlimited"

static void behind_a_listener(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .before = listen_first, .argv = DENY("call"));
    expect_outcome(&r, "denied", 159);
    assert_true(report_is_null(&r, "denied"));
    assert_false(report_unkept(&r, "syscalls.tell")); /* nobody has asked for it */
    result_free(&r);
    RUN(&r, .before = listen_first, .set = LIST(REPORT), .argv = DENY("times", "3"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "failed 3\nend\n"); /* by the kernel alone */
    assert_true(report_unkept(&r, "syscalls.tell"));
    result_free(&r);
    RUN(&r, .before = listen_first, .set = LIST("syscalls.tell=kills"), .argv = DENY("call"));
    expect_outcome(&r, "denied", 159);
    assert_true(report_unkept(&r, "syscalls.tell"));
    result_free(&r);
    RUN(&r, .before = listen_first, .set = LIST(REPORT, "limits.enforce=strict", UNBOUNDED),
        .argv = DENY("times", "3"));
    expect_refused(&r, 125, "denied calls can't be told by name");
    result_free(&r);
    RUN(&r, .before = listen_first, .set = LIST("limits.enforce=strict", UNBOUNDED),
        .argv = DENY("call"));
    expect_outcome(&r, "denied", 159);
    result_free(&r);
}

/* The listener takes a descriptor below the program's own limit; where that leaves none, there is
 * no listener. */
static void few_descriptors(void **state)
{
    static const char *const limits[] = {"limits.open_files=4", "limits.open_files=5",
                                         "limits.open_files=3"};
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        RUN(&r, .set = LIST(limits[i]), .argv = LIST(payload("nothing-static")));
        expect_outcome(&r, "exited", 0);
        result_free(&r);
    }
    RUN(&r, .set = LIST("limits.open_files=4"), .argv = DENY("call"));
    expect_denied(&r, "ptrace", PTRACE_TRACE, "syscalls.default");
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_name),
        cmocka_unit_test(by_anyone),
        cmocka_unit_test(who_would_rather_live),
        cmocka_unit_test(reported),
        cmocka_unit_test(logged),
        cmocka_unit_test(an_exec_that_fails),
        cmocka_unit_test(what_is_told),
        cmocka_unit_test(lines),
        cmocka_unit_test(nobody_reads_the_lines),
        cmocka_unit_test(odd_memory),
        cmocka_unit_test(many_kinds),
        cmocka_unit_test(signals_in_a_call),
        cmocka_unit_test(floods),
        cmocka_unit_test(gone_in_the_call),
        cmocka_unit_test(the_notifier_is_killed),
        cmocka_unit_test(the_launcher_is_killed),
        cmocka_unit_test(behind_a_listener),
        cmocka_unit_test(few_descriptors),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
