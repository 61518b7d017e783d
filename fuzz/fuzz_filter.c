/* SPDX-License-Identifier: MIT
 *
 * fuzz_filter.c - verdicts by chance: the filter that is made of them is proved to be right; and
 * changed in any way, it is refused, or answers each call as the rules do. The input:
 *
 *     1 byte    actions of default, unknown and refused; whether namespaces may be nested
 *     1 byte    N, and N % 8 bytes: socket families
 *     1 byte    N, and N times 4 bytes: number (2), action, error value of one call
 *     1 byte    N: with 128 there is i386, with 64 of other verdicts; with 32 kills are not told
 *
 * and N % 8 times 16 bytes: number (2) of a call, action, error value of a rule, and of each of two
 * comparisons: kind, argument and width, value (4); the rest, 7 bytes each: place (2), field, value
 * (4) of one change of the program.
 */
#include "expect.h"
#include "guards/seccomp/cases.h"
#include "guards/seccomp/decide.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/proof.h"
#include "support/bpf_sim.h"
#include <errno.h>
#include <string.h>

enum { FAMILIES = 7, RULES = 7, VALUES = 96, NEWEST = 460 };

struct input {
    const uint8_t *data;
    size_t left;
};

struct values {
    uint64_t of[VALUES];
    size_t count;
};

/* A rule on a call, and what it is made of. */
struct ruled {
    struct call_rules rules;
    struct call_rule rule;
    struct expr test, before, joined;
    uint64_t value, value_before;
};

