/* SPDX-License-Identifier: MIT
 *
 * text.c - a second opinion on characters, lines and places. Uses no code of the policy's.
 */
#include "text.h"
#include "expect.h"
#include <string.h>

/* The code point of a well-formed character and its length; 0 where it is none. */
static size_t decode(const unsigned char *text, size_t length, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t bytes = 0;
    if (text[0] < 0x80)
        bytes = 1;
    else if ((text[0] & 0xe0) == 0xc0)
        bytes = 2;
    else if ((text[0] & 0xf0) == 0xe0)
        bytes = 3;
    else if ((text[0] & 0xf8) == 0xf0)
        bytes = 4;
    if (bytes == 0 || bytes > length)
        return 0;
    *code = bytes == 1 ? text[0] : text[0] & (0x7fU >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (text[i] & 0x3fU);
    }
    bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
    return *code < least[bytes] || *code > 0x10ffff || surrogate ? 0 : bytes;
}

size_t text_character(const char *text, size_t length)
{
    uint32_t code = 0;
    size_t bytes = length ? decode((const unsigned char *)text, length, &code) : 0;
    bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    bool misleads = code == 0x61c || code == 0x200e || code == 0x200f ||
                    (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return control || misleads ? 0 : bytes;
}

bool text_is_plain(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t bytes = text[i] == '\t' ? 1 : text_character(text + i, length - i);
        if (!bytes)
            return false;
        i += bytes;
    }
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool text_is_trimmed(const char *text)
{
    return !*text || (!is_blank(*text) && !is_blank(text[strlen(text) - 1]));
}

bool text_has_comment(const char *text)
{
    return strstr(text, " ;") || strstr(text, "\t;");
}

const char *text_line(const char *start, size_t length, unsigned number, size_t *line_length)
{
    size_t at = 0;
    for (unsigned line = 1; at <= length; line++) {
        size_t end = at;
        while (end < length && start[end] != '\n')
            end++;
        if (line == number) {
            bool carriage_return = end > at && end < length && start[end - 1] == '\r';
            *line_length = end - at - carriage_return;
            return start + at;
        }
        at = end + 1;
    }
    return NULL;
}

static const char *find(const struct texts *texts, struct origin origin, size_t *length)
{
    for (const struct text *text = texts->first; text; text = text->next) {
        if (strcmp(text->file, origin.file) != 0 || origin.line < text->line)
            continue;
        unsigned line = origin.line - text->line + 1;
        return text_line(text->start, text->length, line, length);
    }
    return NULL;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* What is quoted stands in the line at the column, and cuts no character in two. */
static void check_quote(const struct sbx_error *error, struct origin origin, const char *line,
                        size_t length)
{
    size_t shown = strnlen(error->excerpt, sizeof(error->excerpt));
    size_t column = origin.column ? origin.column - 1U : 0;
    EXPECT(shown < sizeof(error->excerpt), "the excerpt does not end");
    EXPECT(error->caret <= shown, "the caret is at %u of %zu", error->caret, shown);
    if (memchr(line, '\0', length)) {
        EXPECT(shown == 0, "a line with a NUL byte is shown");
        return;
    }
    EXPECT(error->caret <= column, "the caret is at %u, column %zu", error->caret, column);
    size_t start = column - error->caret;
    EXPECT(start + shown <= length && memcmp(line + start, error->excerpt, shown) == 0,
           "'%s' is not what stands at column %zu of '%.*s'", error->excerpt, start + 1,
           (int)length, line);
    EXPECT(shown || !length, "nothing of '%.*s' is shown", (int)length, line);
    if (!text_is_plain(line, length))
        return;
    EXPECT(!shown || !is_continuation(line[start]), "'%s' starts within a character",
           error->excerpt);
    EXPECT(start + shown == length || !is_continuation(line[start + shown]),
           "'%s' ends within a character", error->excerpt);
}

const char *text_check_origin(const struct texts *texts, struct origin origin, size_t *length)
{
    struct sbx_error error = {.excerpt = "x", .caret = 1};
    if (!origin.file || !origin.line) {
        quote_line(texts, origin, &error);
        EXPECT(!*error.excerpt, "'%s' belongs to no line", error.excerpt);
        return NULL;
    }
    const char *line = find(texts, origin, length);
    EXPECT(line, "%s has no line %u", origin.file, origin.line);
    size_t end = origin.column ? origin.column - 1U + origin.length : 0;
    EXPECT(end <= *length, "%s:%u:%u+%u lies outside of the %zu bytes of '%.*s'", origin.file,
           origin.line, origin.column, origin.length, *length, (int)*length, line);
    quote_line(texts, origin, &error);
    check_quote(&error, origin, line, *length);
    return line;
}
