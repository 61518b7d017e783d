/* SPDX-License-Identifier: MIT
 *
 * The tree of numbers answers as the one that libseccomp makes of the same verdicts, which also
 * passes the proof; and it is shorter.
 */
#include "guards/seccomp/proof.h"
#include "seccomp_random.h"
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RANDOM_POLICIES = 60 };

static uint32_t scmp_action(struct value_action action, enum tell tell)
{
    if (action_told(action, tell))
        return SCMP_ACT_NOTIFY;
    switch (action.kind) {
    case ACTION_ALLOW:
        return SCMP_ACT_ALLOW;
    case ACTION_LOG:
        return SCMP_ACT_LOG;
    case ACTION_ERRNO:
    case ACTION_REPORT:
        return SCMP_ACT_ERRNO((uint32_t)action.error);
    case ACTION_KILL:
        break;
    }
    return SCMP_ACT_KILL_PROCESS;
}

/* What libseccomp makes of the verdicts, behind the ABI and the end of the table. */
static void reference(const struct sbx_policy *policy, const struct call_table *table,
                      struct filter *filter)
{
    const uint32_t standard = scmp_action(policy->syscalls_default, table->tell);
    const struct sock_filter head[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TEST_ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
#if defined(__x86_64__)
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
#endif
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)table->newest, 0, 1),
        BPF_STMT(BPF_RET | BPF_K,
                 filter_return(policy->syscalls_unknown, calls_tell(table, CALLS_MAX))),
    };
    filter->count = sizeof(head) / sizeof(head[0]);
    memcpy(filter->code, head, sizeof(head));
    scmp_filter_ctx context = seccomp_init(standard);
    assert_non_null(context);
    assert_int_equal(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2), 0);
    for (int number = 0; number <= table->newest; number++) {
        const uint32_t action = scmp_action(calls_action(policy, table, number), table->tell);
        if (table->of[number].rank != RANK_NONE && action != standard)
            assert_int_equal(seccomp_rule_add_exact_array(context, action, number, 0, NULL), 0);
    }
    int fd = memfd_create("reference", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(seccomp_export_bpf(context, fd), 0);
    ssize_t size = pread(fd, &filter->code[filter->count],
                         (BPF_MAXINSNS - filter->count) * sizeof(filter->code[0]), 0);
    assert_true(size > 0);
    filter->count += (size_t)size / sizeof(filter->code[0]);
    close(fd);
    seccomp_release(context);
}

static void compare_call(const struct filter *one, const struct filter *other,
                         const struct seccomp_data *data, const char *what)
{
    int64_t is = runs(one->code, one->count, data), shall = runs(other->code, other->count, data);
    if (is != shall || is < 0)
        fail_msg("%s: call %#x of ABI %#x, argument %#llx: %#llx, and libseccomp: %#llx", what,
                 (unsigned)data->nr, data->arch, (unsigned long long)data->args[0],
                 (unsigned long long)is, (unsigned long long)shall);
}

/* Every number, with the bit of x32, negative, and of another ABI; but for those that are decided
 * by their arguments. */
static void compare_all(const struct sbx_policy *policy, const struct compiled *compiled,
                        const struct filter *other, const char *what)
{
    static const uint64_t values[] = {0, 1, 2, 0x5412, 0x10000000, UINT64_MAX};
    static const uint32_t bases[] = {0, 0x40000000, 0x80000000, 0xfffffc00, 0x00010000};
    for (size_t base = 0; base < sizeof(bases) / sizeof(bases[0]); base++)
        for (uint32_t number = 0; number < CALLS_MAX; number++)
            for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
                struct seccomp_data data = {.nr = (int)(bases[base] + number), .arch = TEST_ARCH};
                for (unsigned j = 0; j < 6; j++)
                    data.args[j] = values[i];
                if (base || !is_narrowed(policy, &compiled->table, (int)number))
                    compare_call(&compiled->filter, other, &data, what);
                data.arch = AUDIT_ARCH_I386;
                if (i == 0)
                    compare_call(&compiled->filter, other, &data, what);
            }
}

/* A call that is decided by its arguments answers as its cases do, for values that are compared and
 * their neighbours. */
static void compare_cases(const struct sbx_policy *policy, const struct compiled *compiled,
                          int number, const char *what)
{
    static const uint64_t values[] = {0,
                                      1,
                                      2,
                                      5,
                                      7,
                                      8,
                                      13,
                                      0xff,
                                      0x100,
                                      0x7fffffff,
                                      0x80000000,
                                      0xffffffff,
                                      0x100000000,
                                      0x100000001,
                                      0xff000000,
                                      0x5412,
                                      0x10000000,
                                      0xff000000ff,
                                      0xff00000000,
                                      0x7fffffffffffffff,
                                      0x8000000000000000,
                                      UINT64_MAX,
                                      UINT64_MAX - 1,
                                      UINT64_MAX - 6,
                                      0xfffffffeffffffff};
    enum { VALUES = sizeof(values) / sizeof(values[0]) };
    static struct cases cases;
    cases_make(policy, &compiled->table, number, &cases);
    for (size_t i = 0; i < (size_t)VALUES * VALUES; i++) {
        struct seccomp_data data = {.nr = number, .arch = TEST_ARCH};
        for (unsigned j = 0; j < 6; j++)
            data.args[j] = values[j % 2 ? i % VALUES : i / VALUES];
        const struct call_case *one = cases_decide(&cases, (const uint64_t *)data.args);
        assert_non_null(one);
        const int64_t is = runs(compiled->filter.code, compiled->filter.count, &data);
        if (is != (int64_t)filter_return(one->action, cases.tell))
            fail_msg("%s: call %d (%#llx, %#llx): %#llx", what, number,
                     (unsigned long long)data.args[0], (unsigned long long)data.args[1],
                     (unsigned long long)is);
    }
}

