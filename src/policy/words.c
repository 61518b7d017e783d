/* SPDX-License-Identifier: MIT
 *
 * words.c - blanks, quotes and marks. Knows nothing of what a word means.
 */
#include "policy/words.h"
#include "base/utf8.h"
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The end of the word that starts at `text`; NULL where a quote stays open. */
static const char *word_end(const char *text)
{
    bool quoted = false;
    const char *c = text + strcspn(text, " \t\"");
    for (; *c && (quoted || !is_blank(*c)); c++) {
        if (*c == '"')
            quoted = !quoted;
        else if (quoted && *c == '\\' && c[1])
            c++;
    }
    return quoted ? NULL : c;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What the backslash at *from stands for; *from moves to its last byte. Returns the byte, or -1. */
static int escape(const struct parse *parse, const char **from)
{
    const char *c = *from + 1;
    if (*c == 'x') {
        int high = hex_digit(c[1]), low = high < 0 ? -1 : hex_digit(c[2]);
        if (low < 0 || high + low == 0)
            return value_error(parse, "write \\x and two hexadecimal digits, not both 0",
                               "in quotes '\\x' stands for a byte");
        const int byte = high * 16 + low;
        if (byte >= ' ' && byte < 0x7f)
            return value_error(parse,
                               "write the character itself; where it would mean something, with a "
                               "backslash before it",
                               "\\x%02x is '%c': what can be read must not be hidden",
                               (unsigned)byte, byte);
        *from = c + 2;
        return byte;
    }
    if (*c == 'n') {
        *from = c;
        return '\n';
    }
    if (!*c || !strchr("\"\\:,=$;", *c))
        return value_error(
            parse, "write \\\\ for a backslash",
            "in quotes a backslash stands only before one of \" \\ : , = $ ; n and x");
    *from = c;
    return (unsigned char)*c;
}

/* Takes quotes and backslashes off, in place: nothing grows. */
static int unquote(const struct parse *parse, char *text)
{
    bool quoted = false;
    char *to = strchr(text, '"');
    if (!to)
        return 0;
    for (const char *from = to; *from; from++) {
        if (*from == '"') {
            quoted = !quoted;
            continue;
        }
        if (!quoted || *from != '\\') {
            *to++ = *from;
            continue;
        }
        int byte = escape(parse, &from);
        if (byte < 0)
            return -1;
        if (byte != '"' && byte != '\\')
            *to++ = WORD_LITERAL;
        *to++ = (char)byte;
    }
    *to = '\0';
    return 0;
}

char *word_plain(char *text)
{
    char *to = strchr(text, WORD_LITERAL);
    if (!to)
        return text;
    for (const char *from = to; *from; from++) {
        from += *from == WORD_LITERAL; /* what is behind it is never the end */
        *to++ = *from;
    }
    *to = '\0';
    return text;
}

static int bad_start(struct parse *parse, const char *start, char mark)
{
    if (mark && (*start == '?' || *start == '!'))
        return value_error(parse, "a word to take away is named without its '?'",
                           "'%c%c': a word has one mark at most", mark, *start);
    if (mark && (!*start || is_blank(*start)))
        return value_error(parse, "no blank may stand between the mark and its word",
                           "'%c' has no word behind it", mark);
    if (*start == '#')
        return value_error(parse, "a comment behind a value begins with ' ;'",
                           "a word can't begin with '#'");
    return 0;
}

int word_next(struct parse *parse, const char **cursor, struct word *word)
{
    const char *first = *cursor;
    while (is_blank(*first))
        first++;
    if (!*first)
        return 0;

    char mark = *first == '?' || *first == '!' ? *first : '\0';
    const char *start = first + (mark != '\0');
    const char *end = word_end(start);
    parse_point(parse, first, end ? (size_t)(end - first) : strlen(first));
    *cursor = end ? end : start + strlen(start);
    if (bad_start(parse, start, mark) != 0)
        return -1;
    if (!end)
        return value_error(parse,
                           "close it; ' ;' begins a comment even in quotes, unless it is written "
                           "'\\;'",
                           "a double quote is not closed on this line: %s", start);
    char *text = arena_strndup(parse->arena, start, (size_t)(end - start));
    if (!text)
        return diag_memory(parse->diag);
    if (unquote(parse, text) != 0)
        return -1;
    if (!*text)
        return value_error(parse, NULL, "an empty word in quotes says nothing");
    word->text = text;
    word->mark = mark;
    return 1;
}

/* ---- writing -------------------------------------------------------------------------------- */

/* Whether a byte of a piece has a meaning that only quotes and a backslash take from it. */
static bool needs_escape(const struct piece *piece, const char *at)
{
    return *at == '"' || *at == '\\' || *at == ';' || strchr(piece->separators, *at) ||
           (at[0] == '$' && at[1] == '{');
}

/* Whether a byte has no meaning of its own anywhere: nearly all of them. */
static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '-' && c <= '9') || c == '_';
}

