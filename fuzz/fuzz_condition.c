/* SPDX-License-Identifier: MIT
 *
 * fuzz_condition.c - any text as the condition of a rule: it is refused with a reason, or a filter
 * is made of it that is proved, and does for some registers what the condition says. The input:
 *
 *     1 byte    which call
 *     the rest  the condition
 */
#include "expect.h"
#include "guards/seccomp/argrules.h"
#include "guards/seccomp/condition.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/proof.h"
#include "support/bpf_sim.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

enum { TEXT_MAX = 4095, VALUES = 64 };

static const struct {
    const char *name;
    int number;
} calls[] = {{"lseek", SYS_lseek},         {"socket", SYS_socket},
             {"openat", SYS_openat},       {"ioctl", SYS_ioctl},
             {"mmap", SYS_mmap},           {"kill", SYS_kill},
             {"pread64", SYS_pread64},     {"prctl", SYS_prctl},
             {"getrandom", SYS_getrandom}, {"setpriority", SYS_setpriority},
             {"fcntl", SYS_fcntl},         {"getpid", SYS_getpid}};

static void add_values(const struct expr *expr, uint64_t values[VALUES], size_t *count)
{
    if (expr->kind != EXPR_TEST) {
        add_values(expr->left, values, count);
        add_values(expr->right, values, count);
        return;
    }
    for (size_t i = 0; i < expr->test.count && *count + 2 < VALUES; i++) {
        values[(*count)++] = expr->test.values[i];
        values[(*count)++] = expr->test.values[i] + (UINT64_C(1) << 32);
    }
    for (int near = -1; near < 2 && *count < VALUES; near++)
        values[(*count)++] = expr->test.bound + (uint64_t)(int64_t)near;
    if (*count < VALUES)
        values[(*count)++] = expr->test.mask;
}

static void try_values(const struct filter *filter, int number, const struct expr *expr)
{
    uint64_t values[VALUES] = {0, 1, UINT64_MAX, UINT32_MAX, UINT64_C(1) << 63, INT32_MAX};
    size_t count = 6;
    const struct sock_fprog program = {.len = (unsigned short)filter->count,
                                       .filter = (struct sock_filter *)filter->code};
    add_values(expr, values, &count);
    for (size_t i = 0; i < count * count; i++) {
        struct seccomp_data data = {.nr = number, .arch = NATIVE_ARCH};
        for (unsigned j = 0; j < 6; j++)
            data.args[j] = values[j % 2 ? i % count : i / count];
        const bool holds = expr_holds(expr, (const uint64_t *)data.args);
        const int64_t answer = bpf_sim(&program, &data);
        EXPECT(answer == (int64_t)(holds ? SECCOMP_RET_ERRNO | EXDEV : SECCOMP_RET_KILL_PROCESS),
               "%#llx, %#llx: %#llx", (unsigned long long)data.args[0],
               (unsigned long long)data.args[1], (unsigned long long)answer);
    }
}

/* Everything is killed but what the condition says, which fails. */
static void try_filter(int number, const struct item *item, const struct expr *expr)
{
    static struct call_table table;
    static struct filter filter;
    static struct sbx_policy policy;
    struct sbx_error error = {0};
    struct diag diag = {.error = &error};
    const struct call_rule rule = {
        .condition = expr, .action = {.kind = ACTION_ERRNO, .error = EXDEV}, .item = item};
    const struct call_rules rules = {.of = &rule, .count = 1};
    memset(&table, 0, sizeof(table));
    policy.syscalls_default.kind = policy.syscalls_unknown.kind = ACTION_KILL;
    policy.syscall_rules = (struct value_list){.items = item, .count = 1};
    table.newest = 460;
    table.of[number].rules = &rules;
    if (filter_write(&policy, &table, &filter, &diag) != 0) {
        EXPECT(error.code == SBX_E_PROFILE && *error.hint, "%s", error.text);
        return;
    }
    if (proof_check(&policy, &table, filter.code, filter.count, &error) != 0) {
        EXPECT(error.code == SBX_E_PROFILE && *error.hint, "%s", error.text);
        return;
    }
    try_values(&filter, number, expr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_MAX + 1];
    const struct expr *expr = NULL;
    struct arena arena = {NULL};
    struct sbx_error error = {0};
    struct diag diag = {.error = &error};
    if (size < 1 || size > TEXT_MAX || memchr(data, '\0', size))
        return 0;
    const size_t call = *data % (sizeof(calls) / sizeof(calls[0]));
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    const struct item item = {.first = calls[call].name, .second = text, .text = text};
    if (condition_read(&item, &arena, &expr, &diag) == 0)
        try_filter(calls[call].number, &item, expr);
    else
        EXPECT(!expr && error.code == SBX_E_PROFILE && *error.text, "%s", text);
    arena_free(&arena);
    return 0;
}
