/* SPDX-License-Identifier: MIT
 *
 * decision.h - filter code that decides about one call by its arguments.
 */
#ifndef GUARDS_SECCOMP_DECISION_H
#define GUARDS_SECCOMP_DECISION_H

#include "guards/seccomp/emit.h"
#include "guards/seccomp/house.h"

enum { DECISIONS_SHARED = 32 };

/* What decisions are written from, and into. */
struct decisions {
    const struct sbx_policy *policy;
    const struct call_table *table; /* with the house rules in it */
    struct emit *emit;
    bool narrowed[CALLS_MAX]; /* calls that a house rule is about */
    struct {
        const struct house_rule *rule;
        uint32_t pass;
        enum tell tell;
        place start;
    } shared[DECISIONS_SHARED]; /* of calls for which all is decided alike */
    size_t shared_count;
};

/* Makes ready for one filter. */
void decisions_start(struct decisions *of, const struct sbx_policy *policy,
                     const struct call_table *table, struct emit *emit);

/* Whether what a call gets depends on its arguments. */
bool decision_needed(const struct decisions *of, int number);

/* Writes the decision about a call. Returns where it starts; each way through it returns. */
place decision_put(struct decisions *of, int number);

#endif
