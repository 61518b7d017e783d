/* SPDX-License-Identifier: MIT
 *
 * words.c - blanks, quotes and marks. Knows nothing of what a word means.
 */
#include "policy/words.h"
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The end of the word that starts at `text`; NULL where a quote stays open. */
static const char *word_end(const char *text)
{
    bool quoted = false;
    const char *c = text;
    for (; *c && (quoted || !is_blank(*c)); c++) {
        if (*c == '"')
            quoted = !quoted;
        else if (quoted && *c == '\\' && c[1])
            c++;
    }
    return quoted ? NULL : c;
}

/* Takes quotes and backslashes off, in place. */
static int unquote(const struct parse *parse, char *text)
{
    bool quoted = false;
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '"') {
            quoted = !quoted;
            continue;
        }
        if (quoted && *from == '\\') {
            from++;
            if (*from != '"' && *from != '\\')
                return value_error(parse, "write \\\\ for a backslash",
                                   "in quotes a backslash stands only before \" and \\");
        }
        *to++ = *from;
    }
    *to = '\0';
    return 0;
}

int word_next(const struct parse *parse, const char **cursor, struct word *word)
{
    const char *start = *cursor;
    while (is_blank(*start))
        start++;
    if (!*start)
        return 0;

    char mark = 0;
    if (*start == '?' || *start == '!') {
        mark = *start++;
        if (*start == '?' || *start == '!')
            return value_error(parse, "a word to take away is named without its '?'",
                               "'%c%c': a word has one mark at most", mark, *start);
        if (!*start || is_blank(*start))
            return value_error(parse, "no blank may stand between the mark and its word",
                               "'%c' has no word behind it", mark);
    }
    if (*start == '#')
        return value_error(parse, "a comment behind a value begins with ' ;'",
                           "a word can't begin with '#'");

    const char *end = word_end(start);
    if (!end)
        return value_error(parse, "' ;' begins a comment even in quotes",
                           "a double quote is not closed on this line: %s", start);
    char *text = arena_strndup(parse->arena, start, (size_t)(end - start));
    if (!text)
        return err_memory(parse->error, "profile");
    if (unquote(parse, text) != 0)
        return -1;
    if (!*text)
        return value_error(parse, NULL, "an empty word in quotes says nothing");
    word->text = text;
    word->mark = mark;
    *cursor = end;
    return 1;
}
