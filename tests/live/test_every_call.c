/* SPDX-License-Identifier: MIT
 *
 * Every system call there is, in the real kernel: what the policy says of it is what a program
 * gets. No part of the guard answers here but the filter; what it should answer is taken from the
 * lists and the house rules, and what a call that passes answers, from the kernel without a filter.
 */
#include "guards/seccomp/cases.h"
#include "guards/seccomp/filter.h"
#include "policy/load.h"
#include "support/bpf_sim.h"
#include "support/every_call.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

/* The kernel's own numbers end near 470; those above are ours to refuse as unknown. */
enum { NATIVE = 520, FIRST_I386 = 0, I386 = 480, X32_BIT = 0x40000000, ATTEMPTS_MAX = 4096 };

static const uint32_t odd_numbers[] = {600,   1023,  1024,   1025,    2000,      4096,
                                       32768, 65535, 65536U, 1000000, 0x3fffffff};
static const uint32_t foreign_numbers[] = {X32_BIT + 4096, 0x7fffffff, 0x80000000,
                                           0x80000001,     0xc0000000, 0xffffffff};

static struct attempt attempts[ATTEMPTS_MAX];
static uint16_t without[ATTEMPTS_MAX]; /* what the kernel answers with no filter; NOT_TRIED: of an
                                        * ABI that never gets there */
static size_t attempt_count;

static void add(uint32_t number, bool i386)
{
    const unsigned kinds = i386 || number >= NATIVE ? 1 : ARGUMENTS_KINDS;
    for (unsigned kind = 0; kind < kinds; kind++) {
        assert_true(attempt_count < ATTEMPTS_MAX);
        attempts[attempt_count++] =
            (struct attempt){.number = number, .arguments = kind, .i386 = i386};
    }
}

static void make_attempts(void)
{
    for (uint32_t number = 0; number < NATIVE; number++)
        add(number, false);
    for (size_t i = 0; i < sizeof(odd_numbers) / sizeof(odd_numbers[0]); i++)
        add(odd_numbers[i], false);
#ifdef __x86_64__
    for (uint32_t number = 0; number < NATIVE + 40; number++) /* x32 has some from 512 on */
        add(X32_BIT + number, false);
    for (size_t i = 0; i < sizeof(foreign_numbers) / sizeof(foreign_numbers[0]); i++)
        add(foreign_numbers[i], false);
    for (uint32_t number = 0; number < I386; number++)
        add(number, true);
#endif
}

static bool is_native(const struct attempt *attempt)
{
    return !attempt->i386 && attempt->number < X32_BIT;
}

/* ---- a policy, and its filter in the kernel -------------------------------------------------- */

struct made {
    struct sbx_policy *policy;
    struct arena arena; /* of what the table holds */
    struct call_table table;
    struct filter filter;
};

static struct made *make(const char *profile, const char *const *sets)
{
    struct made *made = calloc(1, sizeof(*made));
    struct sbx_error error;
    struct diag diag = {.error = &error};
    char path[128];
    size_t count = 0;
    assert_non_null(made);
    while (sets[count] != NULL)
        count++;
    snprintf(path, sizeof(path), "%s/profiles/%s.ini", stage()->root, profile);
    if (policy_load(path, sets, count, &made->policy, &error) != 0 ||
        filter_settle(made->policy, &made->arena, &made->table, &diag) != 0)
        fail_msg("%s: %s", profile, error.text);
    made->table.tell = TELL_NONE; /* nobody answers for the kernel here */
    if (made->table.i386)
        made->table.i386->tell = TELL_NONE;
    if (filter_write(made->policy, &made->table, &made->filter, &diag) != 0)
        fail_msg("%s: %s", profile, error.text);
    return made;
}

static void made_free(struct made *made)
{
    policy_free(made->policy);
    arena_free(&made->arena);
    free(made);
}

