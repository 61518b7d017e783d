/* SPDX-License-Identifier: MIT
 *
 * reader.c - the only file that knows inih.
 *
 * inih is forgiving: it cuts long lines in two, ends a line at a NUL byte, takes ':' for '=',
 * ignores what follows a section's ']', and goes on after an error. So the reader that hands it
 * lines looks at each one first, refuses what could be read in two ways, and says what the line is.
 * inih's answer must agree. Its buffer is 200 bytes: of a longer line it gets the start, and its
 * answer must be the start of ours.
 */
#include "policy/reader.h"
#include "base/utf8.h"
#include <ini.h>
#include <stdio.h>
#include <string.h>

enum {
    LINE_BYTES = 198, /* and '\n', and the final NUL */
    NAME_BYTES = 64
};

enum line_kind { LINE_NOTHING, LINE_SECTION, LINE_KEY, LINE_MORE };

struct line {
    const char *start;
    size_t length;
};

struct reader {
    const struct text *text;
    size_t offset;
    struct origin origin;    /* of the line that inih holds */
    enum line_kind kind;     /* of the same line */
    struct line raw;         /* the whole line */
    struct line name, value; /* its parts */
    bool answered;           /* inih called the handler for it */
    bool key_above;          /* an indented line has something to continue */
    bool lost;               /* what an indented line continues could not be read */
    struct arena *arena;
    const struct reader_events *events;
    void *context;
    struct diag *diag;
};

