/* SPDX-License-Identifier: MIT
 *
 * test_denied_hostile.c - what is denied stays denied, whatever the program does about it, and
 * whatever becomes of those who tell.
 */
#include "denied_fixture.h"
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

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
    expect_text(&r, denial_at(&r, 1), "args", "\"\\x1b[2J\\x0a\\\"),\\xff\", 0");
    expect_text(&r, denial_at(&r, 2), "args", "0x1, 0");
    expect_text(&r, denial_at(&r, 4), "args", "NULL, 0");
    assert_non_null(strstr(text_of(denial_at(&r, 5), "args"), "AAAA\"..., 0"));
    expect_text(&r, denial_at(&r, 6), "args", "\"AAAAA\"..., 0");
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

/* At moments of the launch, too, with the exec itself handed over and not. */
static void the_launcher_is_killed(void **state)
{
    struct running running;
    struct result r;
    char mark[128];
    unsigned i;

    (void)state;
    for (i = 0; i < 60; i++) {
        snprintf(mark, sizeof(mark), "%s-flood-%u", stage()->root, i);
        run_start(&running,
                  &(struct run_spec){.no_report = true,
                                     .set = LIST(REPORT, "limits.wall_time=20s", "limits.pids=80",
                                                 i % 3 ? "syscalls.log=" : "syscalls.log=execve"),
                                     .argv = DENY("flood", "8", mark)});
        if (i % 2)
            run_wait_for(&running, "flooding");
        usleep(i * 120);
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
