/* SPDX-License-Identifier: MIT
 *
 * cases.c - the house rules in words that can be told and decided on. Reads no filter code.
 */
#include "guards/seccomp/cases.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>

static struct call_case *add_case(struct cases *cases, struct value_action action, enum case_by by,
                                  const char *reason)
{
    struct call_case *made = &cases->of[cases->count++];
    *made = (struct call_case){.action = action, .by = by, .reason = reason};
    return made;
}

static void add_condition(struct call_case *to, enum condition_test test, unsigned argument,
                          const uint32_t *values, size_t count)
{
    to->conditions[to->count++] =
        (struct condition){.test = test, .argument = argument, .values = values, .count = count};
}

static void make_families(const struct sbx_policy *policy, const struct house_rule *rule,
                          struct value_action pass, struct cases *cases)
{
    static const uint32_t local = AF_UNIX;
    const struct value_action error = {.kind = ACTION_ERRNO, .error = HOUSE_UNIX_ERROR};
    const struct value_list *families = &policy->network_families;
    bool named = false;
    if (families->count) {
        struct call_case *listed = add_case(cases, pass, BY_FAMILIES, NULL);
        add_condition(listed, CONDITION_FAMILY, rule->argument, NULL, families->count);
        listed->conditions[0].numbers = families;
    }
    for (size_t i = 0; i < families->count; i++)
        named |= families->items[i].number == AF_UNIX;
    if (!named)
        add_condition(add_case(cases, error, BY_HOUSE, house_unix_reason), CONDITION_EQUAL,
                      rule->argument, &local, 1);
    add_case(cases, policy->network_refused, BY_REFUSED, NULL);
}

void cases_make(const struct sbx_policy *policy, const struct call_table *table, int number,
                struct cases *cases)
{
    const struct value_action pass = calls_standing(policy, table, number);
    const struct house_rule *rule = house_rule_of(policy, table, number);
    *cases = (struct cases){.rule = rule, .tell = calls_tell(table, number)};
    if (!rule) {
        add_case(cases, pass, BY_LISTS, NULL);
        return;
    }
    const struct value_action error = {.kind = ACTION_ERRNO, .error = rule->error};
    if (rule->test == HOUSE_FAMILIES) {
        make_families(policy, rule, pass, cases);
        return;
    }
    const bool passes = rule->test == HOUSE_PASS_EQUAL;
    struct call_case *first = passes ? add_case(cases, pass, BY_LISTS, NULL)
                                     : add_case(cases, error, BY_HOUSE, rule->reason);
    if (rule->gate)
        add_condition(first, CONDITION_ANY_BIT, rule->argument - 1, &rule->gate, 1);
    add_condition(first, rule->test == HOUSE_DENY_ANY_BIT ? CONDITION_ANY_BIT : CONDITION_EQUAL,
                  rule->argument, rule->values, rule->count);
    if (passes)
        add_case(cases, error, BY_HOUSE, rule->reason);
    else
        add_case(cases, pass, BY_LISTS, NULL);
}

uint32_t condition_value(const struct condition *condition, size_t index)
{
    return condition->numbers ? (uint32_t)condition->numbers->items[index].number
                              : condition->values[index];
}

static bool holds(const struct condition *condition, uint64_t value)
{
    const uint32_t low = (uint32_t)value;
    for (size_t i = 0; i < condition->count; i++) {
        const uint32_t wanted = condition_value(condition, i);
        if (condition->test == CONDITION_ANY_BIT ? (low & wanted) != 0 : low == wanted)
            return true;
    }
    return false;
}

/* Takes away the conditions of a case that are known to hold. Returns false where one is known not
 * to. */
static bool narrow_case(struct call_case *one, const struct known *known)
{
    size_t left = 0;
    for (size_t i = 0; i < one->count; i++) {
        const struct condition condition = one->conditions[i];
        if (!known->given[condition.argument])
            one->conditions[left++] = condition;
        else if (!holds(&condition, known->values[condition.argument]))
            return false;
    }
    one->count = left;
    return true;
}

void cases_narrow(struct cases *cases, const struct known *known)
{
    size_t left = 0;
    for (size_t i = 0; i < cases->count; i++) {
        struct call_case one = cases->of[i];
        if (!narrow_case(&one, known))
            continue;
        cases->of[left++] = one;
        if (one.count == 0)
            break;
    }
    cases->count = left;
}

const struct call_case *cases_decide(const struct cases *cases, const uint64_t values[6])
{
    for (size_t i = 0; i < cases->count; i++) {
        const struct call_case *one = &cases->of[i];
        bool fits = true;
        for (size_t j = 0; j < one->count; j++)
            fits = fits && holds(&one->conditions[j], values[one->conditions[j].argument]);
        if (fits)
            return one;
    }
    return NULL;
}
