/* SPDX-License-Identifier: MIT
 *
 * fuzz_reader.c - the lines of a profile: what the reader tells of is what stands there, and the
 * ends of the lines don't matter.
 */
#include "expect.h"
#include "policy/reader.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

enum kind { SECTION, KEY, MORE, LOST };

struct event {
    struct event *next;
    enum kind kind;
    struct part name, value;
};

/* One run, and all that it told. */
struct run {
    struct arena arena;
    struct text text;
    struct texts texts;
    struct sbx_error error;
    struct diag diag;
    struct event *first, **tail;
    unsigned line;  /* of the event before */
    bool continues; /* a key is open that an indented line continues */
};

/* ---- what must hold for each event ---------------------------------------------------------- */

/* A part is the very text at its place. */
static void check_part(const struct run *run, struct part part)
{
    size_t length = strlen(part.text), line_length = 0;
    EXPECT(part.origin.file == run->text.file, "another file");
    const char *line = text_check_origin(&run->texts, part.origin, &line_length);
    EXPECT(line, "a part without a line");
    EXPECT(text_is_plain(part.text, length), "not plain: '%s'", part.text);
    if (!part.origin.column)
        return;
    size_t start = part.origin.column - 1U;
    EXPECT(part.origin.length == length, "'%s' is not %u bytes long", part.text,
           part.origin.length);
    EXPECT(start + length <= line_length && memcmp(line + start, part.text, length) == 0,
           "'%s' does not stand at column %u", part.text, part.origin.column);
}

static void check_value(const struct run *run, struct part value)
{
    check_part(run, value);
    EXPECT(text_is_trimmed(value.text), "blanks around '%s'", value.text);
    EXPECT(!text_has_comment(value.text), "a comment in '%s'", value.text);
}

static void add(struct run *run, struct event event, unsigned line)
{
    struct event *added = arena_alloc(&run->arena, sizeof(*added));
    EXPECT(added, "out of memory");
    EXPECT(!line || line > run->line, "line %u behind line %u", line, run->line);
    EXPECT(!diag_stop(&run->diag), "it goes on after the end");
    run->line = line ? line : run->line;
    *added = event;
    *run->tail = added;
    run->tail = &added->next;
}

static void on_section(void *context, struct part name)
{
    struct run *run = context;
    check_part(run, name);
    EXPECT(!strchr(name.text, ']'), "a ']' in the section '%s'", name.text);
    add(run, (struct event){.kind = SECTION, .name = name}, name.origin.line);
    run->continues = false;
}

static void on_key(void *context, struct part name, struct part value)
{
    struct run *run = context;
    check_part(run, name);
    check_value(run, value);
    EXPECT(text_is_trimmed(name.text), "blanks around the key '%s'", name.text);
    EXPECT(*name.text && !strpbrk(name.text, "=:") && !strchr(";#[", *name.text), "'%s' is no key",
           name.text);
    EXPECT(name.origin.line == value.origin.line, "a key's value is on its line");
    EXPECT(!name.origin.column || !value.origin.column ||
               name.origin.column + name.origin.length < value.origin.column,
           "'%s' overlaps its value", name.text);
    add(run, (struct event){.kind = KEY, .name = name, .value = value}, name.origin.line);
    run->continues = true;
}

/* An indented section is an error; [ADDRESS]:PORT is a word. */
static bool looks_like_section(const char *text)
{
    const char *close = *text == '[' ? strchr(text, ']') : NULL;
    return *text == '[' && (!close || !close[1] || strchr(" \t", close[1]));
}

static void on_more(void *context, struct part value)
{
    struct run *run = context;
    check_value(run, value);
    EXPECT(run->continues, "'%s' continues nothing", value.text);
    EXPECT(*value.text && !strchr(";#", *value.text) && !looks_like_section(value.text),
           "'%s' is no value", value.text);
    EXPECT(value.origin.column != 1, "'%s' is not indented", value.text);
    add(run, (struct event){.kind = MORE, .value = value}, value.origin.line);
}

static void on_lost(void *context, enum lost what)
{
    struct run *run = context;
    EXPECT(run->diag.errors, "a line is lost without an error");
    add(run, (struct event){.kind = LOST}, 0);
    if (what != LOST_MORE) /* else the key above goes on */
        run->continues = false;
}

/* ---- runs ----------------------------------------------------------------------------------- */

