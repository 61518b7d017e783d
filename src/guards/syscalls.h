/* SPDX-License-Identifier: MIT
 *
 * syscalls.h - what the seccomp guard tells about its filter, to those who explain and compare.
 */
#ifndef GUARDS_SYSCALLS_H
#define GUARDS_SYSCALLS_H

#include "policy/diag.h"
#include "policy/policy.h"
#include <stdio.h>

/* Writes what the policy makes of one system call: the verdict, the rule that decides, its line.
 * The filter is compiled as for a launch and run on the arguments, and the answer must agree with
 * the rules: where it does not, that is an error (SBX_E_SETUP), not an answer.
 *
 * arguments   `count` texts NAME=VALUE; see sbx_explain_call()
 *
 * Returns 0, or -1 with *error filled in. Errors: SBX_E_USAGE, SBX_E_PROFILE, SBX_E_RESOURCE. */
int syscalls_ask(const struct sbx_policy *policy, const char *call, const char *const *arguments,
                 size_t count, FILE *out, struct sbx_error *error);

/* Writes the calls of a group, with their numbers and the kernels that brought them; "@" alone
 * stands for a list of the groups. Errors: SBX_E_USAGE where there is no such group. */
int syscalls_list(const char *word, FILE *out, struct sbx_error *error);

/* What one call gets from a policy, the house rules included. */
struct syscall_verdict {
    const char *name;           /* as in syscalls(2); lives until the function returns */
    struct value_action action; /* its origin is that of the word that decides */
    bool narrowed;              /* allowed, but for what a house rule refuses by its arguments */
};

/* Calls `each` for all system calls of this machine that are known, in the order of their names.
 * Errors: SBX_E_PROFILE, SBX_E_RESOURCE. */
int syscalls_each(const struct sbx_policy *policy,
                  void (*each)(void *context, const struct syscall_verdict *verdict), void *context,
                  struct sbx_error *error);

#endif
