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

/* Fills in *plan: check and prepare of every guard. `policy`, `command` and `host` are borrowed and
 * must outlive the plan. Starts no process and changes nothing on the machine. On failure the plan
 * is empty again. Errors: all but SBX_E_SETUP. */
int plan_prepare(struct plan *plan, const struct sbx_policy *policy,
                 const struct sbx_command *command, const struct host *host,
                 struct sbx_error *error);

/* Gives the memory back. */
void plan_free(struct plan *plan);

/* Adds the line of each guard to the report. */
void plan_observe(const struct plan *plan, struct sbx_report *report);

#endif
