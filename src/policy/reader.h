/* SPDX-License-Identifier: MIT
 *
 * reader.h - the lines of a profile, by inih, made safe.
 */
#ifndef POLICY_READER_H
#define POLICY_READER_H

#include "policy/diag.h"
#include "policy/quote.h"

/* Part of a line: its text, and where that is. */
struct part {
    const char *text; /* ends with a NUL byte; lives in the arena of reader_run() */
    struct origin origin;
};

/* What a line that can't be read would have been. */
enum lost { LOST_SECTION, LOST_KEY, LOST_MORE };

/* What a profile consists of. Each reports what is wrong by itself; reading goes on. */
struct reader_events {
    void (*section)(void *context, struct part name);
    void (*key)(void *context, struct part name, struct part value);
    void (*more)(void *context, struct part value); /* the key's value goes on */
    void (*lost)(void *context, enum lost what);
};

/* Reads a text. What is wrong with a line goes to `diag`, and the next line is read, until
 * diag_stop(). */
void reader_run(const struct text *text, struct arena *arena, const struct reader_events *events,
                void *context, struct diag *diag);

#endif
