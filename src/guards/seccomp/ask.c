/* SPDX-License-Identifier: MIT
 *
 * ask.c - one question about one system call, and its answer. The filter is compiled and proved as
 * for a launch, or there is no answer.
 */
#include "base/utf8.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/numbers.h"
#include "guards/seccomp/proof.h"
#include "guards/seccomp/tell.h"
#include "guards/syscalls.h"
#include <string.h>

/* The question, and all that the answer rests on. */
struct question {
    struct call_view view;
    char name[CALL_NAME_SIZE];
    struct given given;
    struct known known;
    struct cases cases; /* narrowed by what is known */
    FILE *out;
};

/* ---- the parts of an answer ----------------------------------------------------------------- */

/* "ioctl(fd=1, cmd=TIOCSTI)" */
static void tell_call(const struct question *question)
{
    const struct given *given = &question->given;
    const char *separator = "";
    char name[ARGUMENT_NAME_SIZE];
    fprintf(question->out, "%s(", question->name);
    for (unsigned i = 0; i < given->count; i++) {
        if (!given->texts[i])
            continue;
        fprintf(question->out, "%s%s=", separator, argument_name(&given->arguments[i], i, name));
        text_put(question->out, given->texts[i]);
        separator = ", ";
    }
    fputs("): ", question->out);
}

static bool same_action(struct value_action a, struct value_action b)
{
    return a.kind == b.kind && a.error == b.error;
}

static bool all_alike(const struct cases *cases)
{
    for (size_t i = 1; i < cases->count; i++)
        if (!same_action(cases->of[i].action, cases->of[0].action))
            return false;
    return true;
}

/* "flags and mode": the arguments that a house rule looks at. */
static void tell_subjects(const struct question *question, const struct house_rule *rule)
{
    const struct argument *arguments = question->view.arguments;
    char name[ARGUMENT_NAME_SIZE];
    const unsigned gate = rule->gate.argument;
    if (rule->gate.test != GATE_OPEN)
        fprintf(question->out, "%s and ", argument_name(&arguments[gate], gate, name));
    fputs(argument_name(&arguments[rule->argument], rule->argument, name), question->out);
}

/* "depends on flags and mode": what is not known of them. */
static void tell_depends(const struct question *question)
{
    const struct cases *cases = &question->cases;
    char name[ARGUMENT_NAME_SIZE];
    unsigned asked = 0;
    for (size_t i = 0; i < cases->count; i++)
        for (size_t j = 0; j < cases->of[i].count; j++)
            asked |= expr_arguments(cases->of[i].conditions[j]);
    fputs("depends on ", question->out);
    for (unsigned i = 0, told = 0; i < ARGUMENTS_MAX; i++)
        if (asked & 1U << i && !question->known.given[i])
            fprintf(question->out, "%s%s", told++ ? " and " : "",
                    argument_name(&question->view.arguments[i], i, name));
}

/* The house rule on families, where a call has it. */
static const struct house_rule *families_of(const struct call_view *view)
{
    const struct house_rule *rules[HOUSE_RULES_OF_A_CALL];
    const size_t count = view->number < CALLS_MAX
                             ? house_rules_of(view->policy, view->table, view->number, rules)
                             : 0;
    for (size_t i = 0; i < count; i++)
        if (rules[i]->test == HOUSE_FAMILIES)
            return rules[i];
    return NULL;
}

/* Of a call that passes, where its family had a say: the word of network.families that names it. */
static void tell_family(const struct question *question, const struct house_rule *rule)
{
    const struct value_list *families = &question->view.policy->network_families;
    const unsigned argument = rule->argument;
    if (!question->known.given[argument]) {
        fputs(", and network.families", question->out);
        tell_origin(question->out, families->origin);
        return;
    }
    for (size_t i = 0; i < families->count; i++) {
        const struct item *item = &families->items[i];
        if ((uint32_t)item->number != (uint32_t)question->known.values[argument])
            continue;
        fputs(", and network.families '", question->out);
        text_put(question->out, item->text);
        fputc('\'', question->out);
        tell_origin(question->out, item->origin);
        return;
    }
}

