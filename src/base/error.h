/* SPDX-License-Identifier: MIT
 *
 * error.h - filling in a struct sbx_error. Used in the parent process only: it formats text.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <sandbox/sandbox.h>

/* Where a value of the policy came from. `file` lives as long as the policy; NULL means a default
 * that is built in. */
struct origin {
    const char *file;
    unsigned line;
    uint16_t column; /* the byte of the line, from 1; 0 where the whole line is meant */
    uint16_t length; /* how many bytes; 0 where that is not known */
};

/* Fills *error and returns -1, so that a caller can `return err_set(...)`. Clears the hint and the
 * origin. sys_errno is 0 where the kernel gave no answer. */
int err_set(struct sbx_error *error, enum sbx_code code, int sys_errno, const char *stage,
            const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Adds the place in the profile. Returns -1. A NULL file leaves the origin empty. */
int err_at(struct sbx_error *error, struct origin origin);

/* Adds what to do next. Returns -1. */
int err_hint(struct sbx_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The common "out of memory" error. Returns -1. */
int err_memory(struct sbx_error *error, const char *stage);

#endif
