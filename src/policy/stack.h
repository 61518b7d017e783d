/* SPDX-License-Identifier: MIT
 *
 * stack.h - how the rules of one system call add up.
 */
#ifndef POLICY_STACK_H
#define POLICY_STACK_H

#include "policy/draft.h"

/* Puts a call's rules on top of those that the draft has for it, or in their place. What then
 * stands below a rule for all arguments is dropped: that is how a profile replaces what it starts
 * from. */
int rules_apply(struct draft *draft, const struct setting *setting, enum draft_mode mode);

#endif
