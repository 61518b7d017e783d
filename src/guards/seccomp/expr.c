/* SPDX-License-Identifier: MIT
 *
 * expr.c - conditions, for registers that are known. Must not be used by what writes filters.
 */
#include "guards/seccomp/expr.h"

static bool compares(const struct test *test, uint64_t value)
{
    const uint64_t part = value & test->mask;
    const uint64_t flip = test->is_signed ? test_sign(test) : 0;
    switch (test->kind) {
    case TEST_ANY:
        return part != 0;
    case TEST_LESS:
        return (part ^ flip) < (test->bound ^ flip);
    case TEST_EQUAL:
        break;
    }
    for (size_t i = 0; i < test->count; i++)
        if (part == test->values[i])
            return true;
    return false;
}

int expr_known(const struct expr *expr, const struct known *known)
{
    if (expr->kind == EXPR_TEST) {
        const struct test *test = &expr->test;
        if (known->given[test->argument])
            return compares(test, known->values[test->argument]) != test->negated;
        return -1;
    }
    const int decides = expr->kind == EXPR_OR; /* what one of the two is enough for */
    const int left = expr_known(expr->left, known);
    if (left == decides)
        return left;
    const int right = expr_known(expr->right, known);
    return right == decides ? right : left < right ? left : right;
}

bool expr_holds(const struct expr *expr, const uint64_t values[6])
{
    struct known known;
    for (unsigned i = 0; i < 6; i++) {
        known.values[i] = values[i];
        known.given[i] = true;
    }
    return expr_known(expr, &known) == 1;
}

unsigned expr_arguments(const struct expr *expr)
{
    return expr->kind == EXPR_TEST ? 1U << expr->test.argument
                                   : expr_arguments(expr->left) | expr_arguments(expr->right);
}
