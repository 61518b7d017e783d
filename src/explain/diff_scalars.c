/* SPDX-License-Identifier: MIT
 *
 * diff_scalars.c - compares single values: numbers by their size, words by their order, actions by
 * what they let through, masks bit by bit.
 */
#include "explain/diff.h"
#include "policy/print.h"
#include "policy/value.h"
#include <string.h>

unsigned diff_action_rank(const struct value_action *action)
{
    static const unsigned ranks[] = {[ACTION_KILL] = 0,
                                     [ACTION_REPORT] = 1,
                                     [ACTION_ERRNO] = 1,
                                     [ACTION_LOG] = 2,
                                     [ACTION_ALLOW] = 3};
    return ranks[action->kind];
}

static unsigned way_of_numbers(const struct key *key, uint64_t a, uint64_t b)
{
    return a == b ? 0 : a < b ? diff_way_up(key) : diff_way_down(key);
}

/* Each bit of a mask takes a permission away. */
static unsigned way_of_masks(unsigned a, unsigned b)
{
    return (a & ~b ? WAY_MORE : 0U) | (b & ~a ? WAY_LESS : 0U);
}

static unsigned way_of_actions(const struct key *key, const struct value_action *a,
                               const struct value_action *b)
{
    if (diff_action_rank(a) == diff_action_rank(b))
        return a->kind != b->kind || a->error != b->error ? WAY_OTHER : 0U;
    return way_of_numbers(key, diff_action_rank(a), diff_action_rank(b));
}

/* An empty text and none at all are the same. */
static unsigned way_of_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0 ? 0U : WAY_OTHER;
}

/* No default: the compiler tells of a type that is missing. */
static unsigned way_of(const struct key *key, const union value *a, const union value *b)
{
    switch ((enum type_id)(key->type - policy_types)) {
    case TYPE_string:
    case TYPE_path:
        return way_of_texts(a->string.v, b->string.v); /* a path has the same members */
    case TYPE_upper:                                   /* its text tells */
        return WAY_OTHER;
    case TYPE_size:
        return way_of_numbers(key, a->size.v, b->size.v);
    case TYPE_duration:
        return way_of_numbers(key, a->duration.v, b->duration.v);
    case TYPE_count:
        return way_of_numbers(key, a->count.v, b->count.v);
    case TYPE_ratio:
        return way_of_numbers(key, a->ratio.v, b->ratio.v);
    case TYPE_id:
        return way_of_numbers(key, a->id.v, b->id.v);
    case TYPE_nice: /* 0 to 19 */
        return way_of_numbers(key, (uint64_t)a->nice.v, (uint64_t)b->nice.v);
    case TYPE_mode:
        return way_of_masks(a->mode.v, b->mode.v);
    case TYPE_action:
        return way_of_actions(key, &a->action, &b->action);
    case TYPE_base: /* how much an overlay shows, its layers tell */
        if (a->word.v != b->word.v && (a->word.v == BASE_OVERLAY || b->word.v == BASE_OVERLAY))
            return WAY_OTHER;
        return way_of_numbers(key, (uint64_t)a->word.v, (uint64_t)b->word.v);
    case TYPE_share: /* enums: words in their order */
    case TYPE_yesno:
    case TYPE_dev:
    case TYPE_proc:
    case TYPE_sys:
    case TYPE_mqueue:
    case TYPE_enforce:
    case TYPE_netmode:
    case TYPE_driver:
    case TYPE_landlock:
    case TYPE_tell:
        return way_of_numbers(key, (uint64_t)a->word.v, (uint64_t)b->word.v);
    case TYPE_words: /* lists: diff_lists.c */
    case TYPE_paths:
    case TYPE_layers:
    case TYPE_views:
    case TYPE_binds:
    case TYPE_tmpfs:
    case TYPE_links:
    case TYPE_assigns:
    case TYPE_calls:
    case TYPE_families:
    case TYPE_abis:
    case TYPE_capabilities:
    case TYPE_variables:
    case TYPE_endpoints:
    case TYPE_ports:
    case TYPE_texts:
    case TYPE_rules: /* diff_rules.c */
    case TYPE_COUNT:
        break;
    }
    return 0;
}

void diff_value(struct diff *diff, unsigned ways, const struct key *key, const struct origin *from,
                const struct origin *to)
{
    const char *text_a = policy_value_text(&diff->arena, diff->a, key);
    const char *text_b = policy_value_text(&diff->arena, diff->b, key);
    const char *text = NULL;
    if (text_a && text_b && strcmp(text_a, text_b) == 0)
        return;
    if (text_a && text_b)
        text = arena_printf(&diff->arena, "%s -> %s", *text_a ? text_a : "nothing",
                            *text_b ? text_b : "nothing");
    diff_add(diff, ways, diff_name(diff, key), text, from, to);
}

void diff_scalar(struct diff *diff, const struct key *key)
{
    const char *const field_a = key_field(diff->a, key), *const field_b = key_field(diff->b, key);
    const size_t origin = value_origin_offset(key->type);
    union value a = {0}, b = {0};
    memcpy(&a, field_a, key->type->size);
    memcpy(&b, field_b, key->type->size);
    const unsigned ways = way_of(key, &a, &b);
    if (!ways)
        return;
    diff_value(diff, ways, key, (const void *)(field_a + origin), (const void *)(field_b + origin));
}
