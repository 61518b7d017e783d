/* SPDX-License-Identifier: MIT
 *
 * equal.h - whether two values, two words and two policies say the same.
 */
#ifndef FUZZ_EQUAL_H
#define FUZZ_EQUAL_H

#include "policy/keys.h"
#include "policy/policy.h"
#include "policy/value.h"

/* Two texts; NULL equals NULL alone. */
bool equal_texts(const char *a, const char *b);

/* Two scalars of one type, wherever they come from. */
bool equal_scalars(const struct type *type, const void *a, const void *b);

/* Two words, but for their texts; and with them. Wherever they come from. */
bool equal_meanings(const struct item *a, const struct item *b);
bool equal_items(const struct item *a, const struct item *b);

enum equal_origins { EQUAL_ANYWHERE, EQUAL_ORIGINS };

/* Checks that two policies are equal in each key; with EQUAL_ANYWHERE in each but profile.extends,
 * which policy_print() leaves out, and wherever the values come from. `what` tells how the second
 * was made. */
void expect_equal(const struct sbx_policy *a, const struct sbx_policy *b,
                  enum equal_origins origins, const char *what);

#endif
