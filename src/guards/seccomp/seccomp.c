/* SPDX-License-Identifier: MIT
 *
 * seccomp.c - the guard of system calls: the profile's lists become one seccomp filter.
 *
 * calls.c settles what each call gets, argrules.c what depends on its arguments, house.c knows what
 * no profile can allow; body.c and decision.c write the filter, compile.c puts all this together,
 * and proof.c finds out whether the filter does what it shall. Here the result is installed: last
 * of all, so that it need not allow what the set-up does; execve is the one call of ours that it
 * must let through.
 */
#include "base/sys.h"
#include "guards/guard.h"
#include "guards/seccomp/argrules.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/members.h"
#include "guards/seccomp/proof.h"
#include "policy/diag.h"
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>

/* ---- names ---------------------------------------------------------------------------------- */

static void seccomp_names(const struct sbx_policy *policy, struct diag *diag)
{
    calls_names(policy, diag);
    rules_names(policy, diag);
}

/* ---- check ---------------------------------------------------------------------------------- */

/* To let the other families through is what network.families is for. */
static int seccomp_check(const struct sbx_policy *policy, struct diag *diag)
{
    enum action_kind kind = policy->network_refused.kind;
    if (kind == ACTION_KILL || kind == ACTION_ERRNO)
        return 0;
    return diag_error(diag, policy->network_refused.origin, 0,
                      "name the families that are allowed in network.families",
                      "network.refused is kill or errno:NAME");
}

/* ---- prepare -------------------------------------------------------------------------------- */

/* What is proved is the very copy that will be installed. */
static int keep(struct plan *plan, const struct call_table *table, const struct filter *filter,
                struct sbx_error *error)
{
    struct sock_filter *code = arena_array(&plan->arena, filter->count, sizeof(*code));
    if (!code)
        return err_memory(error, "seccomp");
    memcpy(code, filter->code, filter->count * sizeof(*code));
    if (proof_check(plan->policy, table, code, filter->count, error) != 0)
        return -1;
    plan->seccomp.program =
        (struct sock_fprog){.len = (unsigned short)filter->count, .filter = code};
    return 0;
}

static unsigned count_allowed(const struct sbx_policy *policy, const struct call_table *table)
{
    unsigned count = 0;
    for (int number = 0; number < CALLS_MAX; number++)
        if ((table->of[number].rank != RANK_NONE || table->of[number].rules) &&
            rules_may_pass(policy, table, number))
            count++;
    return count;
}

static int seccomp_prepare(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    const struct sbx_policy *policy = plan->policy;
    struct call_table table;
    struct filter filter;
    struct diag diag = {.error = error};
    (void)host;
    if (filter_settle(policy, &plan->arena, &table, &diag) != 0 ||
        filter_write(policy, &table, &filter, &diag) != 0 ||
        keep(plan, &table, &filter, error) != 0)
        return -1;
    plan->seccomp.on = true;
    plan->seccomp.message_queues = rules_may_pass(policy, &table, SYS_mq_open);
    plan->seccomp.log =
        policy->syscalls_log.count > 0 || policy->syscalls_default.kind == ACTION_LOG;
    plan->seccomp.allowed_calls = count_allowed(policy, &table);
    return 0;
}

/* ---- enter, explain, observe ---------------------------------------------------------------- */

static int seccomp_enter(const struct plan *plan, int *item)
{
    unsigned flags = plan->seccomp.log ? SECCOMP_FILTER_FLAG_LOG : 0;
    *item = 0;
    if (!plan->seccomp.on)
        return 0;
    return (int)sys(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &plan->seccomp.program);
}

static void seccomp_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    (void)item;
    snprintf(error->text, sizeof(error->text),
             "the seccomp filter of %u instructions was refused by the kernel",
             (unsigned)plan->seccomp.program.len);
    err_at(error, plan->policy->syscalls_allow.origin);
    err_hint(error,
             "the kernel must have CONFIG_SECCOMP_FILTER, and a sandbox around this one must "
             "not deny seccomp(2)");
}

static void seccomp_observe(const struct plan *plan, struct sbx_report *report)
{
    enum action_kind kind = plan->policy->syscalls_default.kind;
    const bool open = kind == ACTION_ALLOW || kind == ACTION_LOG;
    const unsigned length = plan->seccomp.program.len;
    char fingerprint[FINGERPRINT_SIZE];
    if (!plan->seccomp.on)
        guard_report(report, "seccomp", SBX_STATE_OFF, "no filter");
    else if (open)
        guard_report(report, "seccomp", SBX_STATE_ENFORCED,
                     "filter of %u instructions, all calls allowed but those that the profile or "
                     "the house rules deny; proved, fingerprint %s",
                     length, seccomp_fingerprint(plan, fingerprint));
    else
        guard_report(report, "seccomp", SBX_STATE_ENFORCED,
                     "filter of %u instructions, %u calls allowed, others %s; proved, fingerprint "
                     "%s",
                     length, plan->seccomp.allowed_calls,
                     kind == ACTION_KILL ? "killed" : "refused",
                     seccomp_fingerprint(plan, fingerprint));
}

const struct guard guard_seccomp = {
    .name = "seccomp",
    .names = seccomp_names,
    .check = seccomp_check,
    .review = seccomp_review,
    .prepare = seccomp_prepare,
    .enter = seccomp_enter,
    .explain = seccomp_explain,
    .observe = seccomp_observe,
    .describe = seccomp_describe,
    .wall = seccomp_wall,
};
