/* SPDX-License-Identifier: MIT
 *
 * stack.c - the rules of calls, one on top of the other. All are in one list, those of a call side
 * by side; calls keep the order in which they came.
 */
#include "policy/stack.h"
#include "policy/cut.h"
#include <string.h>

static bool is_of(const struct node *node, const char *call)
{
    return strcmp(node->item.first, call) == 0;
}

/* Where the rules of a call begin; the end of the list where it has none. */
static struct node **begin_of(struct draft_list *list, const char *call)
{
    struct node **link = &list->head;
    while (*link && !is_of(*link, call))
        link = &(*link)->next;
    return link;
}

/* Takes the rules of a call away, which begin at `link`. */
static void drop(struct draft_list *list, struct node **link, const char *call)
{
    while (*link && is_of(*link, call)) {
        *link = (*link)->next;
        list->count--;
    }
}

/* Puts copies of a setting's rules before *link. */
static int insert(struct draft *draft, struct draft_list *list, struct node **link,
                  const struct setting *setting)
{
    for (const struct node *node = setting->words; node; node = node->next) {
        struct node *copy = arena_alloc(draft->memory.scratch, sizeof(*copy));
        if (!copy)
            return diag_memory(draft->memory.diag);
        *copy = (struct node){.next = *link, .item = node->item};
        *link = copy;
        link = &copy->next;
        list->count++;
    }
    return 0;
}

/* Of the rules of a call, that one of them names it without '?' is enough. */
static void agree_on_mark(struct node *first, const char *call)
{
    bool optional = true;
    for (struct node *node = first; node && is_of(node, call); node = node->next)
        optional = optional && node->item.optional;
    for (struct node *node = first; node && is_of(node, call); node = node->next)
        node->item.optional = optional;
}

static int check_bounds(const struct draft *draft, const struct draft_list *list,
                        const struct setting *setting, const struct node *first)
{
    size_t count = 0;
    for (const struct node *node = first; node && is_of(node, setting->call); node = node->next)
        count++;
    if (count > RULES_MAX)
        return diag_error(draft->memory.diag, setting->origin, 0,
                          "an ACTION without `if` at the end replaces the rules below it",
                          "%s %s.%s: with those of the profiles that are extended the call has "
                          "more than %d rules",
                          setting->key->section, setting->call, setting->key->name, RULES_MAX);
    if (list->count > LIST_WORDS_MAX)
        return diag_error(draft->memory.diag, setting->origin, 0, NULL,
                          "%s.%s: all calls together have more than %d rules",
                          setting->key->section, setting->key->name, LIST_WORDS_MAX);
    return 0;
}

int rules_apply(struct draft *draft, const struct setting *setting, enum draft_mode mode)
{
    struct draft_list *list = &draft->lists[setting->key - policy_keys];
    if (list->count > LIST_WORDS_MAX)
        return -1; /* that has been reported */
    struct node **link = begin_of(list, setting->call);
    bool replaces = mode == DRAFT_REPLACE;
    for (const struct node *node = setting->words; node; node = node->next)
        replaces = replaces || !node->item.second;
    if (replaces)
        drop(list, link, setting->call);
    if (insert(draft, list, link, setting) != 0)
        return -1;
    agree_on_mark(*link, setting->call);
    list->tail = &list->head;
    while (*list->tail)
        list->tail = &(*list->tail)->next;
    if (!list->origin.file)
        list->origin = setting->origin;
    return check_bounds(draft, list, setting, *link);
}
