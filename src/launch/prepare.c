/* SPDX-License-Identifier: MIT
 *
 * prepare.c - from a policy and a command to a plan.
 */
#include "launch/prepare.h"
#include <string.h>

/* In the order in which they prepare: the process guard makes the environment whose PATH the fs
 * guard searches; the namespaces decide who the program runs as. */
static const struct guard *const guards[] = {
    &guard_ns,  &guard_process, &guard_stdin,  &guard_fs,
    &guard_net, &guard_caps,    &guard_limits, &guard_seccomp,
};
enum { GUARDS = sizeof(guards) / sizeof(guards[0]) };

void host_probe(struct host *host)
{
    memset(host, 0, sizeof(*host));
    for (size_t i = 0; i < GUARDS; i++)
        if (guards[i]->probe)
            guards[i]->probe(host);
}

void plan_names(const struct sbx_policy *policy, struct diag *diag)
{
    for (size_t i = 0; i < GUARDS; i++)
        if (guards[i]->names)
            guards[i]->names(policy, diag);
}

void plan_check(const struct sbx_policy *policy, struct diag *diag)
{
    for (size_t i = 0; i < GUARDS; i++)
        if (guards[i]->check)
            guards[i]->check(policy, diag);
}

void plan_review(const struct sbx_policy *policy, struct diag *diag)
{
    for (size_t i = 0; i < GUARDS; i++)
        if (guards[i]->review)
            guards[i]->review(policy, diag);
}

int plan_prepare(struct plan *plan, const struct sbx_policy *policy,
                 const struct sbx_command *command, const struct host *host,
                 struct sbx_error *error)
{
    memset(plan, 0, sizeof(*plan));
    plan->policy = policy;
    plan->command = command;
    plan->host = host;
    for (int fd = 0; fd < 3; fd++)
        plan->stdio[fd] = -1;
    struct diag diag = {.error = error};
    for (size_t i = 0; i < GUARDS; i++)
        if (guards[i]->check && guards[i]->check(policy, &diag) != 0)
            return -1;
    for (size_t i = 0; i < GUARDS; i++)
        if (guards[i]->prepare && guards[i]->prepare(plan, host, error) != 0) {
            plan_free(plan);
            return -1;
        }
    return 0;
}

void plan_free(struct plan *plan)
{
    arena_free(&plan->arena);
}

void plan_observe(const struct plan *plan, struct sbx_report *report)
{
    for (size_t i = 0; i < GUARDS; i++)
        if (guards[i]->observe)
            guards[i]->observe(plan, report);
}
