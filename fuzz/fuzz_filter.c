/* SPDX-License-Identifier: MIT
 *
 * fuzz_filter.c - verdicts by chance: the filter that is made of them is proved to be right; and
 * changed in any way, it is refused, or answers each call as the rules do. The input:
 *
 *     1 byte    actions of default, unknown and refused; whether namespaces may be nested
 *     1 byte    N, and N % 8 bytes: socket families
 *     1 byte    N, and N times 4 bytes: number (2), action, error value of one call
 *     the rest  of 7 bytes each: place (2), field, value (4) of one change of the program
 */
#include "expect.h"
#include "guards/seccomp/cases.h"
#include "guards/seccomp/decide.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/interpret.h"
#include "guards/seccomp/proof.h"
#include <errno.h>
#include <string.h>

enum { FAMILIES = 7, VALUES = 64, NEWEST = 460 };

struct input {
    const uint8_t *data;
    size_t left;
};

struct values {
    uint64_t of[VALUES];
    size_t count;
};

struct subject {
    struct sbx_policy policy;
    struct item families[FAMILIES];
    struct call_table table;
    struct filter filter;
    struct values changed; /* what the changes compare with */
};

static uint32_t take(struct input *input, unsigned bytes)
{
    uint32_t value = 0;
    for (; bytes; bytes--) {
        value = value << 8 | (input->left ? *input->data : 0);
        input->data += input->left > 0;
        input->left -= input->left > 0;
    }
    return value;
}

static void add(struct values *values, uint64_t value)
{
    if (values->count < VALUES)
        values->of[values->count++] = value;
}

static struct value_action action_of(unsigned kind, int error)
{
    return (struct value_action){.kind = (enum action_kind)(kind % 5), .error = error};
}

static void make_policy(struct subject *subject, struct input *input)
{
    struct sbx_policy *policy = &subject->policy;
    const uint32_t head = take(input, 1), families = take(input, 1) % (FAMILIES + 1);
    policy->syscalls_default = action_of(head, EACCES);
    policy->syscalls_unknown = action_of(head >> 2, ENOSYS);
    policy->network_refused =
        (struct value_action){.kind = head & 16 ? ACTION_KILL : ACTION_ERRNO, .error = EPERM};
    policy->namespaces_nested.v = head & 32 ? YESNO_YES : YESNO_NO;
    for (uint32_t i = 0; i < families; i++)
        subject->families[i].number = (int)take(input, 1);
    policy->network_families = (struct value_list){.items = subject->families, .count = families};
    subject->table.newest = NEWEST;
    subject->table.tell = (enum tell)((head >> 6) % 3);
    for (uint32_t calls = take(input, 1); calls; calls--) {
        const uint32_t number = take(input, 2) % (NEWEST + 1);
        const struct value_action action = action_of(take(input, 1), (int)take(input, 1));
        subject->table.of[number] =
            (struct call_verdict){.rank = RANK_NAME, .kind = action.kind, .error = action.error};
    }
}

static void change_program(struct subject *subject, struct input *input)
{
    while (subject->filter.count && input->left >= 7) {
        struct sock_filter *at = &subject->filter.code[take(input, 2) % subject->filter.count];
        const uint32_t field = take(input, 1) % 4, value = take(input, 4);
        if (field == 0)
            at->code = (uint16_t)value;
        else if (field == 1)
            at->jt = (uint8_t)value;
        else if (field == 2)
            at->jf = (uint8_t)value;
        else
            at->k = value;
        add(&subject->changed, at->k);
        add(&subject->changed, (uint64_t)at->k + 1);
    }
}

/* What the conditions on a call name, and what the changes do. */
static void make_values(const struct subject *subject, const struct cases *cases,
                        struct values *values)
{
    values->count = 0;
    add(values, 0);
    add(values, UINT64_MAX);
    for (size_t i = 0; i < cases->count; i++)
        for (size_t j = 0; j < cases->of[i].count; j++)
            for (size_t k = 0; k < cases->of[i].conditions[j].count; k++)
                add(values, condition_value(&cases->of[i].conditions[j], k));
    for (size_t i = 0; i < subject->changed.count; i++)
        add(values, subject->changed.of[i]);
}

static void check_call(const struct subject *subject, int number)
{
    struct cases cases;
    struct values values;
    cases_make(&subject->policy, &subject->table, number, &cases);
    make_values(subject, &cases, &values);
    for (size_t i = 0; i < values.count; i++)
        for (unsigned j = 0; j < 4; j++) {
            struct seccomp_data data = {.nr = number, .arch = NATIVE_ARCH};
            for (unsigned k = 0; k < 6; k++)
                data.args[k] =
                    j < 2 || (k ^ j) & 1 ? values.of[i] ^ (uint64_t)(j == 1) << 40 : UINT64_MAX;
            const struct call_case *one = cases_decide(&cases, (const uint64_t *)data.args);
            uint32_t answer = 0;
            EXPECT(interpret(subject->filter.code, subject->filter.count, &data, &answer) == 0,
                   "call %d", number);
            EXPECT(one && answer == decide_answer(one->action, cases.tell),
                   "call %d, argument %#llx", number, (unsigned long long)values.of[i]);
        }
}

static void check_foreign(const struct subject *subject, uint32_t arch, int number)
{
    const struct seccomp_data data = {.nr = number, .arch = arch};
    uint32_t answer = 0;
    EXPECT(interpret(subject->filter.code, subject->filter.count, &data, &answer) == 0 &&
               answer == SECCOMP_RET_KILL_PROCESS,
           "ABI %#x, call %d", arch, number);
}

static bool proved(const struct subject *subject, struct sbx_error *error)
{
    return proof_check(&subject->policy, &subject->table, subject->filter.code,
                       subject->filter.count, error) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct subject subject;
    struct input input = {data, size};
    struct sbx_error error = {0};
    struct diag diag = {.error = &error};
    memset(&subject, 0, sizeof(subject));
    make_policy(&subject, &input);
    EXPECT(filter_write(&subject.policy, &subject.table, &subject.filter, &diag) == 0, "%s",
           error.text);
    EXPECT(proved(&subject, &error), "%s", error.text);
    change_program(&subject, &input);
    if (!proved(&subject, &error)) {
        EXPECT(error.code == SBX_E_SETUP && *error.text && *error.hint, "%s", error.text);
        return 0;
    }
    for (int number = 0; number < CALLS_MAX; number++)
        check_call(&subject, number);
    check_foreign(&subject, AUDIT_ARCH_I386, 1);
    check_foreign(&subject, 0, -1);
#if defined(__x86_64__)
    check_foreign(&subject, NATIVE_ARCH, 0x40000001);
    check_foreign(&subject, NATIVE_ARCH, -1);
#endif
    for (size_t i = 0; i < subject.changed.count; i++)
        if (subject.changed.of[i] != NATIVE_ARCH)
            check_foreign(&subject, (uint32_t)subject.changed.of[i], 0);
    return 0;
}
