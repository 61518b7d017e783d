/* SPDX-License-Identifier: MIT
 *
 * title.h - how a policy is named to people.
 */
#ifndef EXPLAIN_TITLE_H
#define EXPLAIN_TITLE_H

#include "policy/policy.h"
#include <stdio.h>

/* Each writes part of a line. Returns 0, or -1 where memory has run out; the stream's own errors
 * are the caller's. */

/* The file of a policy and the overrides that were laid over it, in their order:
 * "judge.ini --set limits.memory=1G". */
int title_put(FILE *out, const struct sbx_policy *policy);

/* The files that a policy was made of, in the order of reading, with blanks between. */
int title_put_files(FILE *out, const struct sbx_policy *policy);

#endif
