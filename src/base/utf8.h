/* SPDX-License-Identifier: MIT
 *
 * utf8.h - which bytes of a text may be shown to people as they are.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdio.h>

/* The length, 1 to 4, of the well-formed UTF-8 character that starts at `text` and shows nothing
 * but itself; 0 where there is none. Control characters (C0, DEL, C1) are none of them, nor is what
 * changes the direction or the line of the text behind it: a reader would be misled. `text` ends
 * with a NUL byte. */
size_t utf8_length(const char *text);

/* Writes a text as sbx_escape() makes it. Errors: those of the stream, see ferror(3). */
void text_put(FILE *out, const char *text);

#endif
