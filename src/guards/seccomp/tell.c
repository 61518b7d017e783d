/* SPDX-License-Identifier: MIT
 *
 * tell.c - writes verdicts, rules and conditions for people. Decides nothing.
 */
#include "guards/seccomp/tell.h"
#include "base/utf8.h"
#include "guards/seccomp/constants.h"
#include "policy/names.h"

void tell_action(FILE *out, struct value_action action)
{
    const char *name = errno_name(action.error);
    switch (action.kind) {
    case ACTION_ALLOW:
        fputs("allow", out);
        return;
    case ACTION_LOG:
        fputs("log", out);
        return;
    case ACTION_KILL:
        fputs("kill", out);
        return;
    case ACTION_ERRNO:
    case ACTION_REPORT:
        break;
    }
    fputs(action.kind == ACTION_REPORT ? "report " : "errno ", out);
    if (name)
        fputs(name, out);
    else
        fprintf(out, "%d", action.error);
}

void tell_origin(FILE *out, struct origin origin)
{
    fputs(" (", out);
    text_put(out, origin.file ? origin.file : "built in");
    if (origin.file && origin.line)
        fprintf(out, ":%u", origin.line);
    if (origin.file && origin.line && origin.column)
        fprintf(out, ":%u", origin.column);
    fputc(')', out);
}

void tell_lists(FILE *out, const struct call_view *view)
{
    const struct sbx_policy *policy = view->policy;
    if (view->number > view->lists->newest) {
        fputs("syscalls.unknown", out);
        tell_origin(out, policy->syscalls_unknown.origin);
        fprintf(out, ": it is newer than the table, which ends with %d", view->lists->newest);
        return;
    }
    const struct call_verdict *verdict = &view->lists->of[view->number];
    if (!verdict->by) {
        fputs("syscalls.default", out);
        tell_origin(out, policy->syscalls_default.origin);
        fputs(": no list names it", out);
        return;
    }
    fprintf(out, "%s '", calls_key(verdict->kind));
    text_put(out, verdict->by->text);
    fputc('\'', out);
    tell_origin(out, verdict->by->origin);
}

/* ---- conditions ----------------------------------------------------------------------------- */

static void tell_value(FILE *out, struct slice sets, uint32_t value)
{
    const char *name = constant_of_value(sets, value);
    if (name)
        fputs(name, out);
    else
        fprintf(out, value < 10 ? "%u" : "0x%x", value);
}

/* Between the words of an enumeration. */
static void tell_separator(FILE *out, size_t index, size_t count)
{
    if (index)
        fputs(index + 1 == count ? " or " : ", ", out);
}

static void tell_bits(FILE *out, struct slice sets, uint32_t bits)
{
    const size_t count = (size_t)__builtin_popcount(bits);
    for (size_t i = 0; bits; i++, bits &= bits - 1) {
        const uint32_t bit = bits & -bits;
        const char *name = constant_of_bit(sets, bit);
        tell_separator(out, i, count);
        if (name)
            fputs(name, out);
        else
            fprintf(out, "0x%x", bit);
    }
}

static void tell_condition(FILE *out, const struct call_view *view,
                           const struct condition *condition)
{
    const struct argument *argument = &view->arguments[condition->argument];
    char name[ARGUMENT_NAME_SIZE];
    uint32_t bits = 0;
    fprintf(out, "%s %s ", argument_name(argument, condition->argument, name),
            condition->test == CONDITION_ANY_BIT ? "has" : "is");
    for (size_t i = 0; i < condition->count; i++) {
        bits |= condition_value(condition, i);
        if (condition->test == CONDITION_ANY_BIT)
            continue;
        tell_separator(out, i, condition->count);
        tell_value(out, argument->sets, condition_value(condition, i));
    }
    if (condition->test == CONDITION_ANY_BIT)
        tell_bits(out, argument->sets, bits);
}

void tell_conditions(FILE *out, const struct call_view *view, const struct call_case *one)
{
    for (size_t i = 0; i < one->count; i++) {
        fputs(i ? ", and " : "", out);
        tell_condition(out, view, &one->conditions[i]);
    }
}
