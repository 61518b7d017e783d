/* SPDX-License-Identifier: MIT
 *
 * decision.c - the rules on arguments as filter code: those of a call's section, and behind each of
 * them that lets the call through, those of the house. Decides nothing: whether it is right is
 * found out by proof.c, which reads nothing of this.
 */
#include "guards/seccomp/decision.h"
#include "guards/seccomp/argrules.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the low word of an argument is taken to come first"
#endif

#define SIGN_BIT 0x80000000U

uint32_t filter_return(struct value_action action, enum tell tell)
{
    if (action_told(action, tell))
        return SECCOMP_RET_USER_NOTIF;
    switch (action.kind) {
    case ACTION_ALLOW:
        return SECCOMP_RET_ALLOW;
    case ACTION_LOG:
        return SECCOMP_RET_LOG;
    case ACTION_ERRNO:
    case ACTION_REPORT:
        return SECCOMP_RET_ERRNO | ((uint32_t)action.error & SECCOMP_RET_DATA);
    case ACTION_KILL:
        break;
    }
    return SECCOMP_RET_KILL_PROCESS;
}

/* ---- conditions ----------------------------------------------------------------------------- */

static uint32_t low(uint64_t value)
{
    return (uint32_t)value;
}

static uint32_t high(uint64_t value)
{
    return (uint32_t)(value >> 32);
}

static place load_low(struct emit *emit, const struct test *test)
{
    return emit_load(emit, offsetof(struct seccomp_data, args) + test->argument * sizeof(uint64_t),
                     low(test->mask));
}

static place load_high(struct emit *emit, const struct test *test)
{
    return emit_load(emit,
                     offsetof(struct seccomp_data, args) + test->argument * sizeof(uint64_t) +
                         sizeof(uint32_t),
                     high(test->mask));
}

/* One of the values. Those with one high half stand behind one look at it. */
static place put_equal(struct emit *emit, const struct test *test, place yes, place no)
{
    if (!high(test->mask)) {
        place next = no;
        for (size_t i = test->count; i-- > 0;)
            next = emit_jump(emit, BPF_JEQ, low(test->values[i]), yes, next);
        return test->count ? load_low(emit, test) : no;
    }
    place next = no;
    for (size_t i = test->count; i-- > 0;) {
        size_t first = i;
        place in = no;
        while (first > 0 && high(test->values[first - 1]) == high(test->values[i]))
            first--;
        for (size_t j = i + 1; j-- > first;)
            in = emit_jump(emit, BPF_JEQ, low(test->values[j]), yes, j == i ? next : in);
        in = load_low(emit, test);
        emit_jump(emit, BPF_JEQ, high(test->values[i]), in, next);
        next = load_high(emit, test);
        i = first;
    }
    return next;
}

static place put_any(struct emit *emit, const struct test *test, place yes, place no)
{
    place next = no;
    if (low(test->mask)) {
        emit_jump(emit, BPF_JSET, low(test->mask), yes, no);
        next =
            emit_load(emit, offsetof(struct seccomp_data, args) + test->argument * sizeof(uint64_t),
                      UINT32_MAX);
    }
    if (!test->wide || !high(test->mask))
        return next;
    emit_jump(emit, BPF_JSET, high(test->mask), yes, next);
    return emit_load(emit,
                     offsetof(struct seccomp_data, args) + test->argument * sizeof(uint64_t) +
                         sizeof(uint32_t),
                     UINT32_MAX);
}

/* Of two numbers with one sign the order is that of their bits. */
static place put_less(struct emit *emit, const struct test *test, place yes, place no)
{
    const uint32_t top = test->wide ? high(test->bound) : low(test->bound);
    place next = emit_jump(emit, BPF_JGE, low(test->bound), no, yes);
    if (test->wide) {
        const place bottom = load_low(emit, test);
        next = emit_jump(emit, BPF_JEQ, top, bottom, yes);
        next = emit_jump(emit, BPF_JGT, top, no, next);
    }
    if (test->is_signed && (top & SIGN_BIT))
        emit_jump(emit, BPF_JSET, SIGN_BIT, next, no);
    else if (test->is_signed)
        emit_jump(emit, BPF_JSET, SIGN_BIT, yes, next);
    return test->wide ? load_high(emit, test) : load_low(emit, test);
}

static place put_test(struct emit *emit, const struct test *test, place yes, place no)
{
    const place on_true = test->negated ? no : yes, on_false = test->negated ? yes : no;
    switch (test->kind) {
    case TEST_EQUAL:
        return put_equal(emit, test, on_true, on_false);
    case TEST_ANY:
        return put_any(emit, test, on_true, on_false);
    case TEST_LESS:
        break;
    }
    return put_less(emit, test, on_true, on_false);
}

static place put_expr(struct emit *emit, const struct expr *expr, place yes, place no)
{
    switch (expr->kind) {
    case EXPR_AND:
        return put_expr(emit, expr->left, put_expr(emit, expr->right, yes, no), no);
    case EXPR_OR:
        return put_expr(emit, expr->left, yes, put_expr(emit, expr->right, yes, no));
    case EXPR_TEST:
        break;
    }
    return put_test(emit, &expr->test, yes, no);
}

/* ---- house rules ---------------------------------------------------------------------------- */

static place put_error(const struct decisions *of, int number, int error)
{
    const struct value_action fails = {.kind = ACTION_ERRNO, .error = error};
    return emit_return(of->emit, filter_return(fails, calls_tell(of->table, number)));
}

