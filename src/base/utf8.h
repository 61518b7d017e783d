/* SPDX-License-Identifier: MIT
 *
 * utf8.h - which bytes of a text may be shown to people as they are.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* utf8_length() where the first byte is not ASCII. */
size_t utf8_length_of_many(const char *text);

/* The length, 1 to 4, of the well-formed UTF-8 character that starts at `text` and shows nothing
 * but itself; 0 where there is none. Control characters (C0, DEL, C1) are none of them, nor is what
 * changes the direction or the line of the text behind it: a reader would be misled. `text` ends
 * with a NUL byte. Inline, for it looks at each byte of each profile. */
static inline size_t utf8_length(const char *text)
{
    const unsigned char first = (unsigned char)*text;
    return first < 0x80 ? first >= 0x20 && first != 0x7f : utf8_length_of_many(text);
}

/* Whether a byte is a later one of a character: whoever cuts a text does not cut before it. */
static inline bool utf8_continues(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Whether the well-formed character at `text` looks like a blank and is none to a profile, or can't
 * be seen at all. Two texts that differ in such a one look alike. */
bool utf8_is_unseen(const char *text);

/* Writes a text as sbx_escape() makes it. Errors: those of the stream, see ferror(3). */
void text_put(FILE *out, const char *text);

#endif
