/* SPDX-License-Identifier: MIT
 *
 * each.c - what every system call gets, for those who compare policies.
 */
#include "guards/seccomp/filter.h"
#include "guards/seccomp/house.h"
#include "guards/syscalls.h"

static struct syscall_verdict verdict_of(const struct sbx_policy *policy,
                                         const struct call_table *table, int call, int number)
{
    return (struct syscall_verdict){.name = table_name(call),
                                    .action = calls_standing(policy, table, number),
                                    .narrowed = house_rule_of(policy, table, number) != NULL};
}

int syscalls_each(const struct sbx_policy *policy,
                  void (*each)(void *context, const struct syscall_verdict *verdict), void *context,
                  struct sbx_error *error)
{
    struct call_table table;
    struct diag diag = {.error = error};
    if (filter_settle(policy, &table, &diag) != 0)
        return -1;
    house_settle(policy, &table);
    for (int call = 0; call < (int)table_count(); call++) {
        const int number = table_number(call, ABI_NATIVE);
        if (number < 0)
            continue;
        const struct syscall_verdict verdict = verdict_of(policy, &table, call, number);
        each(context, &verdict);
    }
    return 0;
}