/* Whether a piece can't stand as it is in a bare word. */
static bool needs_quotes(const struct piece *piece, bool blanks_are_fine)
{
    bool blank = false;
    for (const char *at = piece->text; *at;) {
        if (is_plain(*at)) {
            blank = false;
            at++;
            continue;
        }
        size_t length = utf8_length(at);
        if (!length || utf8_is_unseen(at) || *at == '"' || (*at == ' ' && !blanks_are_fine) ||
            (*at == ';' && (blank || at == piece->text)) ||
            (strchr(piece->separators, *at) && *piece->separators) ||
            (at[0] == '$' && at[1] == '{'))
            return true;
        blank = *at == ' ';
        at += length;
    }
    return false;
}

static char *write_byte(char *to, char byte)
{
    static const char digits[] = "0123456789abcdef";
    *to++ = '\\';
    if (byte == '\n') {
        *to++ = 'n';
        return to;
    }
    *to++ = 'x';
    *to++ = digits[(unsigned char)byte >> 4];
    *to++ = digits[(unsigned char)byte & 15];
    return to;
}

/* Writes a piece as it stands within quotes. */
static char *write_quoted(char *to, const struct piece *piece)
{
    for (const char *at = piece->text; *at;) {
        size_t length = utf8_length(at);
        if (!length || utf8_is_unseen(at)) {
            to = write_byte(to, *at++); /* of an unseen one the rest is no character by itself */
            continue;
        }
        if (piece->separators && needs_escape(piece, at))
            *to++ = '\\';
        memcpy(to, at, length);
        to += length;
        at += length;
    }
    return to;
}

static const char *write_pieces(struct arena *arena, const struct piece *pieces, size_t count,
                                bool quotes)
{
    size_t room = 3;
    for (size_t i = 0; i < count; i++)
        room += strlen(pieces[i].text) * (quotes ? 4 : 1);
    char *text = arena_alloc(arena, room), *to = text;
    if (!text)
        return NULL;
    if (quotes)
        *to++ = '"';
    for (size_t i = 0; i < count; i++)
        to = quotes ? write_quoted(to, &pieces[i]) : stpcpy(to, pieces[i].text);
    if (quotes)
        *to++ = '"';
    *to = '\0';
    return text;
}

const char *word_write(struct arena *arena, const struct piece *pieces, size_t count)
{
    bool quotes = *pieces[0].text && strchr("?!#", *pieces[0].text);
    for (size_t i = 0; i < count && !quotes; i++)
        quotes = pieces[i].separators && needs_quotes(&pieces[i], false);
    return write_pieces(arena, pieces, count, quotes);
}

const char *word_write_text(struct arena *arena, const char *text)
{
    const struct piece piece = {text, ""};
    size_t length = strlen(text);
    bool quotes = needs_quotes(&piece, true) || *text == '#' || is_blank(*text) ||
                  (length && is_blank(text[length - 1]));
    return write_pieces(arena, &piece, 1, quotes);
}
