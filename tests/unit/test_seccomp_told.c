/* SPDX-License-Identifier: MIT
 *
 * What is handed over to the supervisor, in each mode of syscalls.tell, and that he decides as the
 * filter would.
 */
#include "guards/syscalls.h"
#include "seccomp_random.h"

#define HANDED ((int64_t)SECCOMP_RET_USER_NOTIF)

static struct made *made_mixed(enum tell tell)
{
    struct made *made = made_new("@base ioctl socket");
    made_words(made, &made->policy.syscalls_errno, "mkdirat:13");
    made_words(made, &made->policy.syscalls_report, "unlinkat:13 fsync");
    made_words(made, &made->policy.syscalls_log, "getppid");
    made->policy.syscalls_default.kind = ACTION_KILL;
    made->policy.syscalls_tell.v = tell;
    made->policy.limits_open_files.v = 64;
    return made;
}

static struct sbx_watch watch;

static void each_mode(void **state)
{
    static const struct {
        enum tell tell;
        int64_t kill, report, other_report, fails, log, house, family;
    } rows[] = {
        {TELL_NONE, KILLED, FAILS(EACCES), FAILS(EPERM), FAILS(EACCES), LOGGED, FAILS(EPERM),
         FAILS(EAFNOSUPPORT)},
        {TELL_KILLS, HANDED, HANDED, HANDED, FAILS(EACCES), HANDED, FAILS(EPERM),
         FAILS(EAFNOSUPPORT)},
        {TELL_ALL, HANDED, HANDED, HANDED, HANDED, HANDED, HANDED, HANDED},
        {TELL_WATCH, HANDED, HANDED, HANDED, HANDED, HANDED, HANDED, HANDED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct made *made = made_mixed(rows[i].tell);
        const struct sbx_command command = {.watch = &watch};
        made->plan.command = rows[i].tell == TELL_WATCH ? &command : NULL;
        made_compile(made);
        assert_int_equal(answer(made, SYS_openat, 0, 0),
                         rows[i].tell == TELL_WATCH ? HANDED : ALLOWED);
        assert_int_equal(answer(made, SYS_ptrace, 0, 0), rows[i].kill);
        assert_int_equal(answer(made, SYS_unlinkat, 0, 0), rows[i].report);
        assert_int_equal(answer(made, SYS_fsync, 0, 0), rows[i].other_report);
        assert_int_equal(answer(made, SYS_mkdirat, 0, 0), rows[i].fails);
        assert_int_equal(answer(made, SYS_getppid, 0, 0), rows[i].log);
        assert_int_equal(answer(made, SYS_ioctl, 0, 0x5412), rows[i].house);
        assert_int_equal(answer(made, SYS_socket, 17, 0), rows[i].family);
        assert_int_equal(answer(made, SYS_read, 0, 0), ALLOWED);
        assert_int_equal(answer(made, 900, 0, 0), FAILS(ENOSYS)); /* every newer libc asks */
        assert_int_equal(made->plan.seccomp.listener, rows[i].tell != TELL_NONE);
        assert_int_equal(made->plan.seccomp.log, rows[i].tell == TELL_NONE);
        assert_int_equal(made->plan.seccomp.tells_exec, rows[i].tell == TELL_WATCH);
        assert_null(made->plan.seccomp.unnamed);
        made_free(made);
    }
}

/* Watched: paths of calls that pass, whatever lets them pass; where that can't be, no launch. */
static void watched(void **state)
{
    const struct host busy = {.listener_errno = EBUSY};
    const struct sbx_command command = {.watch = &watch};
    struct sbx_error error = {0};
    (void)state;
    struct made *made = made_mixed(TELL_NONE);
    made->policy.syscalls_report.count = 0;
    made_rule(made, "connect", "allow if sockfd == 3");
    made_rule(made, "connect", "errno:13");
    made->plan.command = &command;
    made_compile(made);
    assert_int_equal(answer(made, SYS_connect, 3, 0), HANDED);
    assert_int_equal(answer(made, SYS_connect, 4, 0), HANDED);
    assert_int_equal(answer(made, SYS_close, 3, 0), ALLOWED);
    assert_int_equal(answer(made, 900, 0, 0), FAILS(ENOSYS));
    arena_free(&made->plan.arena);
    made->plan.seccomp = (struct seccomp_plan){.on = false};
    made->policy.namespaces_nested.v = YESNO_YES;
    made_compile(made);
    assert_int_equal(answer(made, SYS_connect, 3, 0), ALLOWED);
    assert_int_equal(answer(made, SYS_connect, 4, 0), HANDED);
    arena_free(&made->plan.arena);
    made->plan.seccomp = (struct seccomp_plan){.on = false};
    made->policy.limits_enforce.v = ENFORCE_BEST_EFFORT;
    assert_int_equal(guard_seccomp.prepare(&made->plan, &busy, &error), -1);
    assert_non_null(strstr(error.text, "the program can't be watched"));
    made_free(made);
}

static void what_is_unknown(void **state)
{
    (void)state;
    struct made *made = made_mixed(TELL_KILLS);
    made->policy.syscalls_unknown = (struct value_action){.kind = ACTION_REPORT, .error = ENOSYS};
    made_compile(made);
    assert_int_equal(answer(made, 900, 0, 0), HANDED);
    made_free(made);
}

static void other_abis_are_killed_by_the_kernel(void **state)
{
    (void)state;
    struct made *made = made_mixed(TELL_ALL);
    made_compile(made);
    const struct seccomp_data data = {.nr = SYS_read, .arch = 0x40000003};
    assert_int_equal(bpf_sim(&made->plan.seccomp.program, &data), KILLED);
    made_free(made);
}

/* A filter that hands nothing over has no listener. */
static void nothing_to_tell(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    made->policy.syscalls_default = (struct value_action){.kind = ACTION_ERRNO, .error = EPERM};
    made->policy.syscalls_tell.v = TELL_KILLS;
    made->policy.limits_open_files.v = 64;
    made_compile(made);
    assert_false(made->plan.seccomp.listener);
    made_free(made);
}

static void the_exec_itself(void **state)
{
    static const char *const words[] = {"execve", "exit_group"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct made *made = made_mixed(TELL_KILLS);
        made_words(made, &made->policy.syscalls_log, words[i]);
        made_compile(made);
        assert_true(made->plan.seccomp.tells_exec);
        made_free(made);
    }
}

static void report_and_none(void **state)
{
    (void)state;
    struct made *made = made_mixed(TELL_NONE);
    struct sbx_error error = {0};
    assert_int_equal(made_try(made, &error), -1);
    assert_non_null(strstr(error.text, "syscalls.tell = none"));
    assert_string_equal(error.origin.file, "test.ini");
    made->policy.syscalls_report.count = 0;
    expect_good(made);
    struct value_action *actions[] = {&made->policy.syscalls_default,
                                      &made->policy.syscalls_unknown,
                                      &made->policy.network_refused};
    for (size_t i = 0; i < 3; i++) {
        const struct value_action before = *actions[i];
        *actions[i] = (struct value_action){
            .kind = ACTION_REPORT, .error = EPERM, .origin = {.file = "test.ini", .line = 30}};
        expect_error(made, 30, "report is asked for", "say errno");
        *actions[i] = before;
    }
    made_free(made);
}

static int prepare_on(struct made *made, const struct host *host, struct sbx_error *error)
{
    made->plan.seccomp = (struct seccomp_plan){.on = false};
    *error = (struct sbx_error){.code = SBX_OK};
    return guard_seccomp.prepare(&made->plan, host, error);
}

/* Where no listener can be had the kernel denies alone; who has asked for the telling is told so,
 * or refused. */
static void no_listener(void **state)
{
    const struct host busy = {.listener_errno = EBUSY}, free_host = {.listener_errno = 0};
    struct sbx_error error;
    (void)state;
    struct made *made = made_mixed(TELL_KILLS);
    made->policy.limits_enforce.v = ENFORCE_BEST_EFFORT;
    assert_int_equal(prepare_on(made, &busy, &error), 0);
    assert_false(made->plan.seccomp.listener);
    assert_non_null(strstr(made->plan.seccomp.unnamed, "a filter around this process"));
    assert_true(made->plan.seccomp.unnamed_asked);
    assert_int_equal(answer(made, SYS_unlinkat, 0, 0), FAILS(EACCES));
    assert_int_equal(answer(made, SYS_ptrace, 0, 0), KILLED);
    assert_int_equal(answer(made, SYS_getppid, 0, 0), LOGGED);
    assert_true(made->plan.seccomp.log);

    made->policy.limits_enforce.v = ENFORCE_STRICT;
    assert_int_equal(prepare_on(made, &busy, &error), -1);
    assert_int_equal(error.code, SBX_E_HOST);
    assert_string_equal(error.origin.file, "test.ini");
    made->policy.syscalls_report.count = 0; /* nobody asks: tell = kills is built in */
    assert_int_equal(prepare_on(made, &busy, &error), 0);
    assert_non_null(made->plan.seccomp.unnamed);
    assert_false(made->plan.seccomp.unnamed_asked);
    made->policy.syscalls_tell.origin = (struct origin){.file = "test.ini", .line = 3};
    assert_int_equal(prepare_on(made, &busy, &error), -1);
    assert_int_equal(error.origin.line, 3);
    assert_int_equal(prepare_on(made, &free_host, &error), 0);
    made->policy.limits_open_files.v = 3;
    assert_int_equal(prepare_on(made, &free_host, &error), -1);
    made->policy.limits_open_files.v = 4;
    assert_int_equal(prepare_on(made, &free_host, &error), 0);
    assert_true(made->plan.seccomp.listener);
    made_free(made);
}

/* A filter of the program's own could keep a call from whoever answers, but not from the kernel. */
static void who_may_filter_is_killed_by_the_kernel(void **state)
{
    static const char *const lists[] = {"@base", "@base seccomp", "@base"};
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int tell = TELL_KILLS; tell <= TELL_ALL; tell++) {
            struct made *made = made_new(lists[i]);
            const struct host host = {0};
            struct sbx_error error = {0};
            const bool filters = i > 0;
            if (i == 2)
                made_rule(made, "seccomp", "allow if flags == 0");
            made->policy.syscalls_tell.v = tell;
            made->policy.limits_open_files.v = 64;
            made_words(made, &made->policy.syscalls_report, "getppid:13");
            assert_int_equal(guard_seccomp.prepare(&made->plan, &host, &error), 0);
            assert_int_equal(answer(made, SYS_ptrace, 0, 0),
                             filters ? KILLED : (int64_t)SECCOMP_RET_USER_NOTIF);
            assert_int_equal(answer(made, SYS_getppid, 0, 0), (int64_t)SECCOMP_RET_USER_NOTIF);
            assert_true(made->plan.seccomp.kernel_kills == filters);
            made_free(made);
        }
}

