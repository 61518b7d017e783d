/* SPDX-License-Identifier: MIT
 *
 * interpret.h - what a seccomp program answers to a call, found by running it, as the kernel would.
 */
#ifndef GUARDS_SECCOMP_INTERPRET_H
#define GUARDS_SECCOMP_INTERPRET_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runs the program on a call. Returns 0 with the SECCOMP_RET_* value in *answer, or -1 where the
 * program has an instruction that no filter of ours has, or runs off its end.
 */
int interpret(const struct sock_filter *code, size_t count, const struct seccomp_data *call,
              uint32_t *answer);

#endif
