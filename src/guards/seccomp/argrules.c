/* SPDX-License-Identifier: MIT
 *
 * argrules.c - rules on arguments, from the policy's items into the table of calls. Conditions are
 * read by condition.c.
 */
#include "guards/seccomp/argrules.h"
#include "guards/seccomp/condition.h"
#include <string.h>

/* The number of the call that a rule is about; -1 where this machine lacks it. */
static int resolve(const struct sbx_policy *policy, const struct item *item, int *number,
                   struct diag *diag)
{
    const struct call_list section = {
        .key = "syscall", .kind = ACTION_ALLOW, .abi = ABI_NATIVE, .i386 = calls_i386(policy)};
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
            resolve(policy, &list->items[i], &number, diag);
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

/* The rules of one call: `count` items. */
static int read_rules(const struct item *first, size_t count, struct arena *arena,
                      const struct call_rules **read, struct diag *diag)
{
    struct call_rules *rules = arena_alloc(arena, sizeof(*rules));
    struct call_rule *of = arena_array(arena, count, sizeof(*of));
    int result = 0;
    if (!rules || !of)
        return diag_memory(diag);
    for (size_t i = 0; i < count && !diag_stop(diag); i++)
        result |= read_rule(&first[i], arena, &of[i], diag);
    *rules = (struct call_rules){.of = of, .count = count};
    *read = rules;
    return result;
}

/* How many items from here on are about one call. */
static size_t count_rules(const struct item *first, const struct item *end)
{
    size_t count = 1;
    while (first + count < end && strcmp(first[count].first, first->first) == 0)
        count++;
    return count;
}

int rules_settle(const struct sbx_policy *policy, struct arena *arena, struct call_table *table,
                 struct diag *diag)
{
    const struct item *first = policy->syscall_rules.items;
    const struct item *end = first + policy->syscall_rules.count;
    int result = 0;
    for (size_t count; first < end && !diag_stop(diag); first += count) {
        const struct call_rules *rules;
        int number;
        count = count_rules(first, end);
        if (resolve(policy, first, &number, diag) != 0 ||
            read_rules(first, count, arena, &rules, diag) != 0)
            result = -1;
        else if (number >= 0)
            table->of[number].rules = rules;
    }
    return result;
}

/* ---- i386 ----------------------------------------------------------------------------------- */

static bool has_wide(const struct expr *expr)
{
    return expr->kind == EXPR_TEST ? expr->test.wide
                                   : has_wide(expr->left) || has_wide(expr->right);
}

/* Whether conditions hold for a call of i386 as they do for the native call that they were written
 * for: there each register has 32 bits. */
static int check_conditions(const struct call_rules *rules, int call, struct diag *diag)
{
    static const char hint[] =
        "say it of the call without a condition, or leave i386 out of syscalls.arch";
    for (size_t i = 0; i < rules->count; i++) {
        const struct call_rule *rule = &rules->of[i];
        if (!rule->condition || (!table_differs(call) && !has_wide(rule->condition)))
            continue;
        if (table_differs(call))
            return diag_error(diag, rule->item->origin, 0, hint,
                              "syscall %s.rules: the condition can't be kept for %s of i386, which "
                              "takes its arguments otherwise",
                              rule->item->first, table_name(call));
        return diag_error(diag, rule->item->origin, 0, hint,
                          "syscall %s.rules: the condition can't be kept for %s of i386: it "
                          "compares 64 bits, where i386 has 32",
                          rule->item->first, table_name(call));
    }
    return 0;
}

static int take_rules(const struct call_rules *rules, int number, struct call_table *i386,
                      struct diag *diag)
{
    if (check_conditions(rules, table_of_number(number, ABI_I386), diag) != 0)
        return -1;
    i386->of[number].rules = rules;
    return 0;
}

/* Those that are like a call, and have neither rules of their own nor stand in a list. */
static int take_alike(const struct sbx_policy *policy, const struct call_rules *rules, int call,
                      struct call_table *i386, struct diag *diag)
{
    const struct value_list *all = &policy->syscall_rules;
    int result = 0;
    for (int number = 0; number <= i386->newest && !diag_stop(diag); number++) {
        const int other = table_of_number(number, ABI_I386);
        bool named = i386->of[number].rank == RANK_NAME;
        if (other < 0 || table_like(other) != call)
            continue;
        for (size_t i = 0; i < all->count && !named; i++)
            named = strcmp(all->items[i].first, table_name(other)) == 0;
        if (!named)
            result |= take_rules(rules, number, i386, diag);
    }
    return result;
}

int rules_settle_i386(const struct sbx_policy *policy, struct arena *arena,
                      const struct call_table *native, struct call_table *i386, struct diag *diag)
{
    const struct item *first = policy->syscall_rules.items;
    const struct item *end = first + policy->syscall_rules.count;
    int result = 0;
    for (size_t count; first < end && !diag_stop(diag); first += count) {
        const int call = table_find(first->first);
        const int known = call < 0 ? -1 : table_number(call, ABI_NATIVE);
        const int number = call < 0 ? -1 : table_number(call, ABI_I386);
        const struct call_rules *rules = known < 0 ? NULL : native->of[known].rules;
        count = count_rules(first, end);
        if (!rules && number >= 0 && read_rules(first, count, arena, &rules, diag) != 0)
            return -1;
        if (rules && number >= 0)
            result |= take_rules(rules, number, i386, diag);
        if (rules)
            result |= take_alike(policy, rules, call, i386, diag);
    }
    return result;
}

/* ---- what they say -------------------------------------------------------------------------- */

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