/* ---- the second decision -------------------------------------------------------------------- */

/* What the filter would do by itself, had it nobody to ask. */
static void decided_as_by_the_filter(void **state)
{
    struct chance by = {.state = 20261124};
    static const uint64_t values[] = {0,      1,          2,          16,    17,
                                      0x5412, 0x10000000, UINT64_MAX, 06000, UINT64_C(1) << 33};
    (void)state;
    for (int round = 0; round < 30; round++) {
        struct made *made = made_random(&by, chance(&by, 11));
        struct compiled *compiled = calloc(1, sizeof(*compiled));
        struct decider *rules;
        struct sbx_error error = {0};
        assert_non_null(compiled);
        made->policy.syscalls_tell.v = TELL_NONE;
        compile_policy(&made->policy, compiled);
        if (decider_new(&made->policy, &rules, &error) != 0)
            fail_msg("%s", error.text);
        for (int i = 0; i < 20000; i++) {
            struct seccomp_data data = {.nr = (int)chance(&by, CALLS_MAX + 100),
                                        .arch = NATIVE_ARCH};
            for (int j = 0; j < 6; j++)
                data.args[j] = values[chance(&by, sizeof(values) / sizeof(values[0]))];
            struct call_made call = {.arch = data.arch, .number = data.nr};
            memcpy(call.args, data.args, sizeof(call.args));
            const int64_t is = returned(decider_decide(rules, &call));
            const int64_t shall = runs(compiled->filter.code, compiled->filter.count, &data);
            if (is != shall)
                fail_msg("call %d: 0x%llx, the filter 0x%llx", data.nr, (unsigned long long)is,
                         (unsigned long long)shall);
        }
        decider_free(rules);
        arena_free(&compiled->arena);
        free(compiled);
        made_free(made);
    }
}

