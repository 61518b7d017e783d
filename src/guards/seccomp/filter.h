/* SPDX-License-Identifier: MIT
 *
 * filter.h - a seccomp program, and the way to it.
 *
 * body.c writes it, as one tree over the numbers of calls with decision.c's code at some of its
 * leaves. Whether it does what the policy says is found out by proof.c, which reads neither.
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
    bool overflow; /* it has become longer than the kernel can take */
};

/* The SECCOMP_RET_* value of an action. */
uint32_t filter_return(struct value_action action, enum tell tell);

/* Writes the whole, for a table after house_settle(). */
void body_write(const struct sbx_policy *policy, const struct call_table *table,
                struct filter *filter);

/* The lists settled, and the rules on arguments read, without the house rules. What is read lives
 * in the arena, which must outlive the table. Reports what no machine could run: names, rivals,
 * conditions, a program that could not start or end, calls that nobody may allow. */
int filter_settle(const struct sbx_policy *policy, struct arena *arena, struct call_table *table,
                  struct diag *diag);

/* The whole way, for filter_settle()'s table: puts the house rules into it, and writes the filter.
 * Reports a filter that is too long. */
int filter_write(const struct sbx_policy *policy, struct call_table *table, struct filter *filter,
                 struct diag *diag);

#endif
