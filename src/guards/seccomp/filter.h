/* SPDX-License-Identifier: MIT
 *
 * filter.h - a seccomp program while it is being put together.
 *
 * It has two parts. The prelude (prelude.c) is ours: the ABI, the end of the table, and the rules
 * on arguments, with exact semantics. The body (body.c) is a tree over the numbers of calls: one
 * action a call. Jumps of classic BPF are relative, so that the one may stand in front of the
 * other. Whether the whole does what the policy says is found out by proof.c, which reads neither.
 */
#ifndef GUARDS_SECCOMP_FILTER_H
#define GUARDS_SECCOMP_FILTER_H

#include "guards/seccomp/calls.h"
#include <linux/audit.h>
#include <linux/filter.h>

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

struct filter {
    struct sock_filter code[BPF_MAXINSNS];
    size_t count;
    bool overflow; /* it has become longer than the kernel, or one of its jumps, can take */
};

/* The SECCOMP_RET_* value of an action. */
uint32_t filter_return(struct value_action action, enum tell tell);

/* Writes the prelude, and marks the calls that it ends. After house_settle(). */
void house_emit(const struct sbx_policy *policy, struct call_table *table, struct filter *filter);

/* Appends the verdicts on all calls that the prelude does not end. */
void body_append(const struct sbx_policy *policy, const struct call_table *table,
                 struct filter *filter);

/* The lists settled, without the house rules. Reports what no machine could run: names, rivals, a
 * program that could not start or end, calls that nobody may allow. */
int filter_settle(const struct sbx_policy *policy, struct call_table *table, struct diag *diag);

/* The whole way, for filter_settle()'s table: puts the house rules into it, and writes the filter.
 * Reports a filter that is too long. */
int filter_write(const struct sbx_policy *policy, struct call_table *table, struct filter *filter,
                 struct diag *diag);

#endif