static void check_findings(const struct run *run)
{
    size_t count = 0, length;
    for (const struct finding *found = run->diag.first; found; found = found->next, count++) {
        EXPECT(*found->text && found->hint, "an error without a text");
        text_check_origin(&run->texts, found->origin, &length);
    }
    EXPECT(count == run->diag.errors, "%zu errors, %zu kept", run->diag.errors, count);
    EXPECT(!run->diag.broken, "out of memory");
}

/* Reads a text, which the run takes over. Nothing stands behind its end. */
static void run_start(struct run *run, char *text, size_t length)
{
    static const struct reader_events events = {on_section, on_key, on_more, on_lost};
    text = realloc(text, length ? length : 1);
    EXPECT(text, "out of memory");
    *run = (struct run){.text = {.file = "t.ini", .line = 1, .start = text, .length = length}};
    run->texts.first = &run->text;
    run->tail = &run->first;
    run->diag = (struct diag){.error = &run->error, .arena = &run->arena, .texts = &run->texts};
    reader_run(&run->text, &run->arena, &events, run, &run->diag);
    check_findings(run);
}

static void run_end(struct run *run)
{
    arena_free(&run->arena);
    free((char *)run->text.start);
}

static bool same_part(struct part a, struct part b, unsigned lines)
{
    if (!a.text || !b.text)
        return a.text == b.text;
    return strcmp(a.text, b.text) == 0 && a.origin.line + lines == b.origin.line &&
           a.origin.column == b.origin.column && a.origin.length == b.origin.length;
}

/* Both runs have told the same, the second one `lines` further down. */
static void expect_same(const struct run *a, const struct run *b, unsigned lines)
{
    const struct event *x = a->first, *y = b->first;
    for (; x && y; x = x->next, y = y->next)
        EXPECT(x->kind == y->kind && same_part(x->name, y->name, lines) &&
                   same_part(x->value, y->value, lines),
               "'%s = %s' against '%s = %s'", x->name.text, x->value.text, y->name.text,
               y->value.text);
    EXPECT(!x && !y, "one run tells more than the other");
    const struct finding *f = a->diag.first, *g = b->diag.first;
    for (; f && g; f = f->next, g = g->next)
        EXPECT(strcmp(f->text, g->text) == 0 && f->origin.line + lines == g->origin.line &&
                   f->origin.column == g->origin.column && f->origin.length == g->origin.length,
               "'%s' against '%s'", f->text, g->text);
    EXPECT(!f && !g, "one run finds more errors than the other");
}

/* ---- texts ---------------------------------------------------------------------------------- */

static char *room_for(size_t size)
{
    char *text = malloc(size ? size : 1);
    EXPECT(text, "out of memory");
    return text;
}

/* A copy with plain ends of lines. */
static char *without_returns(const char *data, size_t size, size_t *length)
{
    char *text = room_for(size), *to = text;
    for (size_t i = 0; i < size; i++) {
        while (data[i] == '\n' && to > text && to[-1] == '\r')
            to--;
        *to++ = data[i];
    }
    *length = (size_t)(to - text);
    return text;
}

/* A copy with other ends of lines. */
static char *with_returns(const char *data, size_t size, size_t *length)
{
    char *text = room_for(2 * size), *to = text;
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '\n')
            *to++ = '\r';
        *to++ = data[i];
    }
    *length = (size_t)(to - text);
    return text;
}

/* The text between two others. */
static char *between(const char *before, const char *data, size_t size, const char *behind,
                     size_t *length)
{
    size_t start = strlen(before), end = strlen(behind);
    char *text = room_for(start + size + end);
    memcpy(text, before, start);
    memcpy(text + start, data, size);
    memcpy(text + start + size, behind, end);
    *length = start + size + end;
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run plain, other;
    size_t length, changed;
    if (!size)
        return 0;
    char *text = without_returns((const char *)data, size, &length);
    run_start(&plain, text, length);
    text = (char *)plain.text.start;

    char *copy = with_returns(text, length, &changed);
    run_start(&other, copy, changed);
    expect_same(&plain, &other, 0);
    run_end(&other);

    if (length && text[length - 1] != '\n' && text[length - 1] != '\r') {
        copy = between("", text, length, "\n", &changed);
        run_start(&other, copy, changed);
        expect_same(&plain, &other, 0);
        run_end(&other);
    }
    /* inih skips a byte order mark in the first line; source_read() does before the reader. */
    if (length && *text != '\xef') {
        copy = between("# one more line\n", text, length, "", &changed);
        run_start(&other, copy, changed);
        expect_same(&plain, &other, 1);
        run_end(&other);
    }
    run_end(&plain);
    return 0;
}
