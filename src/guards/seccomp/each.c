/* SPDX-License-Identifier: MIT
 *
 * each.c - what every system call gets, for those who compare policies.
 */
#include "guards/seccomp/filter.h"
#include "guards/seccomp/house.h"
#include "guards/syscalls.h"
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

struct named {
    char *name; /* owned */
    int number;
};

static int by_name(const void *left, const void *right)
{
    const struct named *a = left, *b = right;
    return strcmp(a->name, b->name);
}

/* Whether some of what the lists let through is refused by its arguments: by a house rule, or in
 * the call's own section. */
static bool is_narrowed(const struct sbx_policy *policy, const struct call_table *table, int number)
{
    const struct house_rule *rules[HOUSE_RULES_OF_A_CALL];
    return table->of[number].rules || (action_passes(calls_standing(policy, table, number)) &&
                                       house_rules_of(policy, table, number, rules) > 0);
}

static struct syscall_verdict verdict_of(const struct sbx_policy *policy,
                                         const struct call_table *table, const struct named *call)
{
    return (struct syscall_verdict){.name = call->name,
                                    .action = calls_standing(policy, table, call->number),
                                    .narrowed = is_narrowed(policy, table, call->number)};
}

int syscalls_each(const struct sbx_policy *policy,
                  void (*each)(void *context, const struct syscall_verdict *verdict), void *context,
                  struct sbx_error *error)
{
    struct named calls[CALLS_MAX];
    struct call_table table;
    struct diag diag = {.error = error};
    struct arena arena = {NULL};
    size_t count = 0;
    if (filter_settle(policy, &arena, &table, &diag) != 0) {
        arena_free(&arena);
        return -1;
    }
    house_settle(policy, &table);
    for (int number = 0; number < CALLS_MAX; number++) {
        char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
        if (name)
            calls[count++] = (struct named){name, number};
    }
    qsort(calls, count, sizeof(calls[0]), by_name);
    for (size_t i = 0; i < count; i++) {
        const struct syscall_verdict verdict = verdict_of(policy, &table, &calls[i]);
        each(context, &verdict);
    }
    for (size_t i = 0; i < count; i++)
        free(calls[i].name);
    arena_free(&arena);
    return 0;
}
