/* SPDX-License-Identifier: MIT
 *
 * diff_rules.c - compares the rules of each system call. Which order the calls have is no matter;
 * that of the rules of one call is, so what they have in common at their start and end is left out,
 * and the rest is told rule by rule. Does not know what a condition means.
 */
#include "explain/diff.h"
#include <string.h>

/* The rules of one call, side by side in a list. */
struct rules {
    const struct item *first;
    size_t count;
};

static struct rules rules_of(const struct value_list *list, const char *call)
{
    struct rules rules = {NULL, 0};
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].first, call) != 0)
            continue;
        rules.first = rules.first ? rules.first : &list->items[i];
        rules.count++;
    }
    return rules;
}

static bool equal(const struct item *a, const struct item *b)
{
    return strcmp(a->text, b->text) == 0;
}

/* Leaves out what both begin and end with. */
static void trim(struct rules *a, struct rules *b)
{
    while (a->count && b->count && equal(a->first, b->first)) {
        a->first++, a->count--;
        b->first++, b->count--;
    }
    while (a->count && b->count && equal(&a->first[a->count - 1], &b->first[b->count - 1]))
        a->count--, b->count--;
}

/* One rule of each, or of one alone. */
static void note(struct diff *diff, const struct item *a, const struct item *b)
{
    const struct item *one = a ? a : b;
    const char *text =
        a && b ? arena_printf(&diff->arena, "%s: %s -> %s", one->first, one->text, b->text)
               : arena_printf(&diff->arena, "%c %s: %s", a ? '-' : '+', one->first, one->text);
    diff_add(diff, WAY_OTHER, "rules", text, a ? &a->origin : NULL, b ? &b->origin : NULL);
}

static void compare(struct diff *diff, struct rules a, struct rules b)
{
    if (a.count && b.count && a.first->optional != b.first->optional)
        diff_add(diff, WAY_OTHER, "rules",
                 arena_printf(&diff->arena, "%s%s -> %s%s", a.first->optional ? "?" : "",
                              a.first->first, b.first->optional ? "?" : "", b.first->first),
                 &a.first->origin, &b.first->origin);
    trim(&a, &b);
    for (size_t i = 0; i < a.count || i < b.count; i++)
        note(diff, i < a.count ? &a.first[i] : NULL, i < b.count ? &b.first[i] : NULL);
}

/* Whether a call's rules begin at an item. */
static bool begins(const struct value_list *list, size_t index)
{
    return index == 0 || strcmp(list->items[index - 1].first, list->items[index].first) != 0;
}

void diff_rules(struct diff *diff)
{
    const struct value_list *a = &diff->a->syscall_rules, *b = &diff->b->syscall_rules;
    for (size_t i = 0; i < a->count; i++) {
        const char *call = a->items[i].first;
        if (begins(a, i))
            compare(diff, rules_of(a, call), rules_of(b, call));
    }
    for (size_t i = 0; i < b->count; i++) {
        const char *call = b->items[i].first;
        if (begins(b, i) && !rules_of(a, call).count)
            compare(diff, (struct rules){NULL, 0}, rules_of(b, call));
    }
}
