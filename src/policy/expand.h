/* SPDX-License-Identifier: MIT
 *
 * expand.h - puts variables into a text, once: what a variable holds is never looked at again.
 */
#ifndef POLICY_EXPAND_H
#define POLICY_EXPAND_H

#include "policy/value.h"

/* The names of the ${VARIABLES} that are always known, NULL-terminated. */
extern const char *const expand_variables[];

/* Part of a word. */
struct field {
    const char *text;
    size_t length;
};

/* Cuts a word at each `separator` that stands outside of ${...} and behind no WORD_LITERAL, into at
 * most `max` fields.
 * Returns how many fields there are, which may be more than max. */
size_t fields_split(const char *word, char separator, struct field *fields, size_t max);

/* The text of a field with its variables put in and without WORD_LITERAL. *out is owned by the
 * parse's arena. Returns 0; ITEM_DROPPED where `optional` and a variable is not set; or -1. */
int expand(const struct parse *parse, struct field field, bool optional, const char **out);

/* The same, as an absolute path without "." or "..", double or final slashes. */
int expand_path(const struct parse *parse, struct field field, bool optional, const char **out);

#endif
