/* SPDX-License-Identifier: MIT
 *
 * inline.h - one line of mdoc(7) as Markdown. Each returns 0, or -1 with a message on stderr where
 * the line has a macro or an escape that is not known here.
 */
#ifndef GENERATE_INLINE_H
#define GENERATE_INLINE_H

#include <stdio.h>

/* A line of text, and one of an example; only the second writes the newline too. */
int inline_text(const char *line, FILE *out);
int inline_literal(const char *line, FILE *out);

/* Macros and their arguments, without the dot of the line and without a newline. */
int inline_macros(const char *line, FILE *out);

#endif
