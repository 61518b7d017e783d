/* SPDX-License-Identifier: MIT
 *
 * tell.c - writes verdicts, rules and conditions for people. Decides nothing.
 */
#include "guards/seccomp/tell.h"
#include "base/utf8.h"
#include "guards/seccomp/constants.h"
#include "policy/names.h"
#include <inttypes.h>
#include <string.h>

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

static void tell_value(FILE *out, struct slice sets, uint64_t value)
{
    const char *name = constant_of_value(sets, value);
    if (name)
        fputs(name, out);
    else
        fprintf(out, value < 10 ? "%" PRIu64 : "0x%" PRIx64, value);
}

/* Between the words of an enumeration. */
static void tell_separator(FILE *out, size_t index, size_t count)
{
    if (index)
        fputs(index + 1 == count ? " or " : ", ", out);
}

static void tell_bits(FILE *out, struct slice sets, uint64_t bits)
{
    const size_t count = (size_t)__builtin_popcountll(bits);
    for (size_t i = 0; bits; i++, bits &= bits - 1) {
        const uint64_t bit = bits & -bits;
        const char *name = constant_of_bit(sets, bit);
        tell_separator(out, i, count);
        if (name)
            fputs(name, out);
        else
            fprintf(out, "0x%" PRIx64, bit);
    }
}

/* A condition of the house: it is one comparison, of values or of bits. */
static void tell_test(FILE *out, const struct call_view *view, const struct test *test)
{
    const struct argument *argument = &view->arguments[test->argument];
    char name[ARGUMENT_NAME_SIZE];
    fputs(argument_name(argument, test->argument, name), out);
    if (test->kind == TEST_EQUAL && test->mask != TEST_NARROW_MASK)
        fprintf(out, " & 0x%" PRIx64, test->mask);
    fputs(test->kind == TEST_ANY ? " has " : " is ", out);
    if (test->kind == TEST_ANY) {
        tell_bits(out, argument->sets, test->mask);
        return;
    }
    if (test->negated)
        fputs("not ", out);
    for (size_t i = 0; i < test->count; i++) {
        tell_separator(out, i, test->count);
        tell_value(out, argument->sets, test->values[i]);
    }
}

void tell_conditions(FILE *out, const struct call_view *view, const struct call_case *one)
{
    for (size_t i = 0; i < one->count; i++) {
        fputs(i ? ", and " : "", out);
        if (one->rule && one->conditions[i] == one->rule->condition)
            text_put(out, strstr(one->rule->item->text, " if ") + strlen(" if "));
        else
            tell_test(out, view, &one->conditions[i]->test);
    }
}
