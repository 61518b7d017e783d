/* SPDX-License-Identifier: MIT
 *
 * fix.h - the least change of a profile that would let a denied call pass.
 */
#ifndef GUARDS_SECCOMP_FIX_H
#define GUARDS_SECCOMP_FIX_H

#include "guards/seccomp/calls.h"
#include <sandbox/sandbox.h>

/* Fills in denial->fix and denial->settings for a call with these arguments, which the rules deny;
 * both stay empty where they let it pass. Pure. The table is that with the house rules. */
void fix_call(const struct sbx_policy *policy, const struct call_table *table, int number,
              const uint64_t args[6], struct sbx_denial *denial);

#endif
