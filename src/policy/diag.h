/* SPDX-License-Identifier: MIT
 *
 * diag.h - the one function through which each error of a profile goes.
 */
#ifndef POLICY_DIAG_H
#define POLICY_DIAG_H

#include "base/error.h"
#include <stdarg.h>

/* Room for a hint that is put together before the error is reported. */
enum { HINT_SIZE = 512 };

/* Fills in *error with code SBX_E_PROFILE, the place and, where `hint` is neither NULL nor empty,
 * the hint. sys_errno is 0 where the kernel gave no answer. Returns -1. */
int profile_error(struct sbx_error *error, struct origin where, int sys_errno, const char *hint,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
int profile_verror(struct sbx_error *error, struct origin where, int sys_errno, const char *hint,
                   const char *format, va_list arguments) __attribute__((format(printf, 5, 0)));

#endif