struct subject {
    struct sbx_policy policy;
    struct item families[FAMILIES];
    struct ruled ruled[RULES];
    struct item none; /* which rules are of */
    struct call_table table, i386;
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

static void make_test(struct expr *expr, uint64_t *value, struct input *input)
{
    const uint32_t kind = take(input, 1), about = take(input, 1);
    struct test *test = &expr->test;
    expr->kind = EXPR_TEST;
    test->kind = (enum test_kind)(kind % 3);
    test->wide = about & 8;
    test->negated = about & 16;
    test->argument = about % 6;
    test->mask = test->wide ? TEST_WIDE_MASK : TEST_NARROW_MASK;
    *value = (uint64_t)take(input, 2) << (about & 64 ? 32 : 0) | take(input, 2);
    if (about & 32 && *value & test->mask)
        test->mask &= *value | 0xff00ff;
    test->is_signed = kind & 4 && (test->mask == TEST_WIDE_MASK || test->mask == TEST_NARROW_MASK);
    if (test->is_signed && kind & 8)
        *value = -*value;
    *value &= test->mask;
    test->bound = *value;
    test->values = value;
    test->count = kind & 16 ? 0 : 1;
}

/* A rule that stands in front of what the call's verdict is. */
static void make_rule(struct subject *subject, struct ruled *ruled, struct input *input)
{
    const uint32_t number = take(input, 2) % (NEWEST + 1);
    const uint32_t action = take(input, 1);
    ruled->rule.action = action_of(action, (int)take(input, 1));
    make_test(&ruled->test, &ruled->value, input);
    make_test(&ruled->before, &ruled->value_before, input);
    ruled->joined = (struct expr){
        .kind = action & 16 ? EXPR_AND : EXPR_OR, .left = &ruled->before, .right = &ruled->test};
    ruled->rule.condition = action & 32 ? &ruled->joined : action & 64 ? NULL : &ruled->test;
    ruled->rule.item = &subject->none;
    ruled->rules = (struct call_rules){.of = &ruled->rule, .count = 1};
    subject->table.of[number].rules = &ruled->rules;
    if (subject->table.i386 && action & 8)
        subject->i386.of[number].rules = &ruled->rules;
}

/* On x86_64, and sometimes: all verdicts once more, for other calls of i386; rules for both. */
static void make_i386(struct subject *subject, bool wanted, bool other)
{
    struct call_table *i386 = &subject->i386;
    if (!wanted || ABI_NATIVE != ABI_X86_64)
        return;
    *i386 = subject->table;
    i386->abi = ABI_I386;
    for (int number = 0; number <= NEWEST && other; number++)
        i386->of[number] = subject->table.of[NEWEST - number];
    subject->table.i386 = i386;
}

static void make_rules(struct subject *subject, uint32_t count, struct input *input)
{
    for (uint32_t i = 0; i < count; i++)
        make_rule(subject, &subject->ruled[i], input);
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
    subject->table.abi = ABI_NATIVE;
    subject->table.tell = (enum tell)((head >> 6) % 3);
    for (uint32_t calls = take(input, 1); calls; calls--) {
        const uint32_t number = take(input, 2) % (NEWEST + 1);
        const struct value_action action = action_of(take(input, 1), (int)take(input, 1));
        subject->table.of[number] =
            (struct call_verdict){.rank = RANK_NAME, .kind = action.kind, .error = action.error};
    }
    const uint32_t rules = take(input, 1);
    if (rules & 32)
        subject->table.tell = (enum tell)(subject->table.tell | TELL_BUT_KILLS);
    make_i386(subject, rules & 128, rules & 64);
    make_rules(subject, rules % (RULES + 1), input);
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

static void add_near(struct values *values, uint64_t value)
{
    add(values, value);
    add(values, value + 1);
    add(values, value - 1);
}

static void add_of(struct values *values, const struct expr *expr)
{
    if (expr->kind != EXPR_TEST) {
        add_of(values, expr->left);
        add_of(values, expr->right);
        return;
    }
    add_near(values, expr->test.bound);
    add(values, expr->test.mask);
    for (size_t i = 0; i < expr->test.count; i++)
        add_near(values, expr->test.values[i]);
}

/* What the conditions on a call name, and what the changes do. */
static void make_values(const struct subject *subject, const struct cases *cases,
                        struct values *values)
{
    values->count = 0;
    add(values, 0);
    add(values, UINT64_MAX);
    for (size_t i = 0; i < subject->changed.count && i < VALUES / 3; i++)
        add(values, subject->changed.of[i]);
    for (size_t i = 0; i < cases->count; i++)
        for (size_t j = 0; j < cases->of[i].count; j++)
            add_of(values, cases->of[i].conditions[j]);
}

/* -1 where the program can't be run. */
static int64_t answer_of(const struct subject *subject, const struct seccomp_data *data)
{
    const struct sock_fprog program = {.len = (unsigned short)subject->filter.count,
                                       .filter = (struct sock_filter *)subject->filter.code};
    return bpf_sim(&program, data);
}

static void check_call(const struct subject *subject, const struct call_table *table, uint32_t arch,
                       int number)
{
    static struct cases cases;
    static struct values values;
    cases_make(&subject->policy, table, number, &cases);
    make_values(subject, &cases, &values);
    for (size_t i = 0; i < values.count; i++)
        for (unsigned j = 0; j < 4; j++) {
            struct seccomp_data data = {.nr = number, .arch = arch};
            for (unsigned k = 0; k < 6; k++)
                data.args[k] =
                    j < 2 || (k ^ j) & 1 ? values.of[i] ^ (uint64_t)(j == 1) << 40 : UINT64_MAX;
            const struct call_case *one = cases_decide(&cases, (const uint64_t *)data.args);
            EXPECT(one &&
                       answer_of(subject, &data) == (int64_t)decide_answer(one->action, cases.tell),
                   "call %d, argument %#llx", number, (unsigned long long)values.of[i]);
        }
}

static void check_foreign(const struct subject *subject, uint32_t arch, int number)
{
    const struct seccomp_data data = {.nr = number, .arch = arch};
    EXPECT(answer_of(subject, &data) == (int64_t)SECCOMP_RET_KILL_PROCESS, "ABI %#x, call %d", arch,
           number);
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
        EXPECT((error.code == SBX_E_SETUP || error.code == SBX_E_PROFILE) && *error.text &&
                   *error.hint,
               "%s", error.text);
        return 0;
    }
    for (int number = 0; number < CALLS_MAX; number++)
        check_call(&subject, &subject.table, NATIVE_ARCH, number);
    for (int number = 0; number < CALLS_MAX && subject.table.i386; number++)
        check_call(&subject, &subject.i386, AUDIT_ARCH_I386, number);
    if (!subject.table.i386)
        check_foreign(&subject, AUDIT_ARCH_I386, 1);
    check_foreign(&subject, 0, -1);
#if defined(__x86_64__)
    check_foreign(&subject, NATIVE_ARCH, 0x40000001);
    check_foreign(&subject, NATIVE_ARCH, -1);
#endif
    for (size_t i = 0; i < subject.changed.count; i++)
        if (subject.changed.of[i] != NATIVE_ARCH && subject.changed.of[i] != AUDIT_ARCH_I386)
            check_foreign(&subject, (uint32_t)subject.changed.of[i], 0);
    return 0;
}
