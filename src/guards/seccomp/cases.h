/* SPDX-License-Identifier: MIT
 *
 * cases.h - what one call gets by the rules, as a list of cases: the first that fits decides. For
 * those who tell, compare and prove; the filter itself is written by decision.c and body.c, which
 * are no party to this.
 */
#ifndef GUARDS_SECCOMP_CASES_H
#define GUARDS_SECCOMP_CASES_H

#include "guards/seccomp/argrules.h"
#include "guards/seccomp/house.h"

enum case_by {
    BY_LISTS,   /* the lists of [syscalls], or their default or unknown */
    BY_RULE,    /* a rule of the call's own section */
    BY_REFUSED, /* network.refused */
    BY_HOUSE,   /* a house rule on arguments */
    BY_SETTLED, /* a house rule on the whole call */
};

enum {
    CASE_CONDITIONS = 3, /* of a rule, and of a house rule two */
    CASES_RULES = RULES_OF_A_CALL,
    CASES_MAX = (CASES_RULES + 1) * (HOUSE_RULES_OF_A_CALL + 2),
    CASES_HOUSE = 2 * (HOUSE_RULES_OF_A_CALL + 1),
    CASES_FAMILIES = 64, /* no kernel has as many */
};

struct call_case {
    const struct expr *conditions[CASE_CONDITIONS]; /* all must hold */
    size_t count;
    struct value_action action;
    enum case_by by;
    const struct call_rule *rule;   /* the rule of its section that fits too; NULL: none does */
    const struct house_rule *house; /* BY_HOUSE, BY_REFUSED */
    const char *reason;             /* BY_HOUSE, BY_SETTLED */
};

/* Points into itself: it must not be copied. */
struct cases {
    struct call_case of[CASES_MAX]; /* the last one has no condition */
    size_t count;
    struct expr house[CASES_HOUSE]; /* the conditions of house rules */
    size_t house_count;
    uint64_t families[CASES_FAMILIES]; /* what network.families names, each once */
    size_t family_count;
    enum tell tell; /* what is told of the call */
};

/* The cases of a call. The table is that with the house rules in it. */
void cases_make(const struct sbx_policy *policy, const struct call_table *table, int number,
                struct cases *cases);

/* Takes away what the known arguments decide: conditions that hold, cases that can't be. */
void cases_narrow(struct cases *cases, const struct known *known);

/* The case for arguments that are all given. */
const struct call_case *cases_decide(const struct cases *cases, const uint64_t values[6]);

#endif
