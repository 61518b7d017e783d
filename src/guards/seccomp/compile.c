/* SPDX-License-Identifier: MIT
 *
 * compile.c - from a policy to a filter, step by step, and what no machine could run. For the
 * launch and for those who only ask. Installs nothing.
 */
#include "guards/seccomp/argrules.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/house.h"
#include <stdio.h>
#include <sys/syscall.h>

static int check_needed(const struct sbx_policy *policy, const struct call_table *table, int number,
                        const char *name, const char *why, struct diag *diag)
{
    const struct call_verdict *verdict = &table->of[number];
    if (rules_may_pass(policy, table, number))
        return 0;
    if (verdict->rules)
        return diag_error(diag, verdict->rules->of[verdict->rules->count - 1].item->origin, 0,
                          "let a rule of the section allow it", "[syscall %s] denies %s, %s", name,
                          name, why);
    if (verdict->rank != RANK_NONE) {
        char hint[HINT_SIZE];
        const char *key = calls_key(verdict->kind);
        if (verdict->rank == RANK_GROUP)
            snprintf(hint, sizeof(hint), "add '%s' to syscalls.allow: a plain name beats a group",
                     name);
        else
            snprintf(hint, sizeof(hint), "take '%s' out of %s", verdict->by->text, key);
        return diag_error(diag, verdict->by->origin, 0, hint, "%s: '%s' denies %s, %s", key,
                          verdict->by->text, name, why);
    }
    struct origin where = policy->syscalls_allow.origin;
    return diag_error(diag, where.file ? where : policy->syscalls_default.origin, 0,
                      "add @base to syscalls.allow, or say extends = base in [profile]",
                      "syscalls.allow does not name %s, %s", name, why);
}

static const struct item *passing_rule(const struct call_rules *rules)
{
    size_t i = 0;
    while (!action_passes(rules->of[i].action))
        i++;
    return rules->of[i].item;
}

static int check_forbidden_call(const struct sbx_policy *policy, const struct call_table *table,
                                int number, struct diag *diag)
{
    const struct call_verdict *verdict = &table->of[number];
    const char *why, *instead;
    int result = 0;
    if (!house_forbids(table, number, &why, &instead))
        return 0;
    if (rules_pass(verdict->rules))
        result = diag_error(diag, passing_rule(verdict->rules)->origin, 0, instead,
                            "[syscall %s] can't let it pass: %s; it always answers ENOSYS",
                            passing_rule(verdict->rules)->first, why);
    if (verdict->rank != RANK_NAME || !calls_passes(policy, table, number))
        return result;
    return diag_error(diag, verdict->by->origin, 0, instead,
                      "syscalls.%s: '%s' can't be allowed: %s; it always answers ENOSYS",
                      verdict->kind == ACTION_LOG ? "log" : "allow", verdict->by->text, why);
}

static int check_forbidden(const struct sbx_policy *policy, const struct call_table *table,
                           struct diag *diag)
{
    int result = 0;
    for (int number = 0; number < CALLS_MAX; number++)
        result |= check_forbidden_call(policy, table, number, diag);
    return result;
}

/* The calls of i386. What is wrong natively, too, was found before. */
static int settle_i386(const struct sbx_policy *policy, struct arena *arena,
                       struct call_table *table, struct diag *diag)
{
    struct call_table *i386 = arena_alloc(arena, sizeof(*i386));
    if (!i386)
        return diag_memory(diag);
    if (calls_settle(policy, table, i386, diag) != 0 ||
        rules_settle_i386(policy, arena, table, i386, diag) != 0)
        return -1;
    for (int number = 0; number < CALLS_MAX; number++)
        if (table_translate(number, ABI_I386, ABI_NATIVE) < 0 &&
            check_forbidden_call(policy, i386, number, diag) != 0)
            return -1;
    table->i386 = i386;
    return 0;
}

/* No part of the guard's check(), so that a launch does it once. */
int filter_settle(const struct sbx_policy *policy, struct arena *arena, struct call_table *table,
                  struct diag *diag)
{
    int names = calls_settle(policy, NULL, table, diag);
    if (names != 0 && diag_stop(diag))
        return -1;
    names |= rules_settle(policy, arena, table, diag);
    if (names != 0 && diag_stop(diag))
        return -1;
    int result = names | check_forbidden(policy, table, diag);
    result |= check_needed(policy, table, SYS_execve, "execve",
                           "without which no program can start", diag);
    result |= check_needed(policy, table, SYS_exit_group, "exit_group",
                           "without which no program can end", diag);
    if (result == 0 && calls_i386(policy))
        result = settle_i386(policy, arena, table, diag);
    return result;
}

int filter_write(const struct sbx_policy *policy, struct call_table *table, struct filter *filter,
                 struct diag *diag)
{
    house_settle(policy, table);
    body_write(policy, table, filter);
    if (!filter->overflow)
        return 0;
    return diag_error(diag, policy->syscalls_allow.origin, 0,
                      "write fewer or simpler rules in the sections [syscall NAME]",
                      "the filter is longer than the %d instructions that the kernel takes",
                      BPF_MAXINSNS);
}