static struct value_action expected(const struct made *made, const struct attempt *attempt)
{
    struct cases cases;
    uint64_t values[6];
    const struct call_table *table = is_native(attempt) ? &made->table
                                     : attempt->i386    ? made->table.i386
                                                        : NULL;
    if (!table)
        return (struct value_action){.kind = ACTION_KILL};
    attempt_arguments(attempt, values);
    cases_make(made->policy, table, (int)attempt->number, &cases);
    return cases_decide(&cases, values)->action;
}

/* Calls that the kernel lets through without asking a filter: it makes them itself, in code that it
 * puts into programs that are probed. Made from anywhere else they do nothing: uretprobe ends the
 * process with SIGILL, uprobe answers ENXIO. Older kernels ask the filter. */
static bool is_never_asked(uint32_t number)
{
    enum { X86_URETPROBE = 335, X86_UPROBE = 336 };
#ifdef __x86_64__
    return number == X86_URETPROBE || number == X86_UPROBE;
#else
    (void)number;
    return false;
#endif
}

static bool did_nothing(uint16_t answer)
{
    return answer == KILLED_BY + SIGILL || answer == ENXIO || answer == ENOSYS;
}

/* kill(-1) with a signal that is none says whether there is anybody else at that moment. */
static bool is_of_the_moment(const struct attempt *attempt, uint16_t answer)
{
    return is_native(attempt) && attempt->number == SYS_kill &&
           (answer == EINVAL || answer == ESRCH);
}

/* What a program should see, where the call is answered so. */
static uint16_t seen(struct value_action action, uint16_t passed)
{
    if (action.kind == ACTION_KILL)
        return KILLED_BY + SIGSYS;
    return action_passes(action) ? passed : (uint16_t)action.error;
}

/* ---- comparing ------------------------------------------------------------------------------ */

/* How much is tried; all of the native calls are, always. */
enum scope {
    WITH_ALL_FOREIGN,  /* and each number of the other ABIs */
    WITH_I386,         /* and each number of i386, which this filter lets pass */
    WITH_SOME_FOREIGN, /* and one in eight: two comparisons at the filter's start end them all */
    NATIVE_ONCE,       /* with one kind of arguments */
};

static bool is_in(enum scope scope, const struct attempt *attempt)
{
    if (scope == NATIVE_ONCE)
        return is_native(attempt) && attempt->arguments == ALL_ONES;
    if (scope == WITH_I386)
        return is_native(attempt) || attempt->i386;
    return scope == WITH_ALL_FOREIGN || is_native(attempt) || attempt->number % 8 == 4;
}

struct counts {
    unsigned passed, failed, killed, left_out, wrong;
    uint32_t wrong_number; /* the last one */
};

static const char *abi(const struct attempt *attempt)
{
    return attempt->i386 ? "i386 " : "";
}

/* A call that would do something is tried where it is denied. */
static bool is_left_out(const struct made *rules, const struct attempt *attempt)
{
    const char *why;
    return attempt_is_left_out(attempt, &why) && action_passes(expected(rules, attempt));
}

/* The next best to trying it: the filter is run on it by our own interpreter. */
static void expect_simulated_pass(const struct sock_fprog *program, const struct attempt *attempt)
{
    struct seccomp_data data = {.nr = (int)attempt->number,
                                .arch = attempt->i386 ? AUDIT_ARCH_I386 : NATIVE_ARCH};
    uint64_t values[6];
    attempt_arguments(attempt, values);
    for (int i = 0; i < 6; i++)
        data.args[i] = values[i];
    const int64_t answer = bpf_sim(program, &data);
    assert_true(answer == SECCOMP_RET_ALLOW || answer == SECCOMP_RET_LOG);
}

