/* SPDX-License-Identifier: MIT
 *
 * each.c - what every system call gets, for those who compare policies.
 */
#include "guards/seccomp/filter.h"
#include "guards/seccomp/house.h"
#include "guards/syscalls.h"

/* Whether some of what the lists let through is refused by its arguments: by a house rule, or in
 * the call's own section. */
static bool is_narrowed(const struct sbx_policy *policy, const struct call_table *table, int number)
{
    const struct house_rule *rules[HOUSE_RULES_OF_A_CALL];
    return table->of[number].rules || (action_passes(calls_standing(policy, table, number)) &&
                                       house_rules_of(policy, table, number, rules) > 0);
}

static struct syscall_verdict verdict_of(const struct sbx_policy *policy,
                                         const struct call_table *table, int call, int number)
{
    return (struct syscall_verdict){.name = table_name(call),
                                    .action = calls_standing(policy, table, number),
                                    .narrowed = is_narrowed(policy, table, number)};
}

int syscalls_each(const struct sbx_policy *policy,
                  void (*each)(void *context, const struct syscall_verdict *verdict), void *context,
                  struct sbx_error *error)
{
    struct call_table table;
    struct diag diag = {.error = error};
    struct arena arena = {NULL};
    if (filter_settle(policy, &arena, &table, &diag) != 0) {
        arena_free(&arena);
        return -1;
    }
    house_settle(policy, &table);
    for (int call = 0; call < (int)table_count(); call++) {
        const int number = table_number(call, ABI_NATIVE);
        const int only = number < 0 ? table_number(call, ABI_I386) : -1;
        if (number < 0 && (!table.i386 || only < 0))
            continue;
        const struct syscall_verdict verdict = number >= 0
                                                   ? verdict_of(policy, &table, call, number)
                                                   : verdict_of(policy, table.i386, call, only);
        each(context, &verdict);
    }
    arena_free(&arena);
    return 0;
}
