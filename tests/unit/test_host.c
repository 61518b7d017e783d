/* SPDX-License-Identifier: MIT
 *
 * test_host.c - what a machine lacks is refused by name, before anything is started. The machines
 * are made up: struct host is all that the guards know of one.
 */
#include "guards/guard.h"
#include "policy/policy.h"
#include "support/test.h"
#include <string.h>

/* A machine that has everything but a cgroup. */
static const struct host good = {
    .kernel_major = 6,
    .kernel_minor = 1,
    .uid = 1000,
    .gid = 1000,
    .cpus = 4,
    .max_user_namespaces = 10000,
    .unprivileged_userns = -1,
    .apparmor_userns = -1,
    .proc_shows_tree = true,
};

/* No limit but what a test sets. */
static struct sbx_policy unlimited(void)
{
    struct sbx_policy policy = {0};
    policy.limits_cpu_time.v = policy.limits_wall_time.v = POLICY_UNLIMITED;
    policy.limits_memory.v = policy.limits_pids.v = policy.limits_output.v = POLICY_UNLIMITED;
    policy.limits_file_size.v = policy.limits_open_files.v = POLICY_UNLIMITED;
    policy.limits_stack.v = policy.limits_core.v = POLICY_UNLIMITED;
    return policy;
}

static int prepare(const struct guard *guard, const struct sbx_policy *policy,
                   const struct host *host, struct plan *plan, struct sbx_error *error)
{
    static const char *const argv[] = {"true", NULL};
    static const struct sbx_command command = {.argv = argv};
    memset(plan, 0, sizeof(*plan));
    memset(error, 0, sizeof(*error));
    plan->policy = policy;
    plan->command = &command;
    plan->host = host;
    int ret = guard->prepare(plan, host, error);
    arena_free(&plan->arena);
    return ret;
}

static void refused(const struct guard *guard, const struct sbx_policy *policy,
                    const struct host *host, const char *text, const char *hint)
{
    struct plan plan;
    struct sbx_error error;
    assert_int_equal(prepare(guard, policy, host, &plan, &error), -1);
    assert_int_equal(error.code, SBX_E_HOST);
    assert_int_equal(sbx_error_exit_status(&error), 125);
    if (!strstr(error.text, text) || !strstr(error.hint, hint))
        fail_msg("'%s' and '%s' are not in '%s', hint '%s'", text, hint, error.text, error.hint);
}

static void a_good_machine_is_taken(void **state)
{
    struct sbx_policy policy = unlimited();
    struct plan plan;
    struct sbx_error error;
    (void)state;
    assert_int_equal(prepare(&guard_ns, &policy, &good, &plan, &error), 0);
    assert_int_equal(plan.ns.outer_uid, 1000);
    assert_false(plan.ns.drop_groups);
}

static void root_runs_nobody(void **state)
{
    struct sbx_policy policy = unlimited();
    struct host host = good;
    struct plan plan;
    struct sbx_error error;
    (void)state;
    host.uid = host.gid = 0;
    host.root = true;
    assert_int_equal(prepare(&guard_ns, &policy, &host, &plan, &error), 0);
    assert_int_equal(plan.ns.outer_uid, 65534);
    assert_int_equal(plan.ns.outer_gid, 65534);
    assert_true(plan.ns.drop_groups);
}

static void no_user_namespaces(void **state)
{
    struct sbx_policy policy = unlimited();
    struct host host = good;
    (void)state;
    host.max_user_namespaces = 0;
    refused(&guard_ns, &policy, &host, "no user namespaces", "user.max_user_namespaces");
    host = good;
    host.unprivileged_userns = 0;
    refused(&guard_ns, &policy, &host, "to root only", "kernel.unprivileged_userns_clone=1");
}

static void an_old_kernel(void **state)
{
    struct sbx_policy policy = unlimited();
    struct host host = good;
    (void)state;
    host.kernel_major = 5;
    host.kernel_minor = 13;
    refused(&guard_ns, &policy, &host, "Linux 5.13", "newer");
    host.kernel_major = 4;
    host.kernel_minor = 19;
    refused(&guard_ns, &policy, &host, "5.14 or newer", "newer");
}

static void limits_that_need_a_cgroup(void **state)
{
    struct sbx_policy policy = unlimited();
    struct host host = good;
    struct plan plan;
    struct sbx_error error;
    (void)state;
    policy.limits_memory.v = 64 << 20;
    policy.limits_enforce.v = ENFORCE_STRICT;
    refused(&guard_limits, &policy, &good, "limits.memory", "best-effort");
    policy.limits_enforce.v = ENFORCE_BEST_EFFORT;
    assert_int_equal(prepare(&guard_limits, &policy, &good, &plan, &error), 0);
    assert_true(plan.limits.memory_by_sampling);
    host.proc_shows_tree = false;
    refused(&guard_limits, &policy, &host, "hides", "hidepid");
    policy.limits_memory.v = POLICY_UNLIMITED;
    policy.limits_cpu_time.v = 1000000000;
    refused(&guard_limits, &policy, &host, "limits.cpu_time", "hidepid");
    policy.limits_enforce.v = ENFORCE_STRICT;
    refused(&guard_limits, &policy, &good, "limits.cpu_time", "best-effort");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_machine_is_taken),   cmocka_unit_test(root_runs_nobody),
        cmocka_unit_test(no_user_namespaces),        cmocka_unit_test(an_old_kernel),
        cmocka_unit_test(limits_that_need_a_cgroup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
