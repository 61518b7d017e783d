/* SPDX-License-Identifier: MIT
 *
 * argrules.c - rules on arguments, from the policy's items into the table of calls. Conditions are
 * read by condition.c.
 */
#include "guards/seccomp/argrules.h"
#include "guards/seccomp/condition.h"
#include <string.h>

static const struct call_list section = {.key = "syscall", .kind = ACTION_ALLOW};

/* The number of the call that a rule is about; -1 where this machine lacks it. */
static int resolve(const struct item *item, int *number, struct diag *diag)
{
    struct call_word word;
    if (calls_resolve(&section, item, &word, diag) != 0)
        return -1;
    *number = word.number;
    return 0;
}

void rules_names(const struct sbx_policy *policy, struct diag *diag)
{
    const struct value_list *list = &policy->syscall_rules;
    int number;
    for (size_t i = 0; i < list->count && !diag_stop(diag); i++)
        if (i == 0 || strcmp(list->items[i].first, list->items[i - 1].first) != 0)
            resolve(&list->items[i], &number, diag);
}

static int read_rule(const struct item *item, struct arena *arena, struct call_rule *rule,
                     struct diag *diag)
{
    *rule = (struct call_rule){.action = {.kind = item->kind,
                                          .error = calls_error(item->kind, item),
                                          .origin = item->origin},
                               .item = item};
    return item->second ? condition_read(item, arena, &rule->condition, diag) : 0;
}

/* The rules of one call: items first..last-1. */
static int settle_call(const struct item *first, const struct item *last, struct arena *arena,
                       struct call_table *table, struct diag *diag)
{
    const size_t count = (size_t)(last - first);
    int number, result = 0;
    if (resolve(first, &number, diag) != 0)
        return -1;
    struct call_rules *rules = arena_alloc(arena, sizeof(*rules));
    struct call_rule *of = arena_array(arena, count, sizeof(*of));
    if (!rules || !of)
        return diag_memory(diag);
    for (size_t i = 0; i < count && !diag_stop(diag); i++)
        result |= read_rule(&first[i], arena, &of[i], diag);
    *rules = (struct call_rules){.of = of, .count = count};
    if (number >= 0 && result == 0)
        table->of[number].rules = rules;
    return result;
}

int rules_settle(const struct sbx_policy *policy, struct arena *arena, struct call_table *table,
                 struct diag *diag)
{
    const struct item *items = policy->syscall_rules.items;
    const struct item *end = items + policy->syscall_rules.count;
    int result = 0;
    for (const struct item *first = items, *last; first < end && !diag_stop(diag); first = last) {
        for (last = first + 1; last < end && strcmp(last->first, first->first) == 0; last++)
            continue;
        result |= settle_call(first, last, arena, table, diag);
    }
    return result;
}

bool rules_complete(const struct call_rules *rules)
{
    return rules && rules->count && !rules->of[rules->count - 1].condition;
}

bool rules_pass(const struct call_rules *rules)
{
    for (size_t i = 0; rules && i < rules->count; i++)
        if (action_passes(rules->of[i].action))
            return true;
    return false;
}

bool rules_may_pass(const struct sbx_policy *policy, const struct call_table *table, int number)
{
    const struct call_rules *rules = table->of[number].rules;
    return rules_pass(rules) ||
           (!rules_complete(rules) && action_passes(calls_standing(policy, table, number)));
}
