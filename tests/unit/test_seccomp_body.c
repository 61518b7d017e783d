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

/* The prelude as it is, and behind it what libseccomp makes of the verdicts. */
static void reference(const struct sbx_policy *policy, struct call_table *table,
                      struct filter *filter)
{
    const uint32_t standard = scmp_action(policy->syscalls_default, table->tell);
    filter->count = 0;
    filter->overflow = false;
    house_emit(policy, table, filter);
    scmp_filter_ctx context = seccomp_init(standard);
    assert_non_null(context);
    assert_int_equal(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2), 0);
    for (int number = 0; number < CALLS_MAX; number++) {
        const uint32_t action = scmp_action(calls_action(policy, table, number), table->tell);
        if (table->of[number].rank != RANK_NONE && !table->of[number].in_prelude &&
            action != standard)
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

/* Every number, with the bit of x32, negative, and of another ABI. */
static void compare_all(const struct filter *one, const struct filter *other, const char *what)
{
    static const uint64_t values[] = {0, 1, 2, 0x5412, 0x10000000, UINT64_MAX};
    static const uint32_t bases[] = {0, 0x40000000, 0x80000000, 0xfffffc00, 0x00010000};
    for (size_t base = 0; base < sizeof(bases) / sizeof(bases[0]); base++)
        for (uint32_t number = 0; number < CALLS_MAX; number++)
            for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
                struct seccomp_data data = {.nr = (int)(bases[base] + number), .arch = TEST_ARCH};
                for (unsigned j = 0; j < 6; j++)
                    data.args[j] = values[i];
                compare_call(one, other, &data, what);
                data.arch = AUDIT_ARCH_I386;
                if (i == 0)
                    compare_call(one, other, &data, what);
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
    compare_all(&compiled.filter, &other, what);
    if (proof_check(policy, &compiled.table, compiled.filter.code, compiled.filter.count, &error) !=
            0 ||
        proof_check(policy, &compiled.table, other.code, other.count, &error) != 0)
        fail_msg("%s: %s", what, error.text);
    assert_true(compiled.filter.count <= other.count);
    return other.count - compiled.filter.count;
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
    compiled.filter.count = 0;
    house_emit(&made->policy, &compiled.table, &compiled.filter);
    body_append(&made->policy, &compiled.table, &compiled.filter);
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

/* A load of the number, and then the tree alone. */
static void hot_calls_take_few_steps(void **state)
{
    static struct compiled compiled;
    static struct filter tree;
    (void)state;
    struct sbx_policy *policy = load_shipped(SHIPPED_JUDGE);
    compile_policy(policy, &compiled);
    tree.code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
    tree.count = 1;
    body_append(policy, &compiled.table, &tree);
    for (int number = 0; number <= compiled.table.newest; number++)
        assert_in_range(steps_of(&tree, number), 3, 12);
    assert_in_range(steps_of(&tree, SYS_read), 3, 8);
    assert_in_range(steps_of(&tree, SYS_write), 3, 8);
    assert_in_range(steps_of(&tree, SYS_futex), 3, 9);
    assert_in_range(steps_of(&tree, SYS_mmap), 3, 9);
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
