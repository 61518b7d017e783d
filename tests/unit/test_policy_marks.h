/* SPDX-License-Identifier: MIT
 *
 * test_policy_marks.h - profiles in which each expected error is marked: <<...>> stands around the
 * bytes that its finding must point to. Nothing else may be found.
 */
#ifndef TEST_POLICY_MARKS_H
#define TEST_POLICY_MARKS_H

#include "test_policy.h"

enum { MARKS_MAX = 64, FOUND_MAX = 128 };

/* A text without its marks, and where they were. */
struct marked {
    char *text;
    size_t count;
    struct mark {
        unsigned line, column, length;
        const char *span; /* in `text` */
    } marks[MARKS_MAX];
};

UNUSED static struct marked unmark(const char *with_marks)
{
    struct marked marked = {.text = calloc(1, strlen(with_marks) + 1)};
    char *to = marked.text;
    unsigned line = 1, column = 1;
    assert_non_null(to);
    if (strncmp(with_marks, "\xef\xbb\xbf", 3) == 0)
        column -= 3; /* columns count from behind the BOM */
    for (const char *from = with_marks; *from; from++) {
        struct mark *mark = &marked.marks[marked.count];
        if (strncmp(from, "<<", 2) == 0) {
            *mark = (struct mark){line, column, 0, to};
            from++;
        } else if (strncmp(from, ">>", 2) == 0) {
            mark->length = column - mark->column;
            assert_true(++marked.count < MARKS_MAX);
            from++;
        } else {
            *to++ = *from;
            column = *from == '\n' ? 1 : column + 1;
            line += *from == '\n';
        }
    }
    return marked;
}

/* Reads a profile to its end. The findings live in the arena. */
UNUSED static struct sbx_policy *read_with(const char *name, const char *const *overrides,
                                           size_t count, struct diag *diag)
{
    const struct load_request request = {
        .name = name, .overrides = overrides, .count = count, .outside = &outside_machine};
    struct sbx_policy *policy = NULL;
    int result = policy_read(&request, diag, &policy);
    assert_non_null(policy);
    assert_int_equal(result, diag->errors ? -1 : 0);
    return policy;
}

/* The findings by line and column; what is in one place stays in its order. */
UNUSED static size_t findings_sorted(const struct diag *diag, const struct finding **list,
                                     size_t room)
{
    size_t count = 0;
    for (const struct finding *found = diag->first; found; found = found->next) {
        assert_true(count < room);
        size_t at = count++;
        for (; at > 0; at--) {
            const struct origin *before = &list[at - 1]->origin;
            if (before->line < found->origin.line ||
                (before->line == found->origin.line && before->column <= found->origin.column))
                break;
            list[at] = list[at - 1];
        }
        list[at] = found;
    }
    return count;
}

UNUSED static void print_findings(const struct finding *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        print_error("  %s:%u:%u+%u %s\n", list[i]->origin.file ? list[i]->origin.file : "-",
                    list[i]->origin.line, list[i]->origin.column, list[i]->origin.length,
                    list[i]->text);
}

/* The excerpt shows the line, or part of it, and the caret stands at the marked bytes. */
UNUSED static void assert_excerpt(const struct sbx_error *error, const char *span, size_t length)
{
    size_t shown = strlen(error->excerpt);
    assert_in_range(error->caret, 0, shown);
    if (shown - error->caret < length)
        length = shown - error->caret;
    if (!span || memcmp(error->excerpt + error->caret, span, length) != 0)
        fail_msg("the caret is at '%s', not at '%.*s'", error->excerpt + error->caret, (int)length,
                 span ? span : "");
}

UNUSED static void assert_mark(const struct finding *found, const struct mark *mark,
                               const char *part, const struct diag *diag)
{
    struct sbx_error shown;
    quote_line(diag->texts, found->origin, &shown);
    if (found->origin.line != mark->line || found->origin.column != mark->column ||
        found->origin.length != mark->length)
        fail_msg("%u:%u+%u, not %u:%u+%u: %s", found->origin.line, found->origin.column,
                 found->origin.length, mark->line, mark->column, mark->length, found->text);
    if (!part || !strstr(found->text, part))
        fail_msg("'%s' is not in '%s'", part ? part : "", found->text);
    assert_excerpt(&shown, mark->span, mark->length);
}

/* Writes the text as t.ini and expects an error of this text at each of its marks. */
UNUSED static void expect_marks(const char *with_marks, const char *const *parts)
{
    struct marked marked = unmark(with_marks);
    const struct finding *list[FOUND_MAX] = {NULL};
    struct arena arena = {NULL};
    struct sbx_error error = {0};
    struct diag diag = {.error = &error, .arena = &arena};
    file_text("t.ini", marked.text);
    struct sbx_policy *policy = read_with("t.ini", NULL, 0, &diag);
    size_t count = findings_sorted(&diag, list, FOUND_MAX), wanted = 0;
    while (parts[wanted])
        wanted++;
    assert_int_equal(wanted, marked.count);
    if (count != marked.count)
        print_findings(list, count);
    assert_int_equal(count, marked.count);
    for (size_t i = 0; i < count && i < wanted; i++) {
        assert_string_equal(list[i]->origin.file, "t.ini");
        assert_mark(list[i], &marked.marks[i], parts[i], &diag);
    }
    /* The first one found is the error of a load. */
    struct sbx_error first = refuse("t.ini", diag.first->text);
    assert_int_equal(first.origin.line, diag.first->origin.line);
    assert_int_equal(first.origin.column, diag.first->origin.column);
    assert_int_equal(first.origin.length, diag.first->origin.length);
    assert_string_equal(first.excerpt, error.excerpt);
    assert_int_equal(first.caret, error.caret);
    policy_free(policy);
    arena_free(&arena);
    free(marked.text);
}
#define expect(text, ...) expect_marks((text), (const char *const[]){__VA_ARGS__, NULL})

#endif
