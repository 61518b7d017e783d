/* SPDX-License-Identifier: MIT
 *
 * Whether all inputs of a region get one answer, for regions and rules by hand.
 */
#include "guards/seccomp/decide.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "support/test.h"
#include <errno.h>

/* Denied with EPERM where argument 1 has a bit of `values`, or is one of them. */
static struct cases denied(enum condition_test test, const uint32_t *values, size_t count)
{
    struct cases cases = {.count = 2};
    cases.of[0].conditions[0] =
        (struct condition){.test = test, .argument = 1, .values = values, .count = count};
    cases.of[0].count = 1;
    cases.of[0].action = (struct value_action){.kind = ACTION_ERRNO, .error = EPERM};
    cases.of[1].action = (struct value_action){.kind = ACTION_ALLOW};
    return cases;
}

static void regions(void **state)
{
    static const uint32_t bits[] = {0x0c00}, values[] = {7, 0x5412};
    const struct cases any = denied(CONDITION_ANY_BIT, bits, 1);
    const struct cases one = denied(CONDITION_EQUAL, values, 2);
    const uint32_t deny = SECCOMP_RET_ERRNO | EPERM, pass = SECCOMP_RET_ALLOW, all = UINT32_MAX;
    enum { WORD = FIRST_ARGUMENT_WORD + 2 };
    const struct {
        const struct cases *cases;
        struct fact facts[3];
        size_t count;
        uint32_t answer;
        enum decision decision;
    } rows[] = {
        {&any, {{0}}, 0, pass, DECISION_OTHER},
        {&any, {{BPF_JSET, WORD, all, 0x0c00, true}}, 1, deny, DECISION_SAME},
        {&any, {{BPF_JSET, WORD, all, 0x0c00, false}}, 1, pass, DECISION_SAME},
        {&any, {{BPF_JSET, WORD, all, 0x0400, false}}, 1, pass, DECISION_OTHER},
        {&any, {{BPF_JSET, WORD, 0x0400, 0x0c00, true}}, 1, deny, DECISION_SAME},
        {&any, {{BPF_JSET, WORD, all, 0x0c01, true}}, 1, deny, DECISION_OTHER},
        {&any, {{BPF_JGT, WORD, all, 0x03ff, false}}, 1, pass, DECISION_SAME},
        {&any, {{BPF_JGT, WORD, all, 0x0400, false}}, 1, pass, DECISION_OTHER},
        {&any, {{BPF_JGE, WORD, 0x0fff, 0x0400, true}}, 1, deny, DECISION_SAME},
        {&any, {{BPF_JEQ, WORD, 0x0c00, 0, true}}, 1, pass, DECISION_SAME},
        {&any, {{BPF_JEQ, WORD, 0x0c00, 0, false}}, 1, deny, DECISION_SAME},
        {&any, {{BPF_JEQ, WORD + 1, all, 0, false}}, 1, pass, DECISION_OTHER},
        {&any, {{BPF_JEQ, WORD + 2, 0x0c00, 0, true}}, 1, pass, DECISION_OTHER},
        {&one, {{BPF_JEQ, WORD, all, 7, false}}, 1, pass, DECISION_OTHER},
        {&one,
         {{BPF_JEQ, WORD, all, 7, false}, {BPF_JEQ, WORD, all, 0x5412, false}},
         2,
         pass,
         DECISION_SAME},
        {&one, {{BPF_JEQ, WORD, all, 7, true}}, 1, deny, DECISION_SAME},
        {&one, {{BPF_JEQ, WORD, all, 8, true}}, 1, deny, DECISION_OTHER},
        {&one,
         {{BPF_JEQ, WORD, all, 8, true}, {BPF_JEQ, WORD, all, 7, true}},
         2,
         42,
         DECISION_SAME},
        {&one, {{BPF_JEQ, WORD, 0xff, 0x107, true}}, 1, 42, DECISION_SAME}, /* can't be */
        {&one,
         {{BPF_JGE, WORD, all, 7, true}, {BPF_JGT, WORD, all, 7, false}},
         2,
         deny,
         DECISION_SAME},
        {&one, {{BPF_JGT, WORD, all, all, true}}, 1, 42, DECISION_SAME}, /* can't be */
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (decide(rows[i].cases, rows[i].facts, rows[i].count, rows[i].answer) != rows[i].decision)
            fail_msg("row %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
