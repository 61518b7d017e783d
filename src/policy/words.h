/* SPDX-License-Identifier: MIT
 *
 * words.h - cuts the text of a list into words.
 *
 * Words are separated by blanks. Double quotes hold blanks together, with \" and \\ inside. A '?'
 * or '!' before the word, outside of quotes, is its mark.
 */
#ifndef POLICY_WORDS_H
#define POLICY_WORDS_H

#include "policy/value.h"

struct word {
    const char *text; /* unquoted, without its mark; owned by the parse's arena */
    char mark;        /* '?', '!' or 0 */
};

/* Takes the next word and moves *cursor behind it: 1, 0 at the end of the text, or -1. */
int word_next(const struct parse *parse, const char **cursor, struct word *word);

#endif
