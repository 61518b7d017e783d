/* SPDX-License-Identifier: MIT
 *
 * agree.h - whether the filter does what the rules say, found by running it.
 */
#ifndef GUARDS_SECCOMP_AGREE_H
#define GUARDS_SECCOMP_AGREE_H

#include "guards/seccomp/cases.h"
#include "guards/seccomp/filter.h"

/* Runs the filter on a call with the arguments that are known, and with many values for those that
 * are not, and compares what it answers with the cases, which were narrowed by the same arguments.
 * Errors: SBX_E_SETUP where they disagree. */
int agree(const struct filter *filter, int number, const struct cases *cases,
          const struct known *known, struct sbx_error *error);

#endif
