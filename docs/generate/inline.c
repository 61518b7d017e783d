/* SPDX-License-Identifier: MIT
 *
 * inline.c - macros, delimiters and escapes within a line.
 */
#include "inline.h"
#include <stdbool.h>
#include <string.h>

enum { WORDS_MAX = 64, TEXT_MAX = 1024 };

enum style { STYLE_CODE, STYLE_EMPHASIS, STYLE_PLAIN, STYLE_FLAG, STYLE_PAGE, STYLE_JOIN };

static const struct {
    const char *name;
    enum style style;
} macros[] = {
    {"Ql", STYLE_CODE},  {"Ic", STYLE_CODE},  {"Pa", STYLE_CODE},     {"Li", STYLE_CODE},
    {"Cm", STYLE_CODE},  {"Nm", STYLE_CODE},  {"Ar", STYLE_EMPHASIS}, {"Em", STYLE_EMPHASIS},
    {"No", STYLE_PLAIN}, {"Sx", STYLE_PLAIN}, {"Fl", STYLE_FLAG},     {"Xr", STYLE_PAGE},
    {"Ns", STYLE_JOIN},
};

static int refuse(const char *what, const char *line)
{
    fprintf(stderr, "%s: %s\n", what, line);
    return -1;
}

/* Takes the escapes off; those that only guide the typesetting leave nothing. */
static int unescape(const char *from, size_t length, char *to, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        char c = from[i];
        if (c == '\\') {
            char escape = i + 1 < length ? from[++i] : '\0';
            if (escape == '&' || escape == '%')
                continue;
            if (escape != 'e' && escape != ' ')
                return refuse("an escape that is not known", from);
            c = escape == 'e' ? '\\' : ' ';
        }
        if (used + 1 >= size)
            return refuse("too long", from);
        to[used++] = c;
    }
    to[used] = '\0';
    return 0;
}

/* ---- text ----------------------------------------------------------------------------------- */

static void print_plain(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (strchr("\\`*<", *text))
            fputc('\\', out);
        fputc(*text, out);
    }
}

int inline_text(const char *line, FILE *out)
{
    char text[TEXT_MAX];
    if (unescape(line, strlen(line), text, sizeof(text)) != 0)
        return -1;
    print_plain(text, out);
    return 0;
}

int inline_literal(const char *line, FILE *out)
{
    char text[TEXT_MAX];
    if (unescape(line, strlen(line), text, sizeof(text)) != 0)
        return -1;
    fprintf(out, "%s\n", text);
    return 0;
}

/* ---- macros --------------------------------------------------------------------------------- */

struct word {
    char text[256];
    bool bare; /* neither quoted nor escaped: it may be a macro or a delimiter */
};

/* Cuts a line of macros into its words, in which a backslash hides a blank. */
static int cut(const char *line, struct word *words, size_t *count)
{
    *count = 0;
    while (*(line += strspn(line, " "))) {
        bool quoted = *line == '"';
        const char *end = line += quoted;
        for (; *end && (quoted ? *end != '"' : *end != ' '); end++) {
            if (*end == '\\' && end[1])
                end++;
        }
        struct word *word = &words[*count];
        if (++*count > WORDS_MAX || (quoted && *end != '"'))
            return refuse("too many words, or an open quote", line);
        if (unescape(line, (size_t)(end - line), word->text, sizeof(word->text)) != 0)
            return -1;
        word->bare = !quoted && !memchr(line, '\\', (size_t)(end - line));
        line = quoted ? end + 1 : end;
    }
    return 0;
}

static bool is_delimiter(const struct word *word, const char *set)
{
    return word->bare && word->text[0] && !word->text[1] && strchr(set, word->text[0]);
}

/* The index in macros[], or -1. */
static int find_macro(const struct word *word)
{
    for (size_t i = 0; word->bare && i < sizeof(macros) / sizeof(macros[0]); i++) {
        if (strcmp(macros[i].name, word->text) == 0)
            return (int)i;
    }
    return -1;
}

/* Text that holds a backtick stands between two. */
static void print_code(const char *before, const char *text, FILE *out)
{
    const char *const mark = strchr(text, '`') ? "``" : "`";
    const char *const gap = mark[1] ? " " : "";
    fprintf(out, "%s%s%s%s%s%s", mark, gap, before, text, gap, mark);
}

static int print_styled(enum style style, const char *text, FILE *out)
{
    switch (style) {
    case STYLE_CODE:
        print_code("", text, out);
        return 0;
    case STYLE_FLAG:
        print_code("-", text, out);
        return 0;
    case STYLE_EMPHASIS:
        fputc('*', out);
        print_plain(text, out);
        fputc('*', out);
        return 0;
    case STYLE_PAGE: { /* "name section" */
        int name = (int)strcspn(text, " ");
        if (!text[name])
            return refuse("a page without its section", text);
        fprintf(out, "%.*s(%s)", name, text, text + name + 1);
        return 0;
    }
    default:
        print_plain(text, out);
        return 0;
    }
}

/* The words from *i to the next macro or delimiter, as one text. */
static int gather(const struct word *words, size_t count, size_t *i, char *text, size_t size)
{
    size_t used = 0, start = *i;
    for (; *i < count; ++*i) {
        const struct word *word = &words[*i];
        if (*i > start && (find_macro(word) >= 0 || is_delimiter(word, ".,:;)]?!([")))
            return 0;
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", *i > start ? " " : "", word->text);
        if (used >= size)
            return refuse("too long", word->text);
    }
    return 0;
}

int inline_macros(const char *line, FILE *out)
{
    struct word words[WORDS_MAX + 1];
    char text[TEXT_MAX];
    size_t count;
    bool joined = true;
    if (cut(line, words, &count) != 0)
        return -1;
    int macro = count ? find_macro(&words[0]) : -1;
    if (macro < 0)
        return refuse("a macro that is not known", line);
    for (size_t i = 1; i < count;) {
        int next = find_macro(&words[i]);
        bool closes = is_delimiter(&words[i], ".,:;)]?!");
        if (next >= 0) {
            joined = joined || macros[next].style == STYLE_JOIN;
            macro = next;
            i++;
            continue;
        }
        fputs(joined || closes ? "" : " ", out);
        joined = is_delimiter(&words[i], "([");
        if (closes || joined) {
            fputs(words[i++].text, out);
            continue;
        }
        if (gather(words, count, &i, text, sizeof(text)) != 0 ||
            print_styled(macros[macro].style, text, out) != 0)
            return -1;
    }
    return 0;
}
