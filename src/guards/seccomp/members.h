/* SPDX-License-Identifier: MIT
 *
 * members.h - the members of the guard that have files of their own; see guard.h for what they do.
 */
#ifndef GUARDS_SECCOMP_MEMBERS_H
#define GUARDS_SECCOMP_MEMBERS_H

#include "guards/guard.h"
#include "guards/seccomp/calls.h"

void seccomp_review(const struct sbx_policy *policy, struct diag *diag);
void seccomp_describe(const struct plan *plan, FILE *out);
bool seccomp_wall(const struct plan *plan, enum key_id key, struct wall *wall);

/* What a filter that was prepared, and so proved, is known by: the digest of the program as the
 * kernel gets it. Returns `text`. */
enum { FINGERPRINT_SIZE = sizeof("sha256:") + 64 };
const char *seccomp_fingerprint(const struct plan *plan, char text[FINGERPRINT_SIZE]);

/* The part of the review that looks for words without effect. `lists` is the table without the
 * house rules, `table` with them. */
void review_effects(const struct sbx_policy *policy, const struct call_table *lists,
                    const struct call_table *table, struct diag *diag);

/* The part that looks for rules on arguments that never decide. */
void review_idle(const struct call_table *table, struct diag *diag);

#endif
