/* SPDX-License-Identifier: MIT
 *
 * words.h - cuts the text of a list into words, and writes words.
 *
 * Words are separated by blanks. Double quotes hold blanks together; within them a backslash takes
 * the meaning from the character behind it, \n is the end of a line, and \xHH is a byte. A '?' or
 * '!' before the word, outside of quotes, is its mark. \xHH of a character that can be written is
 * refused: a profile says what it means.
 */
#ifndef POLICY_WORDS_H
#define POLICY_WORDS_H

#include "policy/value.h"

/* Stands before a byte of a word that lost its meaning to a backslash: a ':' that separates
 * nothing, a '$' that starts no variable. No profile can hold it in any other way. */
enum { WORD_LITERAL = 0x10 };

struct word {
    char *text; /* without quotes and mark, with WORD_LITERAL; owned by the parse's arena */
    char mark;  /* '?', '!' or 0 */
};

/* Takes the next word and moves *cursor behind it: 1, 0 at the end of the text, or -1. The parse's
 * origin becomes the place of the word. *cursor points into parse->text. */
int word_next(struct parse *parse, const char **cursor, struct word *word);

/* Takes each WORD_LITERAL out, in place. Returns `text`. */
char *word_plain(char *text);

/* Part of a word that is to be written. */
struct piece {
    const char *text;
    const char *separators; /* bytes that would separate if they stood there plainly; "" for none,
                             * NULL for a text that is itself a separator */
};

/* The one form of a word: as it is, or in quotes with escapes where anything in it asks for that.
 * It shows nothing but itself, and reads back as the same pieces. NULL where memory has run out. */
const char *word_write(struct arena *arena, const struct piece *pieces, size_t count);

/* The same for the text of a scalar, which may hold blanks without quotes. */
const char *word_write_text(struct arena *arena, const char *text);

#endif
