/* SPDX-License-Identifier: MIT
 *
 * proof.h - whether a filter does what the policy says, for every input that there is.
 *
 * Independent of what writes filters: it reads the program that the kernel will get, and the rules
 * as cases.h states them. It does not find out whether the rules are what the profile's author
 * meant, nor whether the kernel runs a program as it should.
 */
#ifndef GUARDS_SECCOMP_PROOF_H
#define GUARDS_SECCOMP_PROOF_H

#include "guards/seccomp/calls.h"
#include <linux/filter.h>

/* Follows each path through the program. `table` has the house rules in it. Whatever is not
 * understood is an error, as is a path that would be too long to follow. Errors: SBX_E_SETUP, with
 * the first call that would get another answer. */
int proof_check(const struct sbx_policy *policy, const struct call_table *table,
                const struct sock_filter *code, size_t count, struct sbx_error *error);

#endif
