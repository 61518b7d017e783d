/* SPDX-License-Identifier: MIT
 *
 * Whether all inputs of a region get one answer, for regions and rules by hand.
 */
#include "guards/seccomp/decide.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "support/test.h"
#include <errno.h>

static struct cases cases;
static struct expr condition;

/* Denied with EPERM where the test holds. */
static void denied(struct test test)
{
    condition = (struct expr){.kind = EXPR_TEST, .test = test};
    cases.count = 2;
    cases.of[0] = (struct call_case){
        .conditions = {&condition}, .count = 1, .action = {.kind = ACTION_ERRNO, .error = EPERM}};
    cases.of[1] = (struct call_case){.action = {.kind = ACTION_ALLOW}};
}

enum { LOW = FIRST_ARGUMENT_WORD + 2, HIGH = LOW + 1 };
static const uint32_t deny = SECCOMP_RET_ERRNO | EPERM, pass = SECCOMP_RET_ALLOW;
#define ALL UINT32_MAX

struct row {
    struct fact facts[3];
    size_t count;
    uint32_t answer;
    enum decision decision;
};

static void expect(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t work = 0, much = DECIDE_WORK_MAX + 1;
        if (decide(&cases, rows[i].facts, rows[i].count, rows[i].answer, &work) != rows[i].decision)
            fail_msg("row %zu", i);
        assert_true(work > 0 && work < 1000000);
        assert_int_equal(decide(&cases, rows[i].facts, rows[i].count, rows[i].answer, &much),
                         DECISION_TOO_HARD);
    }
}

#define EXPECT_ROWS(rows) expect(rows, sizeof(rows) / sizeof((rows)[0]))

static void bits(void **state)
{
    const struct row rows[] = {
        {{{0}}, 0, pass, DECISION_OTHER},
        {{{BPF_JSET, LOW, ALL, 0x0c00, true}}, 1, deny, DECISION_SAME},
        {{{BPF_JSET, LOW, ALL, 0x0c00, false}}, 1, pass, DECISION_SAME},
        {{{BPF_JSET, LOW, ALL, 0x0400, false}}, 1, pass, DECISION_OTHER},
        {{{BPF_JSET, LOW, 0x0400, 0x0c00, true}}, 1, deny, DECISION_SAME},
        {{{BPF_JSET, LOW, ALL, 0x0c01, true}}, 1, deny, DECISION_OTHER},
        {{{BPF_JGT, LOW, ALL, 0x03ff, false}}, 1, pass, DECISION_SAME},
        {{{BPF_JGT, LOW, ALL, 0x0400, false}}, 1, pass, DECISION_OTHER},
        {{{BPF_JGE, LOW, 0x0fff, 0x0400, true}}, 1, deny, DECISION_SAME},
        {{{BPF_JEQ, LOW, 0x0c00, 0, true}}, 1, pass, DECISION_SAME},
        {{{BPF_JEQ, LOW, 0x0c00, 0, false}}, 1, deny, DECISION_SAME},
        {{{BPF_JEQ, HIGH, ALL, 0, false}}, 1, pass, DECISION_OTHER},
        {{{BPF_JEQ, LOW + 2, 0x0c00, 0, true}}, 1, pass, DECISION_OTHER},
        {{{BPF_JEQ, FIRST_ARGUMENT_WORD - 1, 0x0c00, 0, true}}, 1, pass, DECISION_OTHER},
    };
    (void)state;
    denied((struct test){.kind = TEST_ANY, .argument = 1, .mask = 0x0c00});
    EXPECT_ROWS(rows);
}

static void values(void **state)
{
    static const uint64_t seven[] = {7, 0x5412};
    const struct row rows[] = {
        {{{BPF_JEQ, LOW, ALL, 7, false}}, 1, pass, DECISION_OTHER},
        {{{BPF_JEQ, LOW, ALL, 7, false}, {BPF_JEQ, LOW, ALL, 0x5412, false}},
         2,
         pass,
         DECISION_SAME},
        {{{BPF_JEQ, LOW, ALL, 7, true}}, 1, deny, DECISION_SAME},
        {{{BPF_JEQ, LOW, ALL, 8, true}}, 1, deny, DECISION_OTHER},
        {{{BPF_JEQ, LOW, ALL, 8, true}, {BPF_JEQ, LOW, ALL, 7, true}}, 2, 42, DECISION_SAME},
        {{{BPF_JEQ, LOW, 0xff, 0x107, true}}, 1, 42, DECISION_SAME}, /* can't be */
        {{{BPF_JGE, LOW, ALL, 7, true}, {BPF_JGT, LOW, ALL, 7, false}}, 2, deny, DECISION_SAME},
        {{{BPF_JGT, LOW, ALL, ALL, true}}, 1, 42, DECISION_SAME}, /* can't be */
    };
    (void)state;
    denied((struct test){
        .kind = TEST_EQUAL, .argument = 1, .mask = TEST_NARROW_MASK, .values = seven, .count = 2});
    EXPECT_ROWS(rows);
}

