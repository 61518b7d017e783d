/* SPDX-License-Identifier: MIT
 *
 * cases.h - what one call gets by the rules, as a list of cases: the first that fits decides. For
 * those who tell and compare; the filter itself is written by prelude.c and body.c, and is no
 * party to this.
 */
#ifndef GUARDS_SECCOMP_CASES_H
#define GUARDS_SECCOMP_CASES_H

#include "guards/seccomp/house.h"
#include <stdio.h>

enum condition_test { CONDITION_EQUAL, CONDITION_ANY_BIT, CONDITION_FAMILY };

/* Something about the low word of an argument. */
struct condition {
    enum condition_test test;
    unsigned argument;
    const uint32_t *values;           /* EQUAL: one of these; ANY_BIT: a bit of one of these */
    const struct value_list *numbers; /* FAMILY: one of the numbers of these words */
    size_t count;
};

enum case_by {
    BY_LISTS,    /* the lists of [syscalls], or their default or unknown */
    BY_FAMILIES, /* the same, for a family that network.families names */
    BY_REFUSED,  /* network.refused */
    BY_HOUSE,
};

enum { CASE_CONDITIONS = 2, CASES_MAX = 3 };

struct call_case {
    struct condition conditions[CASE_CONDITIONS]; /* all must hold */
    size_t count;
    struct value_action action;
    enum case_by by;
    const char *reason; /* BY_HOUSE */
};

struct cases {
    struct call_case of[CASES_MAX]; /* the last one has no condition */
    size_t count;
    const struct house_rule *rule; /* where they come from; NULL where the lists alone decide */
    enum tell tell;                /* what is told of the call */
};

/* What is known of the arguments of a call. */
struct known {
    uint64_t values[6];
    bool given[6];
};

/* The cases of a call. The table is that with the house rules in it. */
void cases_make(const struct sbx_policy *policy, const struct call_table *table, int number,
                struct cases *cases);

/* Takes away what the known arguments decide: conditions that hold, cases that can't be. */
void cases_narrow(struct cases *cases, const struct known *known);

/* The case for arguments that are all given. */
const struct call_case *cases_decide(const struct cases *cases, const uint64_t values[6]);

/* One of the values of a condition. */
uint32_t condition_value(const struct condition *condition, size_t index);

#endif
