/* SPDX-License-Identifier: MIT
 *
 * text.h - questions about the text of profiles, answered here once more: what the policy's own
 * code answers is what is looked at.
 */
#ifndef FUZZ_TEXT_H
#define FUZZ_TEXT_H

#include "policy/quote.h"
#include <stdint.h>

/* Whether a text is UTF-8 that shows nothing but itself; tabs are fine. */
bool text_is_plain(const char *text, size_t length);

/* The length, 1 to 4, of the plain character at the start of `length` bytes; 0 where there is none.
 */
size_t text_character(const char *text, size_t length);

/* Whether a text has no blank at its ends. */
bool text_is_trimmed(const char *text);

/* Whether a ';' in it would start a comment. */
bool text_has_comment(const char *text);

/* A line of a text without its end, from 1; NULL where there is none. */
const char *text_line(const char *start, size_t length, unsigned number, size_t *line_length);

/* Checks that an origin lies within the line that it names, and that quote_line() shows just that.
 * Returns the line where it is known, or NULL. */
const char *text_check_origin(const struct texts *texts, struct origin origin, size_t *length);

#endif
