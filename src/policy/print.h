/* SPDX-License-Identifier: MIT
 *
 * print.h - a policy as canonical INI.
 */
#ifndef POLICY_PRINT_H
#define POLICY_PRINT_H

#include "policy/keys.h"
#include "policy/policy.h"
#include <stdio.h>

/* Writes each key of each section, in the order of keys.def, each value in its one form, lists a
 * word a line. `origins` adds where each value comes from as a comment behind it. Read as a
 * profile, the text gives an equal policy: the same values, though their origins are that text's.
 * profile.extends is left out, for its effect is in the rest. Returns 0, or -1 where memory has run
 * out; the stream's own errors are the caller's. */
int policy_print(const struct sbx_policy *policy, bool origins, FILE *out);

/* The text of one value of a policy: of a scalar as print.c writes it, of a list its words with
 * blanks between, of rules each call's behind its name in brackets, for people alone. NULL where
 * memory has run out. */
const char *policy_value_text(struct arena *arena, const struct sbx_policy *policy,
                              const struct key *key);

/* Where a value comes from, for people: "FILE:LINE:COLUMN", "--set:1" or "built in". */
const char *origin_text(struct arena *arena, struct origin origin);

#endif
