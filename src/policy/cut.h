/* SPDX-License-Identifier: MIT
 *
 * cut.h - from the tokens of a value to its rules.
 */
#ifndef POLICY_CUT_H
#define POLICY_CUT_H

#include "policy/profile.h"

enum {
    RULES_MAX = 64,       /* of one call */
    CONDITION_MAX = 4095, /* bytes of the text of a condition */
    NESTING_MAX = 32      /* brackets within brackets */
};

/* Cuts the tokens of a setting into rules, which become its words. A rule begins with an ACTION and
 * ends before the next one. Reports what has not the shape of a rule; what a condition means is the
 * guard's business. */
int rules_cut(const struct profile_memory *memory, struct setting *setting);

#endif
