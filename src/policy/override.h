/* SPDX-License-Identifier: MIT
 *
 * override.h - SECTION.KEY=VALUE from the command line.
 */
#ifndef POLICY_OVERRIDE_H
#define POLICY_OVERRIDE_H

#include "policy/draft.h"

/* What origins name as the file of an override. */
#define OVERRIDE_FILE "--set"

/* Lays one override over the draft: '=' replaces, '+=' adds to a list. `position`, from 1, is the
 * line of its origin. */
int override_apply(struct draft *draft, const char *text, unsigned position);

#endif
