/* SPDX-License-Identifier: MIT
 *
 * prepare.c - from a policy and a command to a plan.
 */
#include "launch/prepare.h"
#include "policy/policy.h"
#include <string.h>

/* In the order in which they prepare. */
static const struct guard *const guards[] = {
    &guard_ns,   &guard_process, &guard_stdin,   &guard_fs,       &guard_net,
    &guard_caps, &guard_limits,  &guard_seccomp, &guard_landlock,
};
enum { GUARDS = sizeof(guards) / sizeof(guards[0]) };
_Static_assert((int)GUARDS <= (int)REFUSALS_MAX, "each guard may refuse");

/* Which guards read in the plan what another one has prepared. The namespaces decide who the
 * program runs as, and so what it may open; the process guard makes the environment whose PATH the
 * fs guard searches. Landlock says once more what mounts, network and capabilities say. */
static const struct {
    const struct guard *guard, *rests_on;
} needs[] = {
    {&guard_stdin, &guard_ns},         {&guard_fs, &guard_ns},
    {&guard_fs, &guard_process},       {&guard_landlock, &guard_fs},
    {&guard_landlock, &guard_net},     {&guard_landlock, &guard_caps},
    {&guard_landlock, &guard_seccomp},
};

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

void plan_examine(const struct sbx_policy *policy, struct diag *diag)
{
    plan_names(policy, diag);
    if (diag->errors == 0)
        plan_check(policy, diag);
    if (diag->errors == 0)
        plan_review(policy, diag);
}

int plan_accept(const struct sbx_policy *policy, struct sbx_error *error)
{
    struct texts texts = policy->texts;
    struct diag diag = {.error = error, .texts = &texts};
    plan_examine(policy, &diag);
    return diag.errors || diag.broken ? -1 : 0;
}

static void plan_init(struct plan *plan, const struct sbx_policy *policy,
                      const struct sbx_command *command, const struct host *host)
{
    memset(plan, 0, sizeof(*plan));
    plan->policy = policy;
    plan->command = command;
    plan->host = host;
    for (int fd = 0; fd < 3; fd++)
        plan->stdio[fd] = -1;
}

int plan_prepare(struct plan *plan, const struct sbx_policy *policy,
                 const struct sbx_command *command, const struct host *host,
                 struct sbx_error *error)
{
    plan_init(plan, policy, command, host);
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

static bool has_refused(const struct refusals *refusals, const struct guard *guard)
{
    for (size_t i = 0; i < refusals->count; i++)
        if (refusals->list[i].guard == guard)
            return true;
    return false;
}

/* The guard without which this one can't be asked; NULL where it can. */
static const struct guard *missing(const struct refusals *refusals, const struct guard *guard)
{
    for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
        if (needs[i].guard == guard && has_refused(refusals, needs[i].rests_on))
            return needs[i].rests_on;
    return NULL;
}

/* Asks one guard. -1 where it failed for another reason than this machine. */
static int prepare_or_note(struct plan *plan, const struct guard *guard, struct refusals *refusals,
                           struct sbx_error *error)
{
    const struct plan before = *plan;
    struct refusal *refusal = &refusals->list[refusals->count];
    memset(refusal, 0, sizeof(*refusal));
    refusal->guard = guard;
    refusal->rests_on = missing(refusals, guard);
    if (!refusal->rests_on) {
        if (guard->prepare(plan, plan->host, &refusal->error) == 0)
            return 0;
        struct arena arena = plan->arena;
        *plan = before; /* half a part would be explained as if it were whole */
        plan->arena = arena;
    }
    if (refusal->error.code == SBX_E_USAGE || refusal->error.code == SBX_E_RESOURCE) {
        *error = refusal->error;
        return -1;
    }
    refusals->count++;
    return 0;
}

int plan_prepare_all(struct plan *plan, const struct sbx_policy *policy,
                     const struct sbx_command *command, const struct host *host,
                     struct refusals *refusals, struct sbx_error *error)
{
    plan_init(plan, policy, command, host);
    refusals->count = 0;
    for (size_t i = 0; i < GUARDS; i++)
        if (guards[i]->prepare && prepare_or_note(plan, guards[i], refusals, error) != 0) {
            plan_free(plan);
            return -1;
        }
    return 0;
}

const struct guard *plan_wall(const struct plan *plan, enum key_id key, struct wall *wall)
{
    for (size_t i = 0; i < GUARDS; i++) {
        memset(wall, 0, sizeof(*wall));
        if (guards[i]->wall && guards[i]->wall(plan, key, wall))
            return guards[i];
    }
    return NULL;
}

int plan_arm(struct plan *plan, struct sbx_error *error)
{
    for (size_t i = 0; i < GUARDS; i++)
        if (guards[i]->arm && guards[i]->arm(plan, error) != 0) {
            while (i-- > 0)
                if (guards[i]->disarm)
                    guards[i]->disarm(plan);
            return -1;
        }
    return 0;
}

void plan_disarm(struct plan *plan)
{
    for (size_t i = GUARDS; i-- > 0;)
        if (guards[i]->disarm)
            guards[i]->disarm(plan);
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
