/* SPDX-License-Identifier: MIT
 *
 * reader.h - the lines of a profile, by inih, made safe.
 */
#ifndef POLICY_READER_H
#define POLICY_READER_H

#include "base/error.h"
#include <stddef.h>

/* What a profile consists of. Each returns 0, or -1 with the error filled in: then reading ends. */
struct reader_events {
    int (*section)(void *context, const char *name, unsigned line);
    int (*key)(void *context, const char *name, const char *value, unsigned line);
    int (*more)(void *context, const char *value, unsigned line); /* the key's value goes on */
};

/* Reads `length` bytes of text. `file` is what errors name. Returns 0 or -1. */
int reader_run(const char *text, size_t length, const char *file,
               const struct reader_events *events, void *context, struct sbx_error *error);

#endif
