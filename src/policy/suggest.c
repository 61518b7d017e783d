/* SPDX-License-Identifier: MIT
 *
 * suggest.c - edit distance between short words. Used only once something is wrong.
 */
#include "policy/suggest.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Insertions, deletions, replacements and swaps of neighbours, whatever the case. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][SUGGEST_MAX];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        before[j] = last[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t cost = !same(a[i - 1], b[j - 1]);
            row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b_length];
}

void suggest_start(struct suggest *suggest, const char *word)
{
    suggest->word = word;
    suggest->best[0] = '\0';
    suggest->distance = 0;
}

void suggest_offer(struct suggest *suggest, const char *candidate)
{
    size_t length = strnlen(suggest->word, SUGGEST_MAX);
    size_t other = strnlen(candidate, SUGGEST_MAX);
    if (!length || !other || length == SUGGEST_MAX || other == SUGGEST_MAX)
        return;
    size_t found = distance(suggest->word, length, candidate, other);
    /* One slip for each three letters; and some letter must be right. */
    size_t allowed = length < 6 ? 1 : length / 3;
    if (found > allowed || found >= least(length, other))
        return;
    if (!suggest->best[0] || found < suggest->distance) {
        memcpy(suggest->best, candidate, other + 1);
        suggest->distance = found;
    }
}

const char *suggest_best(const struct suggest *suggest)
{
    return suggest->best[0] ? suggest->best : NULL;
}

const char *suggest_text(const struct suggest *suggest, char *text, size_t size)
{
    text[0] = '\0';
    if (suggest->best[0])
        snprintf(text, size, "did you mean '%s'?", suggest->best);
    return text;
}
