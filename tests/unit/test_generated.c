/* SPDX-License-Identifier: MIT
 *
 * test_generated.c - what is made from the tables and kept in the tree is as it would be made now;
 * the hand-written part of the reference leaves out no type, unit or variable; and what makes it
 * refuses what it does not understand.
 */
#include "generate.h"
#include "mdoc.h"
#include "policy/expand.h"
#include "policy/keys.h"
#include "policy/number.h"
#include "policy/value.h"
#include "support/test.h"
#include "template.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REFRESH "cmake --build build --target refresh"

/* ---- texts ---------------------------------------------------------------------------------- */

static char *read_source(const char *name)
{
    char path[4096], *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    snprintf(path, sizeof(path), "%s/%s", SANDBOX_SOURCES, name);
    FILE *in = fopen(path, "re");
    if (!in)
        fail_msg("%s can't be read; say: " REFRESH, path);
    assert_non_null(memory);
    for (int c; (c = fgetc(in)) != EOF;)
        fputc(c, memory);
    fclose(in);
    assert_int_equal(fclose(memory), 0);
    return text;
}

static char *make(const struct output *output)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    assert_non_null(memory);
    assert_int_equal(output_write(output, SANDBOX_SOURCES, memory), 0);
    assert_int_equal(fclose(memory), 0);
    assert_true(size > 100);
    return text;
}

/* The first line, from 1, in which two texts differ; 0 where none does. */
static unsigned first_difference(const char *one, const char *other)
{
    unsigned line = 1;
    for (; *one && *one == *other; one++, other++)
        line += *one == '\n';
    return *one == *other ? 0 : line;
}

static void is_fresh(void **state)
{
    unsigned stale = 0, kept = 0;
    (void)state;
    for (const struct output *output = outputs; output->kind; output++) {
        char *made = make(output);
        char *file = output->file ? read_source(output->file) : NULL;
        unsigned line = file ? first_difference(made, file) : 0;
        if (line)
            fprintf(stderr, "%s:%u: stale\n", output->file, line);
        stale += line > 0;
        kept += file != NULL;
        free(made);
        free(file);
    }
    assert_int_equal(kept, 5);
    if (stale)
        fail_msg("%u files are not what the tables would make of them; say: " REFRESH, stale);
}

static void differences_are_seen(void **state)
{
    (void)state;
    assert_int_equal(first_difference("a\nb\n", "a\nb\n"), 0);
    assert_int_equal(first_difference("a\nb\n", "a\nc\n"), 2);
    assert_int_equal(first_difference("a\nb\n", "a\nb"), 2);
    assert_int_equal(first_difference("", "a"), 1);
}

/* ---- the reference -------------------------------------------------------------------------- */

static unsigned lacking;

static void expect_line(const char *template, const char *line)
{
    if (strstr(template, line))
        return;
    fprintf(stderr, "docs/man/sandbox.profile.5.in says nothing of: %s\n", line);
    lacking++;
}

static void expect_units(const char *template, const struct unit *units)
{
    char line[128] = ".Ql";
    for (; units->name; units++) {
        if (*units->name)
            snprintf(line + strlen(line), sizeof(line) - strlen(line), " %s", units->name);
    }
    expect_line(template, line);
}

/* An enum's title is its words; the others must be explained. */
static void reference_is_whole(void **state)
{
    char *template = read_source("docs/man/sandbox.profile.5.in");
    char line[128];
    (void)state;
    lacking = 0;
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        snprintf(line, sizeof(line), ".It Ar %s\n", key->type->name);
        if (!key->type->words)
            expect_line(template, line);
    }
    for (const char *const *name = expand_variables; *name; name++) {
        snprintf(line, sizeof(line), "${%s}", *name);
        expect_line(template, line);
    }
    expect_units(template, size_units);
    expect_units(template, duration_units);
    free(template);
    assert_int_equal(lacking, 0);
}

/* ---- templates and mdoc --------------------------------------------------------------------- */

static void fill_in(FILE *out)
{
    fputs("filled\n", out);
}