/* Returns how much shorter ours is. */
static size_t compare_policy(const struct sbx_policy *policy, const char *what)
{
    static struct compiled compiled;
    static struct filter other;
    struct sbx_error error = {0};
    compile_policy(policy, &compiled);
    reference(policy, &compiled.table, &other);
    compare_all(policy, &compiled, &other, what);
    for (int number = 0; number < CALLS_MAX; number++)
        if (is_narrowed(policy, &compiled.table, number))
            compare_cases(policy, &compiled, number, what);
    if (proof_check(policy, &compiled.table, compiled.filter.code, compiled.filter.count, &error) !=
        0)
        fail_msg("%s: %s", what, error.text);
    return other.count > compiled.filter.count ? other.count - compiled.filter.count : 0;
}

static void shipped_profiles_are_as_libseccomp_has_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHIPPED_PROFILES; i++) {
        struct sbx_policy *policy = load_shipped(i);
        if (policy->syscalls_default.kind == ACTION_KILL) /* long lists */
            assert_true(compare_policy(policy, shipped_profiles[i]) > 100);
        else
            compare_policy(policy, shipped_profiles[i]);
        policy_free(policy);
    }
}

static void random_policies_are_as_libseccomp_has_them(void **state)
{
    struct chance by = {.state = 5};
    (void)state;
    for (unsigned i = 0; i < RANDOM_POLICIES; i++) {
        char what[32];
        snprintf(what, sizeof(what), "random policy %u", i);
        struct made *made = made_random(&by, 1 + i % 10);
        compare_policy(&made->policy, what);
        made_free(made);
    }
}

/* Each call another answer than its neighbours: as long as a tree can be, with jumps that reach no
 * further than 255. */
static void the_longest_tree(void **state)
{
    (void)state;
    struct made *made = made_new("execve exit_group");
    static struct compiled compiled;
    struct sbx_error error = {0};
    compile_policy(&made->policy, &compiled);
    compiled.table.newest = CALLS_MAX - 1;
    for (int number = 0; number < CALLS_MAX; number++)
        compiled.table.of[number] = (struct call_verdict){
            .rank = RANK_NAME, .kind = ACTION_ERRNO, .error = 1 + number * 7 % 4000};
    body_write(&made->policy, &compiled.table, &compiled.filter);
    assert_false(compiled.filter.overflow);
    assert_true(compiled.filter.count > 2 * CALLS_MAX - 2);
    for (int number = 0; number < CALLS_MAX; number++) {
        const struct seccomp_data data = {.nr = number, .arch = TEST_ARCH};
        assert_int_equal(runs(compiled.filter.code, compiled.filter.count, &data),
                         FAILS(1 + number * 7 % 4000));
    }
    if (proof_check(&made->policy, &compiled.table, compiled.filter.code, compiled.filter.count,
                    &error) != 0)
        fail_msg("%s", error.text);
    made_free(made);
}

/* How many instructions the call is through. */
static unsigned steps_of(const struct filter *filter, int number)
{
    const struct sock_fprog program = {.len = (unsigned short)filter->count,
                                       .filter = (struct sock_filter *)filter->code};
    const struct seccomp_data data = {.nr = number, .arch = TEST_ARCH};
    return bpf_sim_steps(&program, &data);
}

/* Three of them are what any filter has: the ABI, and the load of the number. */
static void hot_calls_take_few_steps(void **state)
{
    static struct compiled compiled;
    (void)state;
    struct sbx_policy *policy = load_shipped(SHIPPED_JUDGE);
    compile_policy(policy, &compiled);
    for (int number = 0; number <= compiled.table.newest; number++)
        assert_in_range(steps_of(&compiled.filter, number), 4,
                        is_narrowed(policy, &compiled.table, number) ? 24 : 15);
    assert_in_range(steps_of(&compiled.filter, SYS_read), 4, 10);
    assert_in_range(steps_of(&compiled.filter, SYS_write), 4, 10);
    assert_in_range(steps_of(&compiled.filter, SYS_futex), 4, 11);
    assert_in_range(steps_of(&compiled.filter, SYS_mmap), 4, 11);
    policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_profiles_are_as_libseccomp_has_them),
        cmocka_unit_test(random_policies_are_as_libseccomp_has_them),
        cmocka_unit_test(the_longest_tree),
        cmocka_unit_test(hot_calls_take_few_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
