/* SPDX-License-Identifier: MIT
 *
 * diag.h - what is wrong with a profile, and what is dangerous in it: the one door through which
 * each such finding goes.
 */
#ifndef POLICY_DIAG_H
#define POLICY_DIAG_H

#include "base/arena.h"
#include "base/error.h"
#include "policy/quote.h"
#include "policy/rules.h"
#include <stdarg.h>

enum {
    HINT_SIZE = 512,       /* room for a hint that is put together before it is reported */
    DIAG_ERRORS_MAX = 1000 /* whoever wants all errors of a file gets no more than these */
};

/* One finding; its texts live in the arena of the diag. */
struct finding {
    struct finding *next;
    enum sbx_severity severity;
    const char *rule; /* its name */
    struct origin origin;
    int sys_errno;
    const char *text, *hint;
};

/* Where findings go. */
struct diag {
    struct sbx_error *error; /* receives the first error */
    struct arena *arena;     /* NULL: one error ends the work; else all findings are kept here */
    struct texts *texts;     /* what was read so far, for the quoted lines */
    struct finding *first, *last;
    size_t errors;
    size_t expanded; /* bytes of all values so far, variables put in */
    bool broken;     /* memory has run out */
};

/* Reports an error: *diag->error, where it is the first, gets the code SBX_E_PROFILE, the place
 * with its line and, where `hint` is neither NULL nor empty, the hint. sys_errno is 0 where the
 * kernel gave no answer. Returns -1. The work may go on with what is independent of it, until
 * diag_stop().
 */
int diag_error(struct diag *diag, struct origin where, int sys_errno, const char *hint,
               const char *format, ...) __attribute__((format(printf, 5, 6)));
int diag_verror(struct diag *diag, struct origin where, int sys_errno, const char *hint,
                const char *format, va_list arguments) __attribute__((format(printf, 5, 0)));

/* Reports what is valid and yet deserves a look. Does nothing where findings are not kept. */
void diag_lint(struct diag *diag, enum sbx_severity severity, enum rule rule, struct origin where,
               const char *hint, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Memory has run out. Returns -1. */
int diag_memory(struct diag *diag);

/* Whether looking for more errors is over. */
bool diag_stop(const struct diag *diag);

#endif
