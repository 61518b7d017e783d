/* SPDX-License-Identifier: MIT
 *
 * tell.h - verdicts and rules as words. What comes from a profile is escaped.
 */
#ifndef GUARDS_SECCOMP_TELL_H
#define GUARDS_SECCOMP_TELL_H

#include "guards/seccomp/arguments.h"
#include "guards/seccomp/cases.h"
#include <stdio.h>

/* What one asks about: a call of a policy. */
struct call_view {
    const struct sbx_policy *policy;
    const struct call_table *lists; /* without the house rules */
    const struct call_table *table; /* with them */
    int number;
    const struct argument *arguments; /* ARGUMENTS_MAX of them */
};

/* "allow", "log", "errno EPERM", "report EPERM", "kill" */
void tell_action(FILE *out, struct value_action action);

/* " (FILE:LINE:COLUMN)" or " (built in)" */
void tell_origin(FILE *out, struct origin origin);

/* Which line of [syscalls] decides about a call, the house rules aside. */
void tell_lists(FILE *out, const struct call_view *view);

/* "cmd is A, B or C, and mode has D" */
void tell_conditions(FILE *out, const struct call_view *view, const struct call_case *one);

#endif
