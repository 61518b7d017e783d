/* SPDX-License-Identifier: MIT
 *
 * suggest.h - "did you mean": the nearest of the words that would have been right.
 */
#ifndef POLICY_SUGGEST_H
#define POLICY_SUGGEST_H

#include <stddef.h>

enum { SUGGEST_MAX = 64 }; /* longer words are neither compared nor suggested */

struct suggest {
    const char *word; /* what was written */
    char best[SUGGEST_MAX];
    size_t distance;
};

/* Starts with a word; then offer each word that would have been right. */
void suggest_start(struct suggest *suggest, const char *word);
void suggest_offer(struct suggest *suggest, const char *candidate);

/* The nearest word, or NULL where none is near enough to be meant. */
const char *suggest_best(const struct suggest *suggest);

/* "did you mean 'X'?" into `text`, or nothing where no word is near. Returns `text`. */
const char *suggest_text(const struct suggest *suggest, char *text, size_t size);

#endif