static void told_of(struct made *made, int number, const uint64_t args[6], const char *call,
                    const char *text, const char *action, const char *rule, unsigned line)
{
    struct decider *rules;
    struct sbx_error error = {0};
    struct sbx_denial denial = {.count = 7};
    if (decider_new(&made->policy, &rules, &error) != 0)
        fail_msg("%s", error.text);
    struct call_made made_call = {.arch = NATIVE_ARCH, .number = number};
    memcpy(made_call.args, args, sizeof(made_call.args));
    decider_tell(rules, &made_call, NULL, &denial);
    assert_string_equal(denial.call, call);
    assert_string_equal(denial.args, text);
    assert_string_equal(denial.action, action);
    assert_string_equal(denial.rule, rule);
    assert_int_equal(denial.origin.line, line);
    assert_string_equal(denial.origin.file, line ? "test.ini" : "");
    assert_int_equal(denial.count, 7); /* untouched */
    decider_free(rules);
}

static void told_with_its_rule(void **state)
{
    (void)state;
    struct made *made = made_mixed(TELL_ALL);
    const uint64_t none[6] = {0}, stream[6] = {AF_PACKET, 3}, type[6] = {0, 0x5412};
    made->policy.syscalls_default.origin = (struct origin){.file = "test.ini", .line = 40};
    made->policy.syscalls_unknown.origin = (struct origin){.file = "test.ini", .line = 41};
    made->policy.network_refused.origin = (struct origin){.file = "test.ini", .line = 42};
    const unsigned line = made->policy.syscalls_report.items[0].origin.line;
    told_of(made, SYS_ptrace, none, "ptrace", "PTRACE_TRACEME, 0, 0, 0", "kill", "syscalls.default",
            40);
    told_of(made, 1000, none, "1000", "0, 0, 0, 0, 0, 0", "errno:ENOSYS", "syscalls.unknown", 41);
    told_of(made, 2000, none, "2000", "0, 0, 0, 0, 0, 0", "errno:ENOSYS", "syscalls.unknown", 41);
    told_of(made, SYS_socket, stream, "socket", "AF_PACKET, SOCK_RAW, 0", "errno:EAFNOSUPPORT",
            "network.refused", 42);
    told_of(made, SYS_unlinkat, none, "unlinkat", "0, NULL, 0", "report:EACCES",
            "syscalls.report unlinkat:13", line);
    told_of(made, SYS_ioctl, type, "ioctl", "0, TIOCSTI, 0", "errno:EPERM",
            "a house rule: requests to a terminal that type for the user or outlive the program",
            0);
    told_of(made, SYS_clone3, none, "clone3", "NULL, 0", "errno:ENOSYS",
            "a house rule: its flags are behind a pointer, where no filter can look", 0);
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mode),
        cmocka_unit_test(watched),
        cmocka_unit_test(what_is_unknown),
        cmocka_unit_test(other_abis_are_killed_by_the_kernel),
        cmocka_unit_test(nothing_to_tell),
        cmocka_unit_test(the_exec_itself),
        cmocka_unit_test(report_and_none),
        cmocka_unit_test(no_listener),
        cmocka_unit_test(who_may_filter_is_killed_by_the_kernel),
        cmocka_unit_test(decided_as_by_the_filter),
        cmocka_unit_test(told_with_its_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
