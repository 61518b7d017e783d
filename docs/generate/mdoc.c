/* SPDX-License-Identifier: MIT
 *
 * mdoc.c - the blocks of a page: sections, paragraphs, lists, examples. What stands in one line is
 * the business of inline.c.
 */
#include "mdoc.h"
#include "inline.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int refuse(const char *what, const char *line)
{
    fprintf(stderr, "%s: %s\n", what, line);
    return -1;
}

static bool is(const char *macro, const char *name)
{
    return strcmp(macro, name) == 0;
}

enum { COLUMNS = 100 };

/* ---- filled text ---------------------------------------------------------------------------- */

/* Ends the line, where there is one. */
static void end_line(struct mdoc *mdoc, FILE *out)
{
    if (mdoc->column)
        fputc('\n', out);
    mdoc->column = 0;
}

/* What stands before the first character of a line: a blank line, the indent, the mark of an item.
 */
static void start_line(struct mdoc *mdoc, FILE *out)
{
    if (mdoc->gap)
        fputc('\n', out);
    for (unsigned i = 0; i + mdoc->bullet < mdoc->depth; i++)
        fputs("  ", out);
    if (mdoc->bullet)
        fputs("- ", out);
    mdoc->gap = mdoc->bullet = false;
    mdoc->column = 2 * (size_t)mdoc->depth;
}

/* The length of the next word. A blank within `code` ends none: a line that begins with what was
 * code might be read as something else. */
static size_t word_length(const char *text)
{
    bool code = false;
    size_t length = 0;
    for (; text[length] && (code || text[length] != ' '); length++) {
        if (text[length] == '`' && (length == 0 || text[length - 1] != '\\'))
            code = !code;
    }
    return length;
}

/* Adds text to the paragraph. */
static void put_text(struct mdoc *mdoc, const char *text, FILE *out)
{
    for (; *(text += strspn(text, " ")); text += word_length(text)) {
        size_t length = word_length(text);
        bool fresh = !mdoc->column;
        if (!fresh && mdoc->column + 1 + length > COLUMNS) {
            end_line(mdoc, out);
            fresh = true;
        }
        if (fresh) {
            start_line(mdoc, out);
            if (strchr("#>-+=|~", *text)) /* would begin a heading, a list, a quotation */
                mdoc->column += (size_t)fprintf(out, "\\");
        } else {
            mdoc->column += (size_t)fprintf(out, " ");
        }
        mdoc->column += fwrite(text, 1, length, out);
    }
}

/* Adds a line of the page to the paragraph, by the function that turns it into Markdown. */
static int put_line(struct mdoc *mdoc, int (*turn)(const char *line, FILE *out), const char *line,
                    const char *behind, FILE *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    if (!memory)
        return refuse("out of memory", line);
    int result = turn(line, memory);
    fputs(behind, memory);
    if (fclose(memory) == 0 && result == 0)
        put_text(mdoc, text, out);
    free(text);
    return result;
}

/* ---- sections ------------------------------------------------------------------------------- */

/* "HOW THE KEYS WORK" reads better as "How the keys work". */
static void print_section(struct mdoc *mdoc, const char *title, FILE *out)
{
    mdoc->gap = false;
    mdoc->in_name = is(title, "NAME");
    if (mdoc->in_name)
        return;
    fprintf(out, "\n## %c", *title);
    for (title++; *title; title++)
        fputc(tolower((unsigned char)*title), out);
    fputs("\n", out);
    mdoc->gap = true;
}

/* Returns 1 where it is none of these. */
static int section_macro(struct mdoc *mdoc, const char *macro, const char *arguments, FILE *out)
{
    if (is(macro, "Sh")) {
        if (mdoc->depth || mdoc->literal)
            return refuse("a section in a list or an example", arguments);
        print_section(mdoc, arguments, out);
    } else if (is(macro, "Ss")) {
        fprintf(out, "\n### %s\n", arguments);
        mdoc->gap = true;
    } else if (is(macro, "Nm") && mdoc->in_name) {
        fprintf(out, "# %s: ", arguments);
    } else if (is(macro, "Nd") && mdoc->in_name) {
        fprintf(out, "%s\n", arguments);
    } else if (!is(macro, "Dd") && !is(macro, "Dt") && !is(macro, "Os")) {
        return 1;
    }
    return 0;
}

