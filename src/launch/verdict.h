/* SPDX-License-Identifier: MIT
 *
 * verdict.h - from what was seen to what is said.
 */
#ifndef LAUNCH_VERDICT_H
#define LAUNCH_VERDICT_H

#include "launch/supervise.h"

/* Fills in outcome and figures of *report from the board and the supervision of a program that ran.
 * Pure. */
void verdict(const struct plan *plan, const struct board *board, const struct supervision *run,
             struct sbx_report *report);

#endif