/* Whether what the rules say of each call is what the kernel does behind the filter. */
static void compare(const struct made *rules, const struct made *filter, enum scope scope,
                    struct counts *counts, bool tell)
{
    static uint16_t answers[ATTEMPTS_MAX];
    static bool skip[ATTEMPTS_MAX];
    struct sock_fprog program = {.len = (unsigned short)filter->filter.count,
                                 .filter = (struct sock_filter *)filter->filter.code};
    for (size_t i = 0; i < attempt_count; i++)
        skip[i] = !is_in(scope, &attempts[i]) || is_left_out(rules, &attempts[i]);
    if (every_call(&program, attempts, skip, attempt_count, answers) != 0)
        fail_msg("the calls can't be tried: %s", strerror(errno));
    *counts = (struct counts){0};
    for (size_t i = 0; i < attempt_count; i++) {
        const struct value_action action = expected(rules, &attempts[i]);
        if (skip[i]) {
            if (is_in(scope, &attempts[i])) {
                counts->left_out++;
                expect_simulated_pass(&program, &attempts[i]);
            }
            continue;
        }
        counts->killed += action.kind == ACTION_KILL;
        counts->failed += action.kind == ACTION_ERRNO;
        counts->passed += action_passes(action);
        if (answers[i] == seen(action, without[i]) ||
            (action_passes(action) && is_of_the_moment(&attempts[i], answers[i])) ||
            (is_native(&attempts[i]) && is_never_asked(attempts[i].number) &&
             did_nothing(answers[i])))
            continue;
        counts->wrong++;
        counts->wrong_number = attempts[i].number;
        if (tell)
            fprintf(stderr, "%scall %#x, arguments of kind %d: %d, not %d\n", abi(&attempts[i]),
                    attempts[i].number, attempts[i].arguments, answers[i],
                    seen(action, without[i]));
    }
}

/* A call that lets everything pass, or nothing, would be no test. */
static void expect_agreement(const char *profile, const char *const *sets, enum scope scope)
{
    struct made *made = make(profile, sets);
    struct counts counts;
    compare(made, made, scope, &counts, true);
    printf("%s: %u pass, %u fail, %u killed, %u not tried\n", profile, counts.passed, counts.failed,
           counts.killed, counts.left_out);
    assert_int_equal(counts.wrong, 0);
    assert_true(counts.left_out <= (scope == WITH_I386 ? 7 : ARGUMENTS_KINDS));
    assert_true(counts.passed > 100);
    assert_true(counts.failed > 10);
    made_free(made);
}

/* ---- controls ------------------------------------------------------------------------------- */

/* Without a filter no call is killed, and the kernel lacks none of those that all programs use. */
static void the_kernel_without_a_filter(void **state)
{
    static bool skip[ATTEMPTS_MAX];
    const char *why;
    unsigned there = 0;
    (void)state;
    for (size_t i = 0; i < attempt_count; i++)
        skip[i] = (!is_native(&attempts[i]) && !attempts[i].i386) ||
                  attempt_is_left_out(&attempts[i], &why);
    assert_int_equal(every_call(NULL, attempts, skip, attempt_count, without), 0);
    for (size_t i = 0; i < attempt_count; i++) {
        if (skip[i])
            continue;
        assert_int_not_equal(without[i], NO_ANSWER);
        assert_int_not_equal(without[i], KILLED_BY + SIGSYS);
        if (attempts[i].i386)
            continue;
        if (attempts[i].number < NATIVE && attempts[i].arguments == LOW_ZEROS)
            there += without[i] != ENOSYS;
        if (attempts[i].number >= NATIVE)
            assert_int_equal(without[i], ENOSYS);
    }
    printf("the kernel has %u calls\n", there);
    assert_true(there > 250);
}

static uint16_t answer_to(uint32_t number, bool i386)
{
    const struct attempt attempt = {.number = number, .arguments = ALL_ONES, .i386 = i386};
    uint16_t answer = 0;
    assert_int_equal(every_call(NULL, &attempt, NULL, 1, &answer), 0);
    return answer;
}

/* The ways to try are what they are said to be. */
static void the_ways_to_try(void **state)
{
    (void)state;
    assert_int_equal(answer_to(SYS_getpid, false), WENT_WELL);
    assert_int_equal(answer_to(SYS_close, false), EBADF);
    assert_int_equal(answer_to(SYS_uname, false), EFAULT);
    assert_int_equal(answer_to(SYS_exit_group, false), ENDED + 0xff);
    assert_int_equal(answer_to(SYS_rt_sigreturn, false), KILLED_BY + SIGSEGV);
#ifdef __x86_64__
    assert_int_equal(answer_to(SYS_fork, false), WENT_WELL);
    assert_int_equal(answer_to(SYS_vfork, false), WENT_WELL);
    assert_int_equal(answer_to(SYS_pause, false), KILLED_BY + SIGALRM);
    assert_int_not_equal(answer_to(X32_BIT + SYS_getpid, false), KILLED_BY + SIGSYS);
    assert_int_not_equal(answer_to(20, true), KILLED_BY + SIGSYS); /* getpid of i386 */
#endif
}