/* A value that both halves decide about. */
static void wide_values(void **state)
{
    static const uint64_t value[] = {0x500000007};
    const struct row rows[] = {
        {{{BPF_JEQ, LOW, ALL, 7, true}}, 1, deny, DECISION_OTHER},
        {{{BPF_JEQ, HIGH, ALL, 5, true}}, 1, deny, DECISION_OTHER},
        {{{BPF_JEQ, LOW, ALL, 7, true}, {BPF_JEQ, HIGH, ALL, 5, true}}, 2, deny, DECISION_SAME},
        {{{BPF_JEQ, LOW, ALL, 7, true}, {BPF_JEQ, HIGH, ALL, 5, false}}, 2, pass, DECISION_SAME},
        {{{BPF_JEQ, LOW, ALL, 7, false}}, 1, pass, DECISION_SAME},
        {{{BPF_JGT, HIGH, ALL, 5, true}}, 1, pass, DECISION_SAME},
        {{{BPF_JGE, HIGH, ALL, 5, true}}, 1, pass, DECISION_OTHER},
    };
    (void)state;
    denied((struct test){.kind = TEST_EQUAL,
                         .argument = 1,
                         .wide = true,
                         .mask = TEST_WIDE_MASK,
                         .values = value,
                         .count = 1});
    EXPECT_ROWS(rows);
}

/* Below -2, in 32 bits. */
static void order(void **state)
{
    const uint32_t minus_2 = (uint32_t)-2, sign = 0x80000000;
    const struct row rows[] = {
        {{{BPF_JSET, LOW, ALL, sign, false}}, 1, pass, DECISION_SAME},
        {{{BPF_JSET, LOW, ALL, sign, true}}, 1, deny, DECISION_OTHER},
        {{{BPF_JSET, LOW, ALL, sign, true}, {BPF_JGE, LOW, ALL, minus_2, false}},
         2,
         deny,
         DECISION_SAME},
        {{{BPF_JGE, LOW, ALL, minus_2, true}}, 1, pass, DECISION_SAME},
        {{{BPF_JGE, LOW, ALL, minus_2 - 1, true}}, 1, pass, DECISION_OTHER},
    };
    (void)state;
    denied((struct test){.kind = TEST_LESS,
                         .argument = 1,
                         .is_signed = true,
                         .mask = TEST_NARROW_MASK,
                         .bound = minus_2});
    EXPECT_ROWS(rows);
}

static void negated_and_joined(void **state)
{
    static const uint64_t one[] = {1};
    const struct expr left = {
        .kind = EXPR_TEST,
        .test = {.kind = TEST_LESS, .argument = 1, .mask = TEST_NARROW_MASK, .bound = 4}};
    const struct expr right = {.kind = EXPR_TEST,
                               .test = {.kind = TEST_EQUAL,
                                        .argument = 1,
                                        .negated = true,
                                        .mask = TEST_NARROW_MASK,
                                        .values = one,
                                        .count = 1}};
    const struct row both[] = {
        {{{BPF_JGE, LOW, ALL, 4, true}}, 1, pass, DECISION_SAME},
        {{{BPF_JGE, LOW, ALL, 4, false}}, 1, deny, DECISION_OTHER},
        {{{BPF_JGE, LOW, ALL, 4, false}, {BPF_JEQ, LOW, ALL, 1, false}}, 2, deny, DECISION_SAME},
        {{{BPF_JEQ, LOW, ALL, 1, true}}, 1, pass, DECISION_SAME},
    };
    const struct row either[] = {
        {{{BPF_JEQ, LOW, ALL, 1, true}}, 1, deny, DECISION_SAME},
        {{{0}}, 0, deny, DECISION_SAME},
        {{{0}}, 0, pass, DECISION_OTHER},
    };
    (void)state;
    denied((struct test){.count = 0});
    condition = (struct expr){.kind = EXPR_AND, .left = &left, .right = &right};
    EXPECT_ROWS(both);
    condition.kind = EXPR_OR;
    EXPECT_ROWS(either);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits),
        cmocka_unit_test(values),
        cmocka_unit_test(wide_values),
        cmocka_unit_test(order),
        cmocka_unit_test(negated_and_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
