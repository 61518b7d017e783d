/* SPDX-License-Identifier: MIT
 *
 * idle.c - rules of a section [syscall NAME] that never decide: whoever wrote them believes
 * something that is not so. It is found out exactly, by the search that the proof rests on.
 */
#include "guards/seccomp/decide.h"
#include "guards/seccomp/members.h"

/* Whether no arguments bring a call to a rule and let it fit. With `alone` the rules before it are
 * left out. What would take too long is taken not to be. */
static bool is_idle(const struct call_rules *rules, size_t index, bool alone, uint64_t *work)
{
    const struct value_action others = {.kind = ACTION_ALLOW}, own = {.kind = ACTION_KILL};
    struct cases cases;
    cases.count = 0;
    cases.tell = TELL_NONE;
    for (size_t i = alone ? index : 0; i <= index; i++) {
        struct call_case *one = &cases.of[cases.count++];
        *one = (struct call_case){.action = i == index ? own : others};
        if (rules->of[i].condition)
            one->conditions[one->count++] = rules->of[i].condition;
    }
    cases.of[cases.count++] = (struct call_case){.action = others};
    return decide(&cases, NULL, 0, decide_answer(others, TELL_NONE), work) == DECISION_SAME;
}

static void review_call(const struct call_rules *rules, uint64_t *work, struct diag *diag)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct item *item = rules->of[i].item;
        if (!is_idle(rules, i, false, work))
            continue;
        if (is_idle(rules, i, true, work))
            diag_lint(diag, SBX_SEVERITY_WARNING, RULE_no_effect, item->origin,
                      "no arguments are like that: is || meant, or another value?",
                      "syscall %s.rules: '%s' can never fit", item->first, item->text);
        else
            diag_lint(
                diag, SBX_SEVERITY_NOTE, RULE_no_effect, item->origin,
                "take it away, or put it in front of them",
                "syscall %s.rules: '%s' has no effect: the rules before it decide all that it "
                "is about",
                item->first, item->text);
    }
}

void review_idle(const struct call_table *table, struct diag *diag)
{
    uint64_t work = 0;
    for (int number = 0; number < CALLS_MAX; number++)
        if (table->of[number].rules)
            review_call(table->of[number].rules, &work, diag);
}