/* A filter that is right but for one number is found out, by that number. */
static void one_wrong_number_is_found(void **state)
{
    static const struct {
        const char *set;
        uint32_t number;
    } faults[] = {{"syscalls.allow+=ptrace", SYS_ptrace},
                  {"syscalls.kill+=getppid", SYS_getppid},
                  {"syscalls.errno+=getuid:EHWPOISON", SYS_getuid},
                  {"syscalls.errno+=mount:EPERM", SYS_mount},
                  {"syscalls.errno+=chown:EACCES", SYS_chown}};
    struct made *right = make("judge", LIST(NULL));
    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        struct made *wrong = make("judge", LIST(faults[i].set));
        struct counts counts;
        compare(right, wrong, NATIVE_ONCE, &counts, false);
        assert_int_equal(counts.wrong, 1);
        assert_int_equal(counts.wrong_number, faults[i].number);
        made_free(wrong);
    }
    made_free(right);
}

/* ---- the profiles --------------------------------------------------------------------------- */

static void the_shipped_profiles(void **state)
{
    (void)state;
    expect_agreement("base", LIST(NULL), WITH_SOME_FOREIGN);
    expect_agreement("judge", LIST(NULL), WITH_ALL_FOREIGN);
    expect_agreement("build", LIST(NULL), WITH_SOME_FOREIGN);
}

/* Errno values that no kernel gives for these calls: what is denied can't be taken for what failed
 * by itself. */
static void denials_of_another_kind(void **state)
{
    (void)state;
    expect_agreement("judge",
                     LIST("syscalls.default=errno:EHWPOISON", "syscalls.unknown=errno:ENOTUNIQ",
                          "network.refused=errno:EXFULL"),
                     WITH_SOME_FOREIGN);
    expect_agreement("base",
                     LIST("syscalls.unknown=kill", "syscalls.errno+=@identity:EXFULL",
                          "syscalls.kill=@timer getppid", "syscalls.log=@event",
                          "namespaces.nested=yes", "syscalls.allow+=@mount"),
                     WITH_SOME_FOREIGN);
}

static void nearly_all_allowed(void **state)
{
    (void)state;
    expect_agreement("judge", LIST("syscalls.default=allow", "syscalls.unknown=allow"),
                     WITH_SOME_FOREIGN);
}

/* Where i386 is allowed, each of its calls gets what the lists say of it by name. */
static void calls_of_i386(void **state)
{
#ifdef __x86_64__
    (void)state;
    expect_agreement("judge", LIST("syscalls.arch=native i386"), WITH_I386);
    expect_agreement("judge",
                     LIST("syscalls.arch=native i386", "syscalls.default=errno:EHWPOISON",
                          "syscalls.unknown=errno:ENOTUNIQ", "network.refused=errno:EXFULL",
                          "syscalls.errno+=@identity:EXFULL fcntl:ENOANO"),
                     WITH_I386);
    expect_agreement("judge",
                     LIST("syscalls.arch=native i386", "syscalls.default=allow",
                          "syscalls.unknown=allow", "syscalls.errno+=stat:EXFULL"),
                     WITH_I386);
#else
    (void)state;
    skip();
#endif
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_without_a_filter), /* first: it fills in `without` */
        cmocka_unit_test(the_ways_to_try),
        cmocka_unit_test(the_shipped_profiles),
        cmocka_unit_test(denials_of_another_kind),
        cmocka_unit_test(nearly_all_allowed),
        cmocka_unit_test(calls_of_i386),
        cmocka_unit_test(one_wrong_number_is_found),
    };
    (void)argc, (void)argv;
    make_attempts();
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
