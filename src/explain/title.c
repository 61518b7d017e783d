/* SPDX-License-Identifier: MIT
 *
 * title.c - the file of a policy, its overrides, and the files that it was made of.
 */
#include "explain/title.h"
#include "base/utf8.h"
#include "policy/override.h"
#include <string.h>

enum kind { FILES, OVERRIDES };

static enum kind kind_of(const struct text *text)
{
    return strcmp(text->file, OVERRIDE_FILE) == 0 ? OVERRIDES : FILES;
}

/* A blank and the override as it was given. */
static int put_override(struct arena *arena, FILE *out, const struct text *text)
{
    const char *copy = arena_strndup(arena, text->start, text->length);
    if (!copy)
        return -1;
    fputs(" --set ", out);
    text_put(out, copy);
    return 0;
}

/* All texts of one kind; the policy's list has the one that was read last in front. */
static int put_texts(FILE *out, const struct sbx_policy *policy, enum kind kind)
{
    struct arena arena = {NULL};
    size_t count = 0;
    int result = 0;
    for (const struct text *text = policy->texts.first; text; text = text->next)
        count += kind_of(text) == kind;
    const struct text **order = arena_array(&arena, count + 1, sizeof(const struct text *));
    if (!order)
        return -1;
    size_t at = count;
    for (const struct text *text = policy->texts.first; text; text = text->next)
        if (kind_of(text) == kind)
            order[--at] = text;
    for (size_t i = 0; i < count && result == 0; i++) {
        if (kind == OVERRIDES) {
            result = put_override(&arena, out, order[i]);
        } else {
            fputs(i ? " " : "", out);
            text_put(out, order[i]->file);
        }
    }
    arena_free(&arena);
    return result;
}

int title_put(FILE *out, const struct sbx_policy *policy)
{
    text_put(out, policy->file);
    return put_texts(out, policy, OVERRIDES);
}

int title_put_files(FILE *out, const struct sbx_policy *policy)
{
    return put_texts(out, policy, FILES);
}
