/* SPDX-License-Identifier: MIT
 *
 * cases.c - the rules on a call, those of its section and those of the house, as cases that can be
 * told and decided on. Reads no filter code.
 */
#include "guards/seccomp/cases.h"
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* Calls whose house rules are about more than the low word of an argument don't exist. */
static const struct expr *add_test(struct cases *cases, struct test test)
{
    struct expr *made = &cases->house[cases->house_count++];
    *made = (struct expr){.kind = EXPR_TEST, .test = test};
    return made;
}

/* A house rule as what it denies: up to two conditions, of which both must hold. */
struct denial {
    const struct expr *conditions[2];
    size_t count;
    struct value_action action;
    enum case_by by;
    const struct house_rule *house;
    const char *reason;
};

enum { DENIALS_MAX = HOUSE_RULES_OF_A_CALL + 1 };

static struct denial *add_denial(struct denial *denials, size_t *count,
                                 const struct house_rule *house, int error)
{
    struct denial *made = &denials[(*count)++];
    *made = (struct denial){.action = {.kind = ACTION_ERRNO, .error = error},
                            .by = BY_HOUSE,
                            .house = house,
                            .reason = house->reason};
    return made;
}

static void make_families(const struct sbx_policy *policy, struct cases *cases)
{
    for (size_t i = 0; i < policy->network_families.count; i++) {
        const uint64_t family = (uint64_t)(unsigned)policy->network_families.items[i].number;
        bool known = false;
        for (size_t j = 0; j < cases->family_count; j++)
            known |= cases->families[j] == family;
        if (!known && cases->family_count < CASES_FAMILIES)
            cases->families[cases->family_count++] = family;
    }
}

/* A family that is not named. The unix one is answered with an error, whatever the others get. */
static void deny_families(const struct sbx_policy *policy, const struct house_rule *house,
                          struct cases *cases, struct denial *denials, size_t *count)
{
    static const uint64_t local = AF_UNIX;
    struct test test = {.kind = TEST_EQUAL, .argument = house->argument, .mask = TEST_NARROW_MASK};
    bool named = false;
    make_families(policy, cases);
    for (size_t i = 0; i < cases->family_count; i++)
        named |= cases->families[i] == AF_UNIX;
    if (!named) {
        struct denial *unnamed = add_denial(denials, count, house, HOUSE_UNIX_ERROR);
        test.values = &local;
        test.count = 1;
        unnamed->conditions[unnamed->count++] = add_test(cases, test);
        unnamed->reason = house_unix_reason;
    }
    struct denial *other = add_denial(denials, count, house, 0);
    test.values = cases->families;
    test.count = cases->family_count;
    test.negated = true;
    if (cases->family_count)
        other->conditions[other->count++] = add_test(cases, test);
    other->action = policy->network_refused;
    other->by = BY_REFUSED;
}

static struct test test_of_gate(const struct house_gate *gate)
{
    if (gate->test == GATE_ANY_BIT)
        return (struct test){.kind = TEST_ANY, .argument = gate->argument, .mask = gate->values[0]};
    return (struct test){.kind = TEST_EQUAL,
                         .argument = gate->argument,
                         .mask = TEST_NARROW_MASK,
                         .values = gate->values,
                         .count = gate->count};
}

static void deny(const struct house_rule *house, struct cases *cases, struct denial *denials,
                 size_t *count)
{
    struct denial *made = add_denial(denials, count, house, house->error);
    struct test test = {.argument = house->argument,
                        .mask = house->mask ? house->mask : TEST_NARROW_MASK};
    if (house->gate.test != GATE_OPEN)
        made->conditions[made->count++] = add_test(cases, test_of_gate(&house->gate));
    if (house->test == HOUSE_DENY_ANY_BIT) {
        test.kind = TEST_ANY;
        test.mask = 0;
        for (size_t i = 0; i < house->count; i++)
            test.mask |= house->values[i];
    } else {
        test.kind = TEST_EQUAL;
        test.values = house->values;
        test.count = house->count;
        test.negated = house->test == HOUSE_PASS_EQUAL;
    }
    made->conditions[made->count++] = add_test(cases, test);
}

static size_t make_denials(const struct sbx_policy *policy, const struct call_table *table,
                           int number, struct cases *cases, struct denial denials[DENIALS_MAX])
{
    const struct house_rule *rules[HOUSE_RULES_OF_A_CALL];
    const size_t rule_count = house_rules_of(policy, table, number, rules);
    size_t count = 0;
    for (size_t i = 0; i < rule_count; i++)
        if (rules[i]->test == HOUSE_FAMILIES)
            deny_families(policy, rules[i], cases, denials, &count);
        else
            deny(rules[i], cases, denials, &count);
    return count;
}

static struct call_case *add_case(struct cases *cases, const struct call_rule *rule,
                                  struct value_action action, enum case_by by)
{
    struct call_case *made = &cases->of[cases->count++];
    *made = (struct call_case){.action = action, .by = by, .rule = rule};
    if (rule && rule->condition)
        made->conditions[made->count++] = rule->condition;
    return made;
}

/* What a rule gives, or the lists where it is NULL; first, where that lets the call through, what
 * the house takes back of it. */
static void add_cases(struct cases *cases, const struct call_rule *rule, struct value_action action,
                      const struct denial *denials, size_t count)
{
    for (size_t i = 0; i < count && action_passes(action); i++) {
        struct call_case *made = add_case(cases, rule, denials[i].action, denials[i].by);
        for (size_t j = 0; j < denials[i].count; j++)
            made->conditions[made->count++] = denials[i].conditions[j];
        made->house = denials[i].house;
        made->reason = denials[i].reason;
    }
    add_case(cases, rule, action, rule ? BY_RULE : BY_LISTS);
}

void cases_make(const struct sbx_policy *policy, const struct call_table *table, int number,
                struct cases *cases)
{
    const bool listed = number < CALLS_MAX;
    const struct call_rules *rules = listed ? table->of[number].rules : NULL;
    const int ends = listed ? house_ends(policy, table, number) : 0;
    struct denial denials[DENIALS_MAX];
    cases->count = cases->house_count = cases->family_count = 0;
    cases->tell = calls_tell(table, number);
    const size_t count = listed ? make_denials(policy, table, number, cases, denials) : 0;
    for (size_t i = 0; rules && i < rules->count; i++) {
        const struct call_rule *rule = &rules->of[i];
        if (ends && action_passes(rule->action)) {
            struct call_case *made =
                add_case(cases, rule, (struct value_action){.kind = ACTION_ERRNO, .error = ends},
                         BY_SETTLED);
            made->reason = house_settle_reason(table, number);
        } else {
            add_cases(cases, rule, rule->action, denials, count);
        }
    }
    if (rules_complete(rules))
        return;
    add_cases(cases, NULL, calls_standing(policy, table, number), denials, count);
}

/* ---- deciding ------------------------------------------------------------------------------- */

/* Takes away the conditions of a case that are known to hold. Returns false where one is known not
 * to. */
static bool narrow_case(struct call_case *one, const struct known *known)
{
    size_t left = 0;
    for (size_t i = 0; i < one->count; i++) {
        const struct expr *condition = one->conditions[i];
        const int holds = expr_known(condition, known);
        if (holds == 0)
            return false;
        if (holds < 0)
            one->conditions[left++] = condition;
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
            fits = fits && expr_holds(one->conditions[j], values);
        if (fits)
            return one;
    }
    return NULL;
}
