/* SPDX-License-Identifier: MIT
 *
 * argrules.h - the sections [syscall NAME] of a policy, read.
 */
#ifndef GUARDS_SECCOMP_ARGRULES_H
#define GUARDS_SECCOMP_ARGRULES_H

#include "guards/seccomp/calls.h"
#include "guards/seccomp/expr.h"

enum { RULES_OF_A_CALL = 64 }; /* the profile's language takes no more */

/* One rule: the first of its call's that fits decides. */
struct call_rule {
    const struct expr *condition; /* NULL: whatever the arguments are */
    struct value_action action;
    const struct item *item;
};

/* The rules of one call. What fits none of them gets what the lists give. */
struct call_rules {
    const struct call_rule *of;
    size_t count;
};

/* Reads syscall.rules into the table, which calls_settle() has filled in. What is read lives in the
 * arena, which must not be freed before the table is done with.
 *
 * Reports all that it finds, and returns -1 where that was anything: calls and conditions that are
 * no such thing, and errno values that are none. */
int rules_settle(const struct sbx_policy *policy, struct arena *arena, struct call_table *table,
                 struct diag *diag);

/* The same for i386, from the native table that has been filled in. A call of i386 gets the rules
 * of its name, or of the call that it is like, unless the profile names it itself. Reports
 * conditions that can't be kept there. */
int rules_settle_i386(const struct sbx_policy *policy, struct arena *arena,
                      const struct call_table *native, struct call_table *i386, struct diag *diag);

/* The part of it that calls_names() is for the lists: reports names of calls that are unknown. */
void rules_names(const struct sbx_policy *policy, struct diag *diag);

/* Whether one of the rules lets the call through; NULL has none. */
bool rules_pass(const struct call_rules *rules);

/* Whether a call may pass, for some arguments, the house rules aside. */
bool rules_may_pass(const struct sbx_policy *policy, const struct call_table *table, int number);

/* Whether the last rule of a call is for all arguments, so that the lists have no say. */
bool rules_complete(const struct call_rules *rules);

#endif