/* Reports what is wrong with `length` bytes from `at` of the line; 0 for all of it. */
static int fail(struct reader *reader, struct line at, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static struct origin place(const struct reader *reader, struct line at)
{
    struct origin origin = reader->origin;
    size_t column = at.start ? (size_t)(at.start - reader->raw.start) + 1 : 0;
    if (column && column < UINT16_MAX) {
        origin.column = (uint16_t)column;
        origin.length = at.length < UINT16_MAX ? (uint16_t)at.length : UINT16_MAX;
    }
    return origin;
}

static int fail(struct reader *reader, struct line at, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_verror(reader->diag, place(reader, at), 0, hint, format, arguments);
    va_end(arguments);
    return -1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct line trimmed(struct line line)
{
    while (line.length && is_blank(*line.start))
        line.start++, line.length--;
    while (line.length && is_blank(line.start[line.length - 1]))
        line.length--;
    return line;
}

/* A value ends before a ';' that has a blank before it. */
static struct line without_comment(struct line line)
{
    for (size_t i = 1; i < line.length; i++) {
        if (line.start[i] == ';' && is_blank(line.start[i - 1]))
            line.length = i;
    }
    return trimmed(line);
}

/* ---- one raw line --------------------------------------------------------------------------- */

static void next_line(struct reader *reader)
{
    struct line line = {reader->text->start + reader->offset,
                        reader->text->length - reader->offset};
    const char *newline = memchr(line.start, '\n', line.length);
    if (newline)
        line.length = (size_t)(newline - line.start);
    reader->offset += line.length + (newline ? 1 : 0);
    reader->origin.line++;
    if (line.length && line.start[line.length - 1] == '\r' && newline)
        line.length--;
    reader->raw = line;
}

/* Where a line's comment begins; its length where it has none. */
static size_t comment_start(struct line line)
{
    const struct line rest = trimmed(line);
    if (rest.length && (*rest.start == ';' || *rest.start == '#'))
        return 0;
    for (size_t i = 1; i < line.length; i++)
        if (line.start[i] == ';' && is_blank(line.start[i - 1]))
            return i;
    return line.length;
}

/* "/a" and a blank that is none, then "; /b": it looks like a comment, and would be two words. */
static int unseen(struct reader *reader, struct line at)
{
    return fail(reader, at, "write a plain blank; in double quotes \\xHH stands for a byte",
                "byte 0x%02x at byte %zu begins a character that looks like a blank and is none, "
                "or that nobody sees",
                (unsigned char)*at.start, (size_t)(at.start - reader->raw.start) + 1);
}

/* A profile must be what it looks like, to whoever reads it and in whatever editor. */
static int check_bytes(struct reader *reader)
{
    const struct line line = reader->raw;
    size_t comment = SIZE_MAX; /* not looked for yet */
    for (size_t i = 0; i < line.length;) {
        if ((line.start[i] >= ' ' && line.start[i] < 0x7f) || line.start[i] == '\t') {
            i++; /* nearly all of them */
            continue;
        }
        char character[5] = {0}; /* never looks behind the end of the line */
        size_t left = line.length - i;
        memcpy(character, line.start + i, left < 4 ? left : 4);
        unsigned char c = (unsigned char)*character;
        size_t length = utf8_length(character);
        const struct line at = {line.start + i, 1};
        if (length && utf8_is_unseen(character)) {
            comment = comment == SIZE_MAX ? comment_start(line) : comment;
            if (i < comment)
                return unseen(reader, (struct line){line.start + i, length});
        }
        if (length) {
            i += length;
            continue;
        }
        if (c < 0x80)
            return fail(reader, at,
                        "a profile is plain text; in double quotes \\xHH stands for a byte",
                        "a control character (0x%02x) at byte %zu", c, i + 1);
        return fail(reader, at,
                    "a profile is UTF-8, and looks like what it is; in double quotes \\xHH stands "
                    "for a byte",
                    "byte 0x%02x at byte %zu belongs to no character, or to one that changes how "
                    "the text around it is shown",
                    c, i + 1);
    }
    return 0;
}

/* "[name]", and nothing behind it but a comment. */
static int check_section(struct reader *reader)
{
    const struct line line = reader->raw;
    const char *end = line.start + line.length;
    const char *close = memchr(line.start, ']', line.length);
    if (!close)
        return fail(reader, line, "write [NAME]", "the section's ']' is missing");
    const char *behind = close + 1;
    while (behind < end && is_blank(*behind))
        behind++;
    const struct line rest = {behind, (size_t)(end - behind)};
    if (behind < end && (*behind != ';' || behind == close + 1))
        return fail(reader, rest,
                    "a section stands on a line of its own; a comment begins with ' ;'",
                    "'%.*s' stands behind the section's ']'", (int)rest.length, rest.start);
    reader->name = (struct line){line.start + 1, (size_t)(close - line.start) - 1};
    if (reader->name.length >= NAME_BYTES)
        return fail(reader, reader->name, NULL, "unknown section: its name is longer than any");
    return 0;
}

/* "name = value". */
static int check_key(struct reader *reader)
{
    const struct line line = reader->raw;
    const char *equals = memchr(line.start, '=', line.length);
    size_t length = equals ? (size_t)(equals - line.start) : line.length;
    const struct line name = trimmed((struct line){line.start, length});
    if (equals == line.start)
        return fail(reader, line, "write KEY = VALUE", "there is no key before the '='");
    if (equals && memchr(line.start, ':', length))
        return fail(reader, name, "write KEY = VALUE", "'%.*s' is no key", (int)name.length,
                    name.start);
    if (!equals)
        return fail(reader, name,
                    reader->key_above
                        ? "write KEY = VALUE, or indent a line that continues the list above"
                        : "write KEY = VALUE",
                    "neither a [section], nor KEY = VALUE, nor an indented line that continues "
                    "one: '%.*s'",
                    (int)line.length, line.start);
    if (name.length >= NAME_BYTES || length >= LINE_BYTES)
        return fail(reader, name, NULL, "unknown key: its name is longer than any");
    reader->name = name;
    reader->value = without_comment((struct line){equals + 1, line.length - length - 1});
    return 0;
}

/* Whether an indented line that starts with '[' is meant for a section; [ADDRESS]:PORT is a word.
 */
static bool looks_like_section(struct line line)
{
    const char *close = memchr(line.start, ']', line.length);
    return !close || close + 1 == line.start + line.length || is_blank(close[1]);
}

/* Says what a line is, and finds its parts. */
static int classify(struct reader *reader)
{
    const struct line line = reader->raw;
    const struct line rest = trimmed(line);
    size_t indent = (size_t)(rest.start - line.start);

    reader->kind = LINE_NOTHING;
    if (!rest.length || *rest.start == ';' || *rest.start == '#')
        return 0;
    if (!indent)
        reader->kind = *rest.start == '[' ? LINE_SECTION : LINE_KEY;
    else if (*rest.start == '[' && looks_like_section(without_comment(rest)))
        return fail(reader, rest, "remove the blanks before '['", "a section may not be indented");
    else if (!reader->key_above)
        return fail(reader, rest, "remove the blanks before it",
                    "the line is indented, but there is no key above that it could continue");
    else
        reader->kind = LINE_MORE;

    if (reader->kind == LINE_SECTION)
        return check_section(reader);
    if (reader->kind == LINE_KEY)
        return check_key(reader);
    reader->value = without_comment(line);
    return 0;
}

/* ---- between inih and the events ------------------------------------------------------------ */

static bool part_of(struct reader *reader, struct line line, struct part *part)
{
    part->origin = place(reader, line);
    part->text = arena_strndup(reader->arena, line.start, line.length);
    if (!part->text)
        diag_memory(reader->diag);
    return part->text != NULL;
}

/* Tells of a line that inih has agreed on. */
static void tell(struct reader *reader)
{
    struct part name, value;
    if (reader->kind != LINE_MORE)
        reader->lost = false;
    if (reader->lost)
        return;
    if (reader->kind == LINE_SECTION && part_of(reader, reader->name, &name))
        reader->events->section(reader->context, name);
    else if (reader->kind == LINE_KEY && part_of(reader, reader->name, &name) &&
             part_of(reader, reader->value, &value))
        reader->events->key(reader->context, name, value);
    else if (reader->kind == LINE_MORE && part_of(reader, reader->value, &value))
        reader->events->more(reader->context, value);
    if (reader->kind == LINE_SECTION)
        reader->key_above = false;
    if (reader->kind == LINE_KEY)
        reader->key_above = true;
}

/* A line that can't be read: neither can what continues it. */
static void lose(struct reader *reader)
{
    const struct line rest = trimmed(reader->raw);
    const bool indented = rest.start != reader->raw.start;
    if (!rest.length || *rest.start == ';' || *rest.start == '#')
        return;
    enum lost what = indented && reader->key_above ? LOST_MORE : LOST_KEY;
    if (indented ? *rest.start == '[' && looks_like_section(rest)
                 : *rest.start == '[' || rest.start[rest.length - 1] == ']')
        what = LOST_SECTION;
    if (what == LOST_SECTION || !indented)
        reader->lost = reader->key_above = true;
    reader->events->lost(reader->context, what);
}

/* What inih made of the last line must be what it is. */
static void finish_line(struct reader *reader)
{
    bool expected = reader->kind == LINE_KEY || reader->kind == LINE_MORE;
    if (reader->kind != LINE_NOTHING && reader->answered == expected)
        tell(reader);
    else if (reader->answered != expected)
        fail(reader, reader->raw, "write it in a simpler way", "the line can be read in two ways");
    reader->kind = LINE_NOTHING;
    reader->answered = false;
}

/* The start of a long line is enough for inih to see what it is; of an indented one a blank and
 * what stands behind the indent. */
static struct line line_for_inih(const struct reader *reader)
{
    struct line line = reader->raw;
    const bool is_long = line.length > LINE_BYTES;
    switch (reader->kind) {
    case LINE_NOTHING:
        line.length = is_long ? 0 : line.length;
        break;
    case LINE_SECTION:
        line.length = is_long ? reader->name.length + 2 : line.length;
        break;
    case LINE_KEY:
        if (is_long)
            line.length = (size_t)(reader->value.start - line.start) + reader->value.length;
        break;
    case LINE_MORE:
        line = (struct line){reader->value.start - 1, reader->value.length + 1};
        break;
    }
    line.length = line.length < LINE_BYTES ? line.length : LINE_BYTES;
    return line;
}

/* inih asks for a line, as it would ask fgets(3). */
static char *give_line(char *buffer, int size, void *stream)
{
    struct reader *reader = stream;
    finish_line(reader);
    if (diag_stop(reader->diag) || reader->offset >= reader->text->length)
        return NULL;
    next_line(reader);
    if (size < LINE_BYTES + 2) {
        fail(reader, reader->raw, NULL, "the installed inih was built for lines of %d bytes", size);
        return NULL;
    }
    struct line line = {reader->raw.start, 0};
    if (check_bytes(reader) != 0 || classify(reader) != 0) {
        lose(reader);
        reader->kind = LINE_NOTHING;
    } else if (reader->kind == LINE_MORE && reader->lost) {
        reader->kind = LINE_NOTHING; /* for inih there is nothing above that it could continue */
    } else {
        line = line_for_inih(reader);
    }
    memcpy(buffer, line.start, line.length);
    memcpy(buffer + line.length, "\n", 2);
    return buffer;
}

/* Whether inih found the same value, or of a long one the start. */
static bool same_value(const struct reader *reader, const char *value)
{
    size_t length = strlen(value);
    if (length > reader->value.length || memcmp(value, reader->value.start, length) != 0)
        return false;
    return length == reader->value.length || reader->raw.length > LINE_BYTES;
}

/* inih has found a key, or one more line of it. */
static int take_value(void *stream, const char *section, const char *name, const char *value)
{
    struct reader *reader = stream;
    (void)section; /* told of already, and untruncated */
    bool same = !reader->answered && same_value(reader, value);
    if (reader->kind == LINE_KEY)
        same = same && strlen(name) <= reader->name.length &&
               memcmp(name, reader->name.start, strlen(name)) == 0;
    if (same && (reader->kind == LINE_KEY || reader->kind == LINE_MORE)) {
        reader->answered = true;
        return 1;
    }
    fail(reader, reader->raw, "write it in a simpler way", "the line can be read in two ways");
    reader->answered = reader->kind == LINE_KEY || reader->kind == LINE_MORE;
    reader->kind = reader->answered ? reader->kind : LINE_NOTHING;
    return 1;
}

void reader_run(const struct text *text, struct arena *arena, const struct reader_events *events,
                void *context, struct diag *diag)
{
    struct reader reader = {.text = text,
                            .origin = {.file = text->file},
                            .arena = arena,
                            .events = events,
                            .context = context,
                            .diag = diag};
    int result = ini_parse_stream(give_line, &reader, take_value, &reader);
    if (diag_stop(diag))
        return;
    if (result < 0) {
        diag_memory(diag);
    } else if (result > 0) {
        reader.origin.line = (unsigned)result;
        reader.raw = (struct line){NULL, 0};
        if (!diag->errors)
            fail(&reader, reader.raw, "write [section] or KEY = VALUE",
                 "the line can't be understood");
    }
}
