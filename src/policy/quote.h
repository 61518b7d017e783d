/* SPDX-License-Identifier: MIT
 *
 * quote.h - the texts that a policy was made of, so that an error can show the line it is about.
 */
#ifndef POLICY_QUOTE_H
#define POLICY_QUOTE_H

#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>

/* One file, or one override. */
struct text {
    const struct text *next;
    const char *file; /* as origins name it */
    unsigned line;    /* of its first line: 1, or the position of an override */
    const char *start;
    size_t length;
};

struct texts {
    const struct text *first; /* the one read last */
};

/* Puts the line that `where` is in into error->excerpt, or of a long line the part around the
 * column. Leaves the excerpt empty where the text is not known. */
void quote_line(const struct texts *texts, struct origin where, struct sbx_error *error);

#endif
