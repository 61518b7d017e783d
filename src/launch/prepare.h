/* SPDX-License-Identifier: MIT
 *
 * prepare.h - from a policy and a command to a plan.
 */
#ifndef LAUNCH_PREPARE_H
#define LAUNCH_PREPARE_H

#include "guards/guard.h"

/* Asks the machine, through the probe of each guard. */
void host_probe(struct host *host);

/* Asks names(), check() or review() of every guard. */
void plan_names(const struct sbx_policy *policy, struct diag *diag);
void plan_check(const struct sbx_policy *policy, struct diag *diag);
void plan_review(const struct sbx_policy *policy, struct diag *diag);

/* All three in turn, as long as there is no error: each needs what the one before it has found to
 * be right. What they find is true of the policy on any machine. */
void plan_examine(const struct sbx_policy *policy, struct diag *diag);

/* The same up to the first error: -1 where the policy can run on no machine. Errors: SBX_E_PROFILE,
 * SBX_E_RESOURCE. */
int plan_accept(const struct sbx_policy *policy, struct sbx_error *error);

/* Fills in *plan: check and prepare of every guard. `policy`, `command` and `host` are borrowed and
 * must outlive the plan. Starts no process and changes nothing on the machine, but for the helper
 * that unpacks root.image into the user's cache. On failure the plan is empty again. Errors: all
 * but SBX_E_SETUP. */
int plan_prepare(struct plan *plan, const struct sbx_policy *policy,
                 const struct sbx_command *command, const struct host *host,
                 struct sbx_error *error);

/* What one guard refused on this machine. */
struct refusal {
    const struct guard *guard;
    const struct guard *rests_on; /* where not NULL, the guard was not asked, for it needs what this
                                   * one has refused; `error` is empty */
    struct sbx_error error;
};

enum { REFUSALS_MAX = 16 };

struct refusals {
    struct refusal list[REFUSALS_MAX]; /* in the order in which guards prepare, one each at most */
    size_t count;
};

/* For those who explain: fills in *plan as plan_prepare() does, and goes on after a guard has
 * refused. The policy must have passed plan_accept(). `command` may be NULL: no program is looked
 * for. The part of a guard that refused, or was not asked, stays empty. It does no
 * more to the machine than that; the plan must not be launched where *refusals has anything in it.
 *
 * Returns 0, whatever was refused, and the plan is to be freed. Or -1, and the plan is empty.
 * Errors: SBX_E_USAGE for a command that makes no sense, SBX_E_RESOURCE. */
int plan_prepare_all(struct plan *plan, const struct sbx_policy *policy,
                     const struct sbx_command *command, const struct host *host,
                     struct refusals *refusals, struct sbx_error *error);

/* For a plan that was prepared whole and is to be launched: what has to be done to the machine
 * before. On failure nothing is left behind. Errors: all but SBX_E_SETUP. */
int plan_arm(struct plan *plan, struct sbx_error *error);

/* Takes back what an arming did that succeeded; the plan's processes must be gone. */
void plan_disarm(struct plan *plan);

/* Which guard keeps what a key promises, and how; see guard.wall. NULL where none does. */
const struct guard *plan_wall(const struct plan *plan, enum key_id key, struct wall *wall);

/* Gives the memory back. */
void plan_free(struct plan *plan);

/* Adds the line of each guard to the report. */
void plan_observe(const struct plan *plan, struct sbx_report *report);

#endif
