/* SPDX-License-Identifier: MIT
 *
 * handed.c - calls that the filter has handed over: what each gets, found once more from its number
 * and its registers, and how that is told. Makes no answer to the kernel.
 */
#include "guards/seccomp/arguments.h"
#include "guards/seccomp/cases.h"
#include "guards/seccomp/decode.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/fix.h"
#include "guards/seccomp/numbers.h"
#include "policy/names.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct decider {
    const struct sbx_policy *policy;
    struct arena arena;      /* of what the table holds */
    struct call_table table; /* with the house rules */
};

int decider_new(const struct sbx_policy *policy, struct decider **rules, struct sbx_error *error)
{
    struct diag diag = {.error = error};
    struct decider *made = calloc(1, sizeof(*made));
    if (!made)
        return err_memory(error, "seccomp");
    made->policy = policy;
    if (filter_settle(policy, &made->arena, &made->table, &diag) != 0) {
        decider_free(made);
        return -1;
    }
    house_settle(policy, &made->table);
    *rules = made;
    return 0;
}

void decider_free(struct decider *rules)
{
    if (rules)
        arena_free(&rules->arena);
    free(rules);
}

uint32_t decider_arch(void)
{
    return NATIVE_ARCH;
}

static enum call_abi abi_of(uint32_t arch)
{
    return arch == AUDIT_ARCH_I386 ? ABI_I386 : ABI_NATIVE;
}

/* Whether the rules know nothing of an ABI: the filter lets none of its calls come here. */
static bool is_foreign(const struct decider *rules, uint32_t arch)
{
    return arch != NATIVE_ARCH && (arch != AUDIT_ARCH_I386 || !rules->table.i386);
}

/* The rules for the calls of an ABI that is not foreign. */
static const struct call_table *table_for(const struct decider *rules, uint32_t arch)
{
    return arch == NATIVE_ARCH ? &rules->table : rules->table.i386;
}

/* What the rules give; its conditions are gone with the cases. A number that no table has is one
 * that is newer. */
static struct call_case decide_call(const struct decider *rules, const struct call_made *call)
{
    const struct call_case dead = {.action = {.kind = ACTION_KILL}, .by = BY_LISTS};
    struct cases cases;
    if (is_foreign(rules, call->arch))
        return dead;
    if (call->number < 0 || call->number >= CALLS_MAX)
        return (struct call_case){.action = rules->policy->syscalls_unknown, .by = BY_LISTS};
    cases_make(rules->policy, table_for(rules, call->arch), call->number, &cases);
    const struct call_case *one = cases_decide(&cases, call->args);
    return one ? *one : dead;
}

struct value_action decider_decide(const struct decider *rules, const struct call_made *call)
{
    return decide_call(rules, call).action;
}

/* ---- as words ------------------------------------------------------------------------------- */

void call_name(uint32_t arch, int number, char *text, size_t size)
{
    char name[CALL_NAME_SIZE];
    snprintf(text, size, "%s%s", abi_of(arch) == ABI_NATIVE ? "" : "i386 ",
             name_on_abi(abi_of(arch), number, name));
}

void call_masks(uint32_t arch, int number, uint64_t masks[6])
{
    const enum call_abi abi = abi_of(arch);
    const uint64_t whole = abi == ABI_I386 ? UINT32_MAX : UINT64_MAX;
    struct argument arguments[ARGUMENTS_MAX];
    char name[CALL_NAME_SIZE];
    bool named;
    const size_t count = arguments_on_abi(abi, name_on_abi(abi, number, name), arguments, &named);
    for (size_t i = 0; i < ARGUMENTS_MAX; i++)
        masks[i] = i >= count ? 0 : arguments[i].kind == ARGUMENT_32 ? UINT32_MAX : whole;
}

void call_action_text(struct value_action action, char *text, size_t size)
{
    static const char *const words[] = {
        [ACTION_ALLOW] = "allow",   [ACTION_LOG] = "log",   [ACTION_ERRNO] = "errno",
        [ACTION_REPORT] = "report", [ACTION_KILL] = "kill",
    };
    const char *name = errno_name(action.error);
    if (action.kind != ACTION_ERRNO && action.kind != ACTION_REPORT)
        snprintf(text, size, "%s", words[action.kind]);
    else if (name)
        snprintf(text, size, "%s:%s", words[action.kind], name);
    else
        snprintf(text, size, "%s:%d", words[action.kind], action.error);
}

/* The line of [syscalls] that decides; the house rules that end whole calls have none. */
static struct origin tell_lists(const struct decider *rules, const struct call_made *call,
                                char *text, size_t size)
{
    const struct call_table *table = table_for(rules, call->arch);
    const int number = call->number;
    if (is_foreign(rules, call->arch)) {
        snprintf(text, size, "syscalls.arch");
        return rules->policy->syscalls_arch.origin;
    }
    if (number < 0 || number > table->newest || number >= CALLS_MAX) {
        snprintf(text, size, "syscalls.unknown");
        return rules->policy->syscalls_unknown.origin;
    }
    const struct call_verdict *verdict = &table->of[number];
    if (verdict->by) {
        snprintf(text, size, "%s %s", calls_key(verdict->kind), verdict->by->text);
        return verdict->by->origin;
    }
    if (verdict->rank != RANK_NONE) {
        snprintf(text, size, "a house rule: %s", house_settle_reason(table, number));
        return (struct origin){.file = NULL};
    }
    snprintf(text, size, "syscalls.default");
    return rules->policy->syscalls_default.origin;
}

static struct origin tell_rule(const struct decider *rules, const struct call_made *call,
                               const struct call_case *one, char *text, size_t size)
{
    switch (one->by) {
    case BY_HOUSE:
    case BY_SETTLED:
        snprintf(text, size, "a house rule: %s", one->reason);
        return (struct origin){.file = NULL};
    case BY_REFUSED:
        snprintf(text, size, "network.refused");
        return rules->policy->network_refused.origin;
    case BY_RULE:
        snprintf(text, size, "[syscall %s] %s", one->rule->item->first, one->rule->item->text);
        return one->rule->item->origin;
    case BY_LISTS:
        break;
    }
    return tell_lists(rules, call, text, size);
}

void decider_tell(const struct decider *rules, const struct call_made *call,
                  const struct call_memory *memory, struct sbx_denial *denial)
{
    const struct call_case one = decide_call(rules, call);
    char name[CALL_NAME_SIZE];
    call_name(call->arch, call->number, denial->call, sizeof(denial->call));
    decode_arguments(abi_of(call->arch), name_on_abi(abi_of(call->arch), call->number, name),
                     call->args, memory, denial->args, sizeof(denial->args), denial->path,
                     sizeof(denial->path));
    call_action_text(one.action, denial->action, sizeof(denial->action));
    const struct origin from = tell_rule(rules, call, &one, denial->rule, sizeof(denial->rule));
    denial->origin = (struct sbx_origin){.line = from.line, .column = from.column};
    snprintf(denial->origin.file, sizeof(denial->origin.file), "%s", from.file ? from.file : "");
    if (!action_passes(one.action) && !is_foreign(rules, call->arch))
        fix_call(rules->policy, table_for(rules, call->arch), call->number, call->args, denial);
}
