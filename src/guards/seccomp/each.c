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

static struct syscall_verdict verdict_of(const struct sbx_policy *policy,
                                         const struct call_table *table, const struct named *call)
{
    return (struct syscall_verdict){.name = call->name,
                                    .action = calls_standing(policy, table, call->number),
                                    .narrowed = house_rule_of(policy, table, call->number) != NULL};
}

int syscalls_each(const struct sbx_policy *policy,
                  void (*each)(void *context, const struct syscall_verdict *verdict), void *context,
                  struct sbx_error *error)
{
    struct named calls[CALLS_MAX];
    struct call_table table;
    struct diag diag = {.error = error};
    size_t count = 0;
    if (filter_settle(policy, &table, &diag) != 0)
        return -1;
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
    return 0;
}
