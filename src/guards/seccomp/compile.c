/* SPDX-License-Identifier: MIT
 *
 * compile.c - from a policy to a filter, step by step, and what no machine could run. For the
 * launch and for those who only ask. Installs nothing.
 */
#include "guards/seccomp/filter.h"
#include "guards/seccomp/house.h"
#include <stdio.h>
#include <sys/syscall.h>

static int check_needed(const struct sbx_policy *policy, const struct call_table *table, int number,
                        const char *name, const char *why, struct diag *diag)
{
    const struct call_verdict *verdict = &table->of[number];
    if (calls_passes(policy, table, number))
        return 0;
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

static int check_forbidden(const struct sbx_policy *policy, const struct call_table *table,
                           struct diag *diag)
{
    int result = 0;
    for (int number = 0; number < CALLS_MAX; number++) {
        const struct call_verdict *verdict = &table->of[number];
        const char *why, *instead;
        if (verdict->rank != RANK_NAME || !calls_passes(policy, table, number) ||
            !house_forbids(number, &why, &instead))
            continue;
        result = diag_error(diag, verdict->by->origin, 0, instead,
                            "syscalls.%s: '%s' can't be allowed: %s; it always answers ENOSYS",
                            verdict->kind == ACTION_LOG ? "log" : "allow", verdict->by->text, why);
    }
    return result;
}

/* Looking every name up is too slow to be done twice, so that this is no part of the guard's
 * check(). */
int filter_settle(const struct sbx_policy *policy, struct call_table *table, struct diag *diag)
{
    int names = calls_settle(policy, table, diag);
    if (names != 0 && diag_stop(diag))
        return -1;
    int forbidden = check_forbidden(policy, table, diag);
    int start = check_needed(policy, table, SYS_execve, "execve",
                             "without which no program can start", diag);
    int end = check_needed(policy, table, SYS_exit_group, "exit_group",
                           "without which no program can end", diag);
    return names | forbidden | start | end;
}

int filter_write(const struct sbx_policy *policy, struct call_table *table, struct filter *filter,
                 struct diag *diag)
{
    filter->count = 0;
    filter->overflow = false;
    house_settle(policy, table);
    house_emit(policy, table, filter);
    body_append(policy, table, filter);
    if (!filter->overflow)
        return 0;
    return diag_error(diag, policy->syscalls_allow.origin, 0,
                      "name fewer system calls or socket families",
                      "the filter is longer than the %d instructions, or one of its jumps than the "
                      "255, that the kernel takes",
                      BPF_MAXINSNS);
}