/* What comes of a template, or NULL where it is refused. */
static char *filled(const char *text, template_line *line, void *context)
{
    static const struct place places[] = {{"ONE", fill_in}, {NULL, NULL}};
    char path[] = "/tmp/sandbox-template-XXXXXX", *made = NULL;
    size_t size = 0;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    FILE *memory = open_memstream(&made, &size);
    assert_non_null(memory);
    int result = template_fill(path, places, line, context, memory);
    assert_int_equal(fclose(memory), 0);
    unlink(path);
    if (result == 0)
        return made;
    free(made);
    return NULL;
}

static void templates(void **state)
{
    (void)state;
    char *made = filled("a\n@ONE@\n @ONE@\n", NULL, NULL);
    assert_non_null(made);
    assert_string_equal(made, "a\nfilled\n @ONE@\n");
    free(made);
    assert_null(filled("a\n", NULL, NULL));
    assert_null(filled("@ONE@\n@ONE@\n", NULL, NULL));
    assert_null(filled("@ONE@\n@TWO@\n", NULL, NULL));
}

static char *converted(const char *page)
{
    char text[1024], *made = NULL;
    struct mdoc mdoc = {0};
    snprintf(text, sizeof(text), ".\\\" a comment\n@ONE@\n%s", page);
    made = filled(text, mdoc_line, &mdoc);
    if (made && mdoc_end(&mdoc, stderr) != 0) {
        free(made);
        return NULL;
    }
    return made;
}

static void mdoc_becomes_markdown(void **state)
{
    static const struct {
        const char *page, *markdown;
    } pages[] = {
        {".Ss Some words\nOne *line*\nand\n.Ic another = one ,\n.Pp\nthen\n.Xr page 5 .\n.Pp\n",
         "\n### Some words\n\nOne \\*line\\* and `another = one`,\n\nthen page(5).\n"},
        {".Bl -tag -width Ds\n.It Ql \\e\" , \\e\\e\n.It Ar a b\nText.\n.El\nEnd.\n.Pp\n",
         "\n- `\\\"`, `\\\\`:\n- *a b*: Text.\n\nEnd.\n"},
        {".Bl -bullet\n.It\nOne.\n.Pp\nMore.\n.It\n.Ql \\&; .\n.El\n",
         "\n- One.\n\n  More.\n- `;`.\n"},
        {".Bd -literal\n[a]\n\n  b = *\\e*\n.Ed\n", "\n```ini\n[a]\n\n  b = *\\*\n```\n"},
        {".Fl s Ar a Ns . Ns Ar b ( see\n.Sx C )\n.Pp\n", "`-s` *a*.*b* (*see* C)\n"},
        {"- not an item\n.Pp\n", "\\- not an item\n"},
        {".Sh A SECTION\n", "\n## A section\n"},
        {".Ql a`b\n.Pp\n", "`` a`b ``\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        char *made = converted(pages[i].page);
        assert_non_null(made);
        assert_memory_equal(made, "filled\n", 7);
        assert_string_equal(made + 7, pages[i].markdown);
        free(made);
    }
}

static void what_is_not_understood_is_refused(void **state)
{
    static const char *const pages[] = {
        ".Bx 4.4\n",
        ".Ql a Ns Em b Bx\n.Qq a\n",
        "a \\fBbold\\fP word\n",
        ".It Ar x\n",
        ".El\n",
        ".Ed\n",
        ".Bl -tag -width Ds\n.It Ar x\n",
        ".Bl -column a b\n.El\n",
        ".Bl -bullet\n.It Ar x\n.El\n",
        ".Bd -literal\na\n",
        ".Bd -literal\n.Ic a\n.Ed\n",
        ".Bl -bullet\n.Sh WITHIN\n.El\n",
        ".Xr page\n",
        ".Ic \"open\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        char *made = converted(pages[i]);
        if (made)
            fail_msg("it is taken: %s", pages[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_are_seen),
        cmocka_unit_test(is_fresh),
        cmocka_unit_test(reference_is_whole),
        cmocka_unit_test(templates),
        cmocka_unit_test(mdoc_becomes_markdown),
        cmocka_unit_test(what_is_not_understood_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