/* ---- lists and examples --------------------------------------------------------------------- */

static int open_list(struct mdoc *mdoc, const char *arguments)
{
    bool bullets = strncmp(arguments, "-bullet", 7) == 0;
    if (mdoc->depth == MDOC_LISTS || (!bullets && strncmp(arguments, "-tag", 4) != 0))
        return refuse("not a list that Markdown could have", arguments);
    mdoc->lists[mdoc->depth++] = bullets ? MDOC_BULLETS : MDOC_TAGS;
    mdoc->gap = true;
    return 0;
}

/* The tag of an item is its first line. */
static int open_item(struct mdoc *mdoc, const char *arguments, FILE *out)
{
    if (mdoc->depth == 0)
        return refuse("an item outside of a list", arguments);
    mdoc->bullet = true;
    if (mdoc->lists[mdoc->depth - 1] == MDOC_BULLETS)
        return *arguments ? refuse("a bullet has no tag", arguments) : 0;
    return put_line(mdoc, inline_macros, arguments, ":", out);
}

static int block_macro(struct mdoc *mdoc, const char *macro, const char *arguments, FILE *out)
{
    if (is(macro, "Pp")) {
        mdoc->gap = true;
    } else if (is(macro, "Bl")) {
        return open_list(mdoc, arguments);
    } else if (is(macro, "It")) {
        return open_item(mdoc, arguments, out);
    } else if (is(macro, "El") && mdoc->depth > 0) {
        mdoc->depth--;
        mdoc->gap = true;
    } else if (is(macro, "Bd") && strncmp(arguments, "-literal", 8) == 0) {
        mdoc->gap = true;
        start_line(mdoc, out);
        fputs("```ini\n", out);
        mdoc->column = 0;
        mdoc->literal = true;
    } else {
        return refuse("this macro may not stand here", macro);
    }
    return 0;
}

static int literal_line(struct mdoc *mdoc, const char *line, FILE *out)
{
    bool ends = is(line, ".Ed");
    if (*line == '.' && !ends)
        return refuse("a macro in an example", line);
    if (*line)
        start_line(mdoc, out);
    mdoc->column = 0;
    if (!ends)
        return inline_literal(line, out);
    fputs("```\n", out);
    mdoc->literal = false;
    mdoc->gap = true;
    return 0;
}

/* ---- lines ---------------------------------------------------------------------------------- */

/* Whether a macro begins or ends something, so that it can't stand within a paragraph. */
static bool is_block(const struct mdoc *mdoc, const char *macro)
{
    static const char *const blocks[] = {"Sh", "Ss", "Nd", "Dd", "Dt", "Os",
                                         "Pp", "Bl", "It", "El", "Bd"};
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        if (is(macro, blocks[i]))
            return true;
    }
    return is(macro, "Nm") && mdoc->in_name;
}

int mdoc_line(void *context, const char *line, FILE *out)
{
    struct mdoc *mdoc = context;
    char macro[3] = "";
    if (mdoc->literal)
        return literal_line(mdoc, line, out);
    if (*line != '.')
        return put_line(mdoc, inline_text, line, "", out);
    if (strncmp(line, ".\\\"", 3) == 0)
        return 0;
    snprintf(macro, sizeof(macro), "%s", line + 1);
    if (!is_block(mdoc, macro))
        return put_line(mdoc, inline_macros, line + 1, "", out);
    const char *arguments = line + 1 + strlen(macro);
    arguments += strspn(arguments, " ");
    end_line(mdoc, out);
    int result = section_macro(mdoc, macro, arguments, out);
    return result > 0 ? block_macro(mdoc, macro, arguments, out) : result;
}

int mdoc_end(struct mdoc *mdoc, FILE *out)
{
    end_line(mdoc, out);
    return mdoc->depth || mdoc->literal ? refuse("a list or an example stays open", "the end") : 0;
}