/* Whether house_settle() has replaced what the lists say of the call. */
static bool settled(const struct call_view *view)
{
    return view->number <= view->table->newest && view->table->of[view->number].rank == RANK_NAME &&
           !view->table->of[view->number].by;
}

/* "[syscall socket] 'allow if domain == AF_UNIX' (FILE:LINE)" */
static void tell_own_rule(const struct question *question, const struct call_rule *rule)
{
    fputs("[syscall ", question->out);
    text_put(question->out, rule->item->first);
    fputs("] '", question->out);
    text_put(question->out, rule->item->text);
    fputc('\'', question->out);
    tell_origin(question->out, rule->item->origin);
}

static void tell_rule(const struct question *question, const struct call_case *one)
{
    const struct call_view *view = &question->view;
    const struct house_rule *families = families_of(view);
    FILE *out = question->out;
    fputs("rule: ", out);
    switch (one->by) {
    case BY_HOUSE:
        fputs("house rule on ", out);
        tell_subjects(question, one->house);
        fprintf(out, ": %s", one->reason);
        break;
    case BY_SETTLED:
        fprintf(out, "house rule: %s", one->reason);
        break;
    case BY_REFUSED:
        fputs("network.refused", out);
        tell_origin(out, view->policy->network_refused.origin);
        fprintf(out, ": %s", one->house->reason);
        break;
    case BY_RULE:
        tell_own_rule(question, one->rule);
        break;
    case BY_LISTS:
        if (settled(view))
            fprintf(out, "house rule: %s", house_settle_reason(view->table, view->number));
        else
            tell_lists(out, view);
        break;
    }
    if (families && (one->by == BY_RULE || one->by == BY_LISTS) && action_passes(one->action))
        tell_family(question, families);
    fputc('\n', out);
}

/* What the profile alone would have said, where a rule of ours has the last word. */
static void tell_without(const struct question *question, const struct call_case *one)
{
    const struct call_view *view = &question->view;
    if (one->by == BY_RULE || (one->by == BY_LISTS && !settled(view)))
        return;
    fputs("  without it: ", question->out);
    if (one->rule) {
        tell_action(question->out, one->rule->action);
        fputs(", by ", question->out);
        tell_own_rule(question, one->rule);
    } else {
        tell_action(question->out, calls_standing(view->policy, view->lists, view->number));
        fputs(", by ", question->out);
        tell_lists(question->out, view);
    }
    fputc('\n', question->out);
}

/* The kernel drops the high word of an int; a number that is only a sign's extension says the same.
 */
static void tell_widths(const struct question *question)
{
    const struct given *given = &question->given;
    char name[ARGUMENT_NAME_SIZE];
    for (unsigned i = 0; i < given->count; i++) {
        const uint64_t value = given->values[i];
        const uint64_t mask = argument_mask(&given->arguments[i]);
        const bool fits = value <= mask || value >= ~(mask / 2);
        if (given->texts[i] && !fits)
            fprintf(question->out,
                    "  note: %s has %d bits: of 0x%llx the kernel takes the low %s alone, 0x%llx\n",
                    argument_name(&given->arguments[i], i, name), __builtin_popcountll(mask),
                    (unsigned long long)value, mask == UINT16_MAX ? "half word" : "word",
                    (unsigned long long)(value & mask));
    }
}

/* Calls that the kernel itself puts into a probed program pass every filter (kernel/seccomp.c,
 * since Linux 6.14). */
static void tell_exempt(const struct question *question)
{
    if (strcmp(question->name, "uretprobe") == 0 || strcmp(question->name, "uprobe") == 0)
        fputs("  note: a kernel that knows this call may ask no filter about it; made by a program "
              "that is\n"
              "  not probed it does nothing but raise a signal\n",
              question->out);
}

