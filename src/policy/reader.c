/* SPDX-License-Identifier: MIT
 *
 * reader.c - the only file that knows inih.
 *
 * inih is forgiving: it cuts long lines in two, ends a line at a NUL byte, takes ':' for '=',
 * ignores what follows a section's ']', and goes on after an error. So the reader that hands it
 * lines looks at each one first and refuses what could be read in two ways; and it checks that inih
 * took each line for what the reader took it for.
 */
#include "policy/reader.h"
#include "policy/diag.h"
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    /* inih's buffer is 200 bytes: a line, its '\n' and the final NUL. */
    LINE_BYTES = 198,
    NAME_BYTES = 64
};

enum line_kind { LINE_NOTHING, LINE_SECTION, LINE_KEY, LINE_MORE };

struct reader {
    const char *text;
    size_t length, offset;
    struct origin origin; /* of the line that inih holds */
    enum line_kind kind;  /* of the same line */
    bool answered;        /* inih called the handler for it */
    bool key_above;       /* an indented line has something to continue */
    bool failed;
    const struct reader_events *events;
    void *context;
    struct sbx_error *error;
};

struct line {
    const char *start;
    size_t length;
};

static int fail(struct reader *reader, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct reader *reader, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    profile_verror(reader->error, reader->origin, 0, hint, format, arguments);
    va_end(arguments);
    reader->failed = true;
    return -1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* ---- one raw line --------------------------------------------------------------------------- */

static struct line next_line(struct reader *reader)
{
    struct line line = {reader->text + reader->offset, reader->length - reader->offset};
    const char *newline = memchr(line.start, '\n', line.length);
    if (newline)
        line.length = (size_t)(newline - line.start);
    reader->offset += line.length + (newline ? 1 : 0);
    reader->origin.line++;
    if (line.length && line.start[line.length - 1] == '\r' && newline)
        line.length--;
    return line;
}

static int check_bytes(struct reader *reader, struct line line)
{
    if (line.length > LINE_BYTES)
        return fail(reader, "put the rest of a list on the next line and indent that line",
                    "the line has %zu bytes; at most %d are allowed", line.length, LINE_BYTES);
    for (size_t i = 0; i < line.length; i++) {
        unsigned char c = (unsigned char)line.start[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return fail(reader, "a profile is plain text",
                        "a control character (0x%02x) at byte %zu", c, i + 1);
    }
    return 0;
}

/* "[name]", and nothing behind it but a comment. */
static int check_section(struct reader *reader, struct line line)
{
    char name[NAME_BYTES];
    const char *end = line.start + line.length;
    const char *close = memchr(line.start, ']', line.length);
    if (!close)
        return fail(reader, "write [NAME]", "the section's ']' is missing");
    const char *behind = close + 1;
    while (behind < end && is_blank(*behind))
        behind++;
    if (behind < end && (*behind != ';' || behind == close + 1))
        return fail(reader, "a section stands on a line of its own; a comment begins with ' ;'",
                    "'%.*s' stands behind the section's ']'", (int)(end - behind), behind);
    snprintf(name, sizeof(name), "%.*s", (int)(close - line.start - 1), line.start + 1);
    reader->key_above = false;
    if (reader->events->section(reader->context, name, reader->origin.line) != 0) {
        reader->failed = true;
        return -1;
    }
    return 0;
}

/* "name = value". */
static int check_key(struct reader *reader, struct line line)
{
    const char *equals = memchr(line.start, '=', line.length);
    size_t name = equals ? (size_t)(equals - line.start) : line.length;
    const char *colon = memchr(line.start, ':', name);
    if (equals == line.start)
        return fail(reader, "write KEY = VALUE", "there is no key before the '='");
    if (colon && equals)
        return fail(reader, "write KEY = VALUE", "'%.*s' is no key", (int)name, line.start);
    if (!equals)
        return fail(
            reader, "indent a line that continues the list above",
            "neither a [section], nor KEY = VALUE, nor an indented line that continues one: "
            "'%.*s'",
            (int)line.length, line.start);
    reader->key_above = true;
    return 0;
}

/* Some releases of inih leave a comment behind an indented line where it is. */
static void cut_comment(struct line *line)
{
    for (size_t i = 1; i < line->length; i++) {
        if (line->start[i] == ';' && is_blank(line->start[i - 1]))
            line->length = i;
    }
}

static int classify(struct reader *reader, struct line line)
{
    size_t indent = 0;
    while (indent < line.length && is_blank(line.start[indent]))
        indent++;
    struct line rest = {line.start + indent, line.length - indent};

    reader->kind = LINE_NOTHING;
    if (!rest.length || *rest.start == ';' || *rest.start == '#')
        return 0;
    if (indent && *rest.start == '[')
        return fail(reader, "remove the blanks before '['", "a section may not be indented");
    if (indent && !reader->key_above)
        return fail(reader, "remove the blanks before it",
                    "the line is indented, but there is no key above that it could continue");
    if (indent) {
        reader->kind = LINE_MORE;
        return 0;
    }
    if (*rest.start == '[') {
        reader->kind = LINE_SECTION;
        return check_section(reader, rest);
    }
    reader->kind = LINE_KEY;
    return check_key(reader, rest);
}

/* ---- between inih and the events ------------------------------------------------------------ */

static bool agreed(struct reader *reader)
{
    bool expected = reader->kind == LINE_KEY || reader->kind == LINE_MORE;
    if (reader->answered == expected)
        return true;
    fail(reader, "write it in a simpler way", "the line can be read in two ways");
    return false;
}

/* inih asks for a line, as it would ask fgets(3). */
static char *give_line(char *buffer, int size, void *stream)
{
    struct reader *reader = stream;
    if (reader->failed || !agreed(reader))
        return NULL;
    if (size < LINE_BYTES + 2) {
        fail(reader, NULL, "the installed inih was built for lines of %d bytes", size);
        return NULL;
    }
    if (reader->offset >= reader->length)
        return NULL;
    reader->answered = false;
    struct line line = next_line(reader);
    if (check_bytes(reader, line) != 0 || classify(reader, line) != 0)
        return NULL;
    if (reader->kind == LINE_MORE)
        cut_comment(&line);
    memcpy(buffer, line.start, line.length);
    memcpy(buffer + line.length, "\n", 2);
    return buffer;
}

/* inih has found a key, or one more line of it. */
static int take_value(void *stream, const char *section, const char *name, const char *value)
{
    struct reader *reader = stream;
    int result = -1;
    (void)section; /* told of already, and untruncated */
    if (reader->failed)
        return 0;
    if (reader->answered || (reader->kind != LINE_KEY && reader->kind != LINE_MORE)) {
        fail(reader, "write it in a simpler way", "the line can be read in two ways");
        return 0;
    }
    reader->answered = true;
    if (reader->kind == LINE_KEY)
        result = reader->events->key(reader->context, name, value, reader->origin.line);
    else
        result = reader->events->more(reader->context, value, reader->origin.line);
    reader->failed = result != 0;
    return result == 0;
}

int reader_run(const char *text, size_t length, const char *file,
               const struct reader_events *events, void *context, struct sbx_error *error)
{
    static const char bom[] = {'\xef', '\xbb', '\xbf'};
    struct reader reader = {.text = text,
                            .length = length,
                            .origin = {file, 0},
                            .events = events,
                            .context = context,
                            .error = error};
    if (length >= sizeof(bom) && memcmp(text, bom, sizeof(bom)) == 0)
        reader.offset = sizeof(bom);
    int result = ini_parse_stream(give_line, &reader, take_value, &reader);
    if (reader.failed)
        return -1;
    if (result < 0)
        return err_memory(error, "profile");
    if (result > 0) {
        reader.origin.line = (unsigned)result;
        return fail(&reader, "write [section] or KEY = VALUE", "the line can't be understood");
    }
    return 0;
}
