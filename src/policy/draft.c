/* SPDX-License-Identifier: MIT
 *
 * draft.c - how settings add up: lists grow and lose words, other values are replaced.
 */
#include "policy/draft.h"
#include "policy/stack.h"
#include "policy/suggest.h"
#include "policy/value.h"
#include <stdio.h>
#include <string.h>

void draft_init(struct draft *draft, struct sbx_policy *policy, struct profile_memory memory)
{
    *draft = (struct draft){.policy = policy, .memory = memory};
    for (size_t i = 0; i < KEY_COUNT; i++)
        draft->lists[i].tail = &draft->lists[i].head;
}

static void *field_of(struct draft *draft, const struct key *key)
{
    return (char *)draft->policy + key->offset;
}

/* "?x" and "x", "call" and "call:ERRNO" are one word with two spellings: name the other one. */
static int nothing_to_remove(const struct draft *draft, const struct setting *setting,
                             const struct draft_list *list, const struct item *item)
{
    char hint[HINT_SIZE];
    struct suggest suggest;
    suggest_start(&suggest, item->text);
    for (const struct node *node = list->head; node; node = node->next) {
        if (item->first && node->item.first && strcmp(item->first, node->item.first) == 0) {
            snprintf(hint, sizeof(hint), "did you mean '!%s'?", node->item.text);
            break;
        }
        suggest_offer(&suggest, node->item.text);
        suggest_text(&suggest, hint, sizeof(hint));
    }
    if (!list->head)
        snprintf(hint, sizeof(hint), "the list is empty");
    return diag_error(draft->memory.diag, item->origin, 0, hint,
                      "%s.%s: '!%s' takes nothing away: no profile that is extended has added it",
                      setting->key->section, setting->key->name, item->text);
}

static int remove_word(const struct draft *draft, const struct setting *setting,
                       struct draft_list *list, const struct item *item)
{
    bool found = false;
    struct node **link = &list->head;
    while (*link) {
        if (strcmp((*link)->item.text, item->text) == 0) {
            *link = (*link)->next;
            list->count--;
            found = true;
        } else {
            link = &(*link)->next;
        }
    }
    list->tail = link;
    /* What could not be read may have been the word; an "extends" takes no '!', and has said so. */
    if (found || setting->key == &policy_keys[KEY_profile_extends] || draft->all_incomplete ||
        draft->incomplete[setting->key - policy_keys])
        return 0;
    return nothing_to_remove(draft, setting, list, item);
}

static int append(const struct draft *draft, const struct setting *setting, struct draft_list *list,
                  const struct item *item)
{
    if (list->count >= LIST_WORDS_MAX)
        return diag_error(draft->memory.diag, item->origin, 0, NULL,
                          "%s.%s: the list has more than %d words", setting->key->section,
                          setting->key->name, LIST_WORDS_MAX);
    struct node *node = arena_alloc(draft->memory.scratch, sizeof(*node));
    if (!node)
        return diag_memory(draft->memory.diag);
    node->item = *item;
    *list->tail = node;
    list->tail = &node->next;
    list->count++;
    return 0;
}

/* What was there already now comes behind the `added` first words of it: an extending profile's
 * layers lie on top of those that it starts from. */
static void put_on_top(struct draft_list *list, struct node **added)
{
    struct node *older = list->head;
    if (added == &list->head || !*added)
        return;
    list->head = *added;
    *added = NULL; /* the end of the older ones, or of nothing */
    *list->tail = older;
    while (*list->tail)
        list->tail = &(*list->tail)->next;
}

/* Words are taken away before words are added: the order within one list carries no meaning. */
static int apply_list(struct draft *draft, const struct setting *setting, enum draft_mode mode)
{
    struct draft_list *list = &draft->lists[setting->key - policy_keys];
    const struct node *node;
    if (mode == DRAFT_REPLACE)
        *list = (struct draft_list){.tail = &list->head};
    int result = 0;
    for (node = setting->words; node; node = node->next) {
        if (node->remove)
            result |= remove_word(draft, setting, list, &node->item);
    }
    struct node **end = list->tail;
    for (node = setting->words; node; node = node->next) {
        if (!node->remove && append(draft, setting, list, &node->item) != 0)
            return -1;
    }
    if (setting->key->type == &policy_types[TYPE_layers])
        put_on_top(list, end);
    if (!list->origin.file)
        list->origin = setting->origin;
    return result;
}

int draft_apply(struct draft *draft, const struct setting *setting, enum draft_mode mode)
{
    const struct key *key = setting->key;
    int result = 0;
    draft->set[key - policy_keys] = true;
    if (key->type->scalar)
        memcpy(field_of(draft, key), &setting->value, key->type->size);
    else if (setting->call)
        result = rules_apply(draft, setting, mode);
    else
        result = apply_list(draft, setting, mode);
    if (setting->incomplete) /* a setting never takes its own words away */
        draft->incomplete[key - policy_keys] = true;
    return result;
}

int draft_default(struct draft *draft, const struct key *key)
{
    const struct part built_in = {.text = key->standard};
    if (draft->set[key - policy_keys] || !*key->standard)
        return 0;
    struct setting *setting = setting_new(&draft->memory, key, NULL, built_in.origin);
    if (!setting || setting_parse(&draft->memory, setting, built_in, draft->policy->file) != 0)
        return -1;
    return draft_apply(draft, setting, DRAFT_ADD);
}

/* Turns the chain of a list into the array that the policy holds. */
static int finish_list(struct draft *draft, const struct key *key)
{
    const struct draft_list *list = &draft->lists[key - policy_keys];
    struct value_list value = {NULL, list->count, list->origin};
    if (list->count) {
        struct item *items = arena_array(&draft->policy->arena, list->count, sizeof(*items));
        if (!items)
            return diag_memory(draft->memory.diag);
        size_t i = 0;
        for (const struct node *node = list->head; node; node = node->next)
            items[i++] = node->item;
        value.items = items;
    }
    memcpy(field_of(draft, key), &value, sizeof(value));
    return 0;
}

int draft_finish(struct draft *draft)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const struct key *key = &policy_keys[i];
        if (draft_default(draft, key) != 0 && diag_stop(draft->memory.diag))
            return -1;
        if (key->type->item && finish_list(draft, key) != 0)
            return -1;
    }
    return 0;
}