static void tell_answer(const struct question *question)
{
    const struct cases *cases = &question->cases;
    tell_call(question);
    if (all_alike(cases))
        tell_action(question->out, cases->of[0].action);
    else
        tell_depends(question);
    fputc('\n', question->out);
    for (size_t i = 0; i < cases->count && cases->count > 1; i++) {
        const bool last = i + 1 == cases->count;
        fputs(last ? "  else" : "  where ", question->out);
        tell_conditions(question->out, &question->view, &cases->of[i]);
        fputs(": ", question->out);
        tell_action(question->out, cases->of[i].action);
        fputs("\n    ", question->out);
        tell_rule(question, &cases->of[i]);
    }
    if (cases->count == 1) {
        fputs("  ", question->out);
        tell_rule(question, &cases->of[0]);
        tell_without(question, &cases->of[0]);
    }
    tell_widths(question);
    tell_exempt(question);
}

/* ---- the question --------------------------------------------------------------------------- */

/* The cases of one ABI, for what is known. */
static void look(struct question *question, const struct call_table *lists,
                 const struct call_table *table, int number)
{
    question->view.lists = lists;
    question->view.table = table;
    question->view.number = number;
    cases_make(question->view.policy, table, number, &question->cases);
    cases_narrow(&question->cases, &question->known);
}

static bool same_cases(const struct cases *a, const struct cases *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++)
        same = same_action(a->of[i].action, b->of[i].action) && a->of[i].by == b->of[i].by &&
               a->of[i].rule == b->of[i].rule && a->of[i].house == b->of[i].house;
    return same;
}

/* What i386 makes of the call of that name, where it is allowed: told where it is something else,
 * or where no other ABI has the call. */
static void answer_i386(struct question *question, const struct call_table *lists,
                        const struct call_table *table, bool alone)
{
    const int call = table_find(question->name);
    const int number = call < 0 ? -1 : table_number(call, ABI_I386);
    struct question other = *question;
    if (!table->i386 || number < 0)
        return;
    look(&other, lists->i386, table->i386, number);
    if (!alone && same_cases(&other.cases, &question->cases))
        return;
    snprintf(other.name, sizeof(other.name), "i386 %s", table_name(call));
    tell_answer(&other);
}

/* What is told rests on the rules; that the filter does what they say is proved first, for every
 * call there is. A number of -1 is that of a call which only i386 has. */
static int answer(struct question *question, int number, const struct call_table *lists,
                  struct call_table *table, struct sbx_error *error)
{
    struct filter filter;
    struct diag diag = {.error = error};
    if (filter_write(question->view.policy, table, &filter, &diag) != 0 ||
        proof_check(question->view.policy, table, filter.code, filter.count, error) != 0)
        return -1;
    if (number >= 0) {
        look(question, lists, table, number);
        tell_answer(question);
    }
    answer_i386(question, lists, table, number < 0);
    return 0;
}

/* The name and the number of the call; -1 where only i386 has it, and is allowed. */
static int find_call(struct question *question, const char *text, int *number,
                     struct sbx_error *error)
{
    const int call = table_find(text);
    if (call >= 0 && table_number(call, ABI_NATIVE) < 0 && table_number(call, ABI_I386) >= 0 &&
        calls_i386(question->view.policy)) {
        *number = -1;
        snprintf(question->name, sizeof(question->name), "%s", text);
        return 0;
    }
    if (number_of_call(text, number, error) != 0)
        return -1;
    name_of_call(*number, question->name);
    return 0;
}

int syscalls_ask(const struct sbx_policy *policy, const char *call, const char *const *arguments,
                 size_t count, FILE *out, struct sbx_error *error)
{
    struct question question = {.out = out, .view = {.policy = policy}};
    struct call_table lists, table;
    struct diag diag = {.error = error};
    struct arena arena = {NULL};
    int number;
    if (find_call(&question, call, &number, error) != 0 ||
        arguments_read(question.name, arguments, count, &question.given, error) != 0)
        return -1;
    question.view.arguments = question.given.arguments;
    for (unsigned i = 0; i < question.given.count; i++) {
        question.known.given[i] = question.given.texts[i] != NULL;
        question.known.values[i] = question.given.values[i];
    }
    int result = filter_settle(policy, &arena, &lists, &diag);
    if (result == 0)
        result = calls_copy(&lists, &table, &arena, &diag);
    if (result == 0)
        result = answer(&question, number, &lists, &table, error);
    arena_free(&arena);
    return result;
}