static place put_families(const struct decisions *of, int number, const struct test *test,
                          place pass)
{
    const struct value_list *families = &of->policy->network_families;
    place next = emit_return(
        of->emit, filter_return(of->policy->network_refused, calls_tell(of->table, number)));
    const place local = put_error(of, number, HOUSE_UNIX_ERROR);
    next = emit_jump(of->emit, BPF_JEQ, AF_UNIX, local, next);
    for (size_t i = families->count; i-- > 0;)
        next = emit_jump(of->emit, BPF_JEQ, (uint32_t)families->items[i].number, pass, next);
    return load_low(of->emit, test);
}

static place put_gate(struct emit *emit, const struct house_gate *gate, place inside, place pass)
{
    const struct test about = {.argument = gate->argument, .mask = TEST_NARROW_MASK};
    place next = pass;
    for (unsigned i = gate->count; i-- > 0;)
        next = emit_jump(emit, gate->test == GATE_ANY_BIT ? BPF_JSET : BPF_JEQ,
                         low(gate->values[i]), inside, next);
    return load_low(emit, &about);
}

/* Goes on to `pass` where the rule has nothing against it. */
static place put_house_rule(const struct decisions *of, int number, const struct house_rule *rule,
                            place pass)
{
    struct emit *emit = of->emit;
    const struct test test = {.argument = rule->argument,
                              .mask = rule->mask ? rule->mask : TEST_NARROW_MASK};
    if (rule->test == HOUSE_FAMILIES)
        return put_families(of, number, &test, pass);
    const bool pass_listed = rule->test == HOUSE_PASS_EQUAL;
    const place deny = put_error(of, number, rule->error);
    place next = pass_listed ? deny : pass;
    for (size_t i = rule->count; i-- > 0;)
        next = emit_jump(emit, rule->test == HOUSE_DENY_ANY_BIT ? BPF_JSET : BPF_JEQ,
                         low(rule->values[i]), pass_listed ? pass : deny, next);
    next = load_low(emit, &test);
    return rule->gate.test == GATE_OPEN ? next : put_gate(emit, &rule->gate, next, pass);
}

/* ---- calls ---------------------------------------------------------------------------------- */

void decisions_start(struct decisions *of, const struct sbx_policy *policy,
                     const struct call_table *table, struct emit *emit)
{
    of->policy = policy;
    of->table = table;
    of->emit = emit;
    of->shared_count = 0;
    memset(of->narrowed, 0, sizeof(of->narrowed));
    for (size_t i = 0; i < house_rule_count; i++)
        for (size_t j = 0; j < house_rules[i].calls; j++)
            if (house_number_in(table, house_rules[i].numbers[j]) >= 0)
                of->narrowed[house_number_in(table, house_rules[i].numbers[j])] |=
                    house_rule_holds(&house_rules[i], policy, table);
}

bool decision_needed(const struct decisions *of, int number)
{
    const struct call_rules *own = of->table->of[number].rules;
    if (own && own->count)
        return true;
    return of->narrowed[number] && action_passes(calls_standing(of->policy, of->table, number));
}

/* Where a call goes that gets this action. */
static place put_outcome(const struct decisions *of, int number, struct value_action action)
{
    const struct house_rule *rules[HOUSE_RULES_OF_A_CALL];
    const int ends = house_ends(of->policy, of->table, number);
    if (ends && action_passes(action))
        return put_error(of, number, ends);
    place next = emit_return(of->emit, filter_return(action, calls_tell(of->table, number)));
    if (!action_passes(action))
        return next;
    for (size_t i = house_rules_of(of->policy, of->table, number, rules); i-- > 0;)
        next = put_house_rule(of, number, rules[i], next);
    return next;
}

/* Calls without rules of their own that one and the same house rule narrows are decided alike. */
static place put_shared(struct decisions *of, int number, struct value_action action)
{
    const struct house_rule *rules[HOUSE_RULES_OF_A_CALL];
    const size_t count = house_rules_of(of->policy, of->table, number, rules);
    const uint32_t pass = filter_return(action, calls_tell(of->table, number));
    for (size_t i = 0; i < of->shared_count && count == 1; i++)
        if (of->shared[i].rule == rules[0] && of->shared[i].pass == pass &&
            of->shared[i].tell == calls_tell(of->table, number))
            return of->shared[i].start;
    const place start = put_outcome(of, number, action);
    if (count == 1 && of->shared_count < DECISIONS_SHARED) {
        of->shared[of->shared_count].rule = rules[0];
        of->shared[of->shared_count].pass = pass;
        of->shared[of->shared_count].tell = calls_tell(of->table, number);
        of->shared[of->shared_count++].start = start;
    }
    return start;
}

/* Rules with one action go to one place. */
static place put_rule_outcome(const struct decisions *of, int number,
                              const struct call_rules *rules, const place *outcomes, size_t index)
{
    const struct value_action action = rules->of[index].action;
    for (size_t i = index + 1; i < rules->count; i++)
        if (rules->of[i].action.kind == action.kind && rules->of[i].action.error == action.error)
            return outcomes[i];
    return put_outcome(of, number, action);
}

place decision_put(struct decisions *of, int number)
{
    const struct call_rules *rules = of->table->of[number].rules;
    const struct value_action lists = calls_standing(of->policy, of->table, number);
    place outcomes[RULES_OF_A_CALL], next = 0;
    if (!rules || !rules->count)
        return put_shared(of, number, lists);
    if (!rules_complete(rules))
        next = put_outcome(of, number, lists);
    for (size_t i = rules->count; i-- > 0;) {
        const struct expr *condition = rules->of[i].condition;
        outcomes[i] = put_rule_outcome(of, number, rules, outcomes, i);
        next = condition ? put_expr(of->emit, condition, outcomes[i], next) : outcomes[i];
    }
    return next;
}
