/* SPDX-License-Identifier: MIT
 *
 * quote.c - finds a line again, and cuts it to what can be shown.
 */
#include "policy/quote.h"
#include "base/utf8.h"
#include <string.h>

static const struct text *find_text(const struct texts *texts, struct origin where)
{
    const struct text *text = texts ? texts->first : NULL;
    while (text && (strcmp(text->file, where.file) != 0 || text->line > where.line))
        text = text->next;
    return text;
}

/* The line's start, and its length without the end of the line; NULL where there is none. */
static const char *find_line(const struct text *text, unsigned number, size_t *length)
{
    const char *line = text->start, *end = text->start + text->length;
    for (unsigned at = text->line; at < number; at++) {
        line = memchr(line, '\n', (size_t)(end - line));
        if (!line++)
            return NULL;
    }
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    *length = (size_t)((newline ? newline : end) - line);
    if (newline && *length && line[*length - 1] == '\r')
        --*length;
    return line;
}

/* The window of a long line: its column lies in the first half, and no character is cut in two. */
static size_t window_start(const char *line, size_t length, size_t column, size_t room)
{
    if (length <= room || column <= room / 2)
        return 0;
    size_t start = column - room / 2;
    if (start > length - room)
        start = length - room;
    while (start < column && utf8_continues(line[start]))
        start++;
    return start;
}

void quote_line(const struct texts *texts, struct origin where, struct sbx_error *error)
{
    const size_t room = sizeof(error->excerpt) - 1;
    size_t length, column = where.column ? where.column - 1U : 0;
    error->excerpt[0] = '\0';
    error->caret = 0;
    if (!where.file || !where.line)
        return;
    const struct text *text = find_text(texts, where);
    const char *line = text ? find_line(text, where.line, &length) : NULL;
    if (!line || memchr(line, '\0', length))
        return;
    if (column > length)
        column = length;
    size_t start = window_start(line, length, column, room);
    size_t shown = length - start < room ? length - start : room;
    /* No character has more than three of them; what is no UTF-8 may be all of them. */
    for (int i = 0; i < 3 && start + shown < length && utf8_continues(line[start + shown]); i++)
        shown--;
    memcpy(error->excerpt, line + start, shown);
    error->excerpt[shown] = '\0';
    error->caret = (unsigned)(column - start);
}
