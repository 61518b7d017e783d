/* SPDX-License-Identifier: MIT
 *
 * derive.c - a policy made of another one: the same values, copied, with overrides laid over them.
 * Reads no file.
 */
#include "policy/load.h"
#include "policy/override.h"
#include <stdlib.h>
#include <string.h>

/* Copies a text into the new policy; NULL stays NULL. */
static const char *copy_text(struct draft *draft, const char *text)
{
    char *copy = text ? arena_strdup(&draft->policy->arena, text) : NULL;
    if (text && !copy)
        diag_memory(draft->memory.diag);
    return copy;
}

static struct origin copy_origin(struct draft *draft, struct origin origin)
{
    origin.file = copy_text(draft, origin.file);
    return origin;
}

static const struct token_place *copy_places(struct draft *draft, const struct item *item)
{
    struct token_place *copy;
    if (!item->place_count)
        return NULL;
    copy = arena_array(&draft->policy->arena, item->place_count, sizeof(*copy));
    if (copy)
        memcpy(copy, item->places, item->place_count * sizeof(*copy));
    else
        diag_memory(draft->memory.diag);
    return copy;
}

static struct item copy_item(struct draft *draft, const struct item *item)
{
    struct item copy = *item;
    copy.text = copy_text(draft, item->text);
    copy.first = copy_text(draft, item->first);
    copy.second = copy_text(draft, item->second);
    copy.origin = copy_origin(draft, item->origin);
    copy.places = copy_places(draft, item);
    return copy;
}

static void copy_scalar(struct draft *draft, const struct key *key, const union value *from,
                        struct setting *setting)
{
    setting->value = *from;
    struct origin *origin =
        (struct origin *)(void *)((char *)&setting->value + value_origin_offset(key->type));
    *origin = copy_origin(draft, *origin);
    if (key->type == &policy_types[TYPE_string])
        setting->value.string.v = copy_text(draft, from->string.v);
    if (key->type == &policy_types[TYPE_path])
        setting->value.path.v = copy_text(draft, from->path.v);
    if (key->type == &policy_types[TYPE_upper])
        setting->value.upper.v = copy_text(draft, from->upper.v);
}

static int copy_list(struct draft *draft, const struct value_list *list, struct setting *setting)
{
    for (size_t i = 0; i < list->count; i++) {
        struct node *node = arena_alloc(draft->memory.scratch, sizeof(*node));
        if (!node)
            return diag_memory(draft->memory.diag);
        node->item = copy_item(draft, &list->items[i]);
        *setting->tail = node;
        setting->tail = &node->next;
        setting->count++;
    }
    return 0;
}

static int copy_key(struct draft *draft, const struct sbx_policy *base, const struct key *key)
{
    const void *field = key_field(base, key);
    struct setting *setting = setting_new(&draft->memory, key, NULL, (struct origin){.file = NULL});
    if (!setting)
        return -1;
    if (key->type->item) {
        const struct value_list *list = field;
        setting->origin = copy_origin(draft, list->origin);
        if (copy_list(draft, list, setting) != 0)
            return -1;
    } else {
        union value value = {0};
        memcpy(&value, field, key->type->size);
        copy_scalar(draft, key, &value, setting);
    }
    return draft_apply(draft, setting, DRAFT_REPLACE);
}

static void copy_texts(struct draft *draft, const struct sbx_policy *base)
{
    const struct text **tail = &draft->policy->texts.first;
    for (const struct text *text = base->texts.first; text; text = text->next) {
        struct text *copy = arena_alloc(&draft->policy->arena, sizeof(*copy));
        char *start = arena_alloc(&draft->policy->arena, text->length + 1);
        if (!copy || !start) {
            diag_memory(draft->memory.diag);
            return;
        }
        memcpy(start, text->start, text->length);
        *copy = (struct text){.file = copy_text(draft, text->file),
                              .line = text->line,
                              .start = start,
                              .length = text->length};
        *tail = copy;
        tail = &copy->next;
    }
}

/* The position of the first override that `base` was not made with: origins stay unambiguous. */
static unsigned next_position(const struct sbx_policy *base)
{
    unsigned last = 0;
    for (const struct text *text = base->texts.first; text; text = text->next)
        if (strcmp(text->file, OVERRIDE_FILE) == 0 && text->line > last)
            last = text->line;
    return last + 1;
}

static void derive(struct draft *draft, const struct sbx_policy *base, const char *const *overrides,
                   size_t count)
{
    const unsigned position = next_position(base);
    draft->policy->name = copy_text(draft, base->name);
    draft->policy->file = copy_text(draft, base->file);
    copy_texts(draft, base);
    for (size_t i = 0; i < KEY_COUNT && !diag_stop(draft->memory.diag); i++)
        copy_key(draft, base, &policy_keys[i]);
    for (size_t i = 0; i < count && !diag_stop(draft->memory.diag); i++)
        override_apply(draft, overrides[i], position + (unsigned)i);
    if (!diag_stop(draft->memory.diag))
        draft_finish(draft);
}

int policy_derive(const struct sbx_policy *base, const char *const *overrides, size_t count,
                  struct sbx_policy **out, struct sbx_error *error)
{
    struct arena scratch = {NULL};
    struct sbx_policy *policy = calloc(1, sizeof(*policy));
    struct diag diag = {.error = error};
    struct draft draft;
    if (!policy)
        return diag_memory(&diag);
    diag.texts = &policy->texts;
    draft_init(&draft, policy,
               (struct profile_memory){.keep = &policy->arena,
                                       .scratch = &scratch,
                                       .diag = &diag,
                                       .outside = &outside_machine});
    derive(&draft, base, overrides, count);
    arena_free(&scratch);
    if (diag.broken || diag.errors) {
        policy_free(policy);
        return -1;
    }
    *out = policy;
    return 0;
}
