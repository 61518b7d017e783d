/* SPDX-License-Identifier: MIT
 *
 * expr.h - conditions on the arguments of a call, as data: comparisons joined by "and" and "or".
 * Immutable once made.
 */
#ifndef GUARDS_SECCOMP_EXPR_H
#define GUARDS_SECCOMP_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum test_kind {
    TEST_EQUAL, /* the bits of the mask are those of one of the values */
    TEST_ANY,   /* one of the bits of the mask is set */
    TEST_LESS,  /* what is left under the mask is below the bound */
};

/* One comparison. A narrow one is about the low word of the register and nothing else, because the
 * kernel takes no more: high bits that it drops must not hide a value. */
struct test {
    enum test_kind kind;
    unsigned argument;      /* 0 to 5 */
    bool wide;              /* both halves of the register */
    bool is_signed;         /* TEST_LESS: in the order of signed numbers; then the mask is whole */
    bool negated;           /* it holds where the comparison does not */
    uint64_t mask;          /* of a narrow one: 32 bits at the most */
    const uint64_t *values; /* TEST_EQUAL: `count` of them, none with a bit outside of the mask */
    size_t count;
    uint64_t bound; /* TEST_LESS */
};

enum expr_kind { EXPR_TEST, EXPR_AND, EXPR_OR };

struct expr {
    enum expr_kind kind;
    struct test test;                /* EXPR_TEST */
    const struct expr *left, *right; /* the others */
};

#define TEST_NARROW_MASK UINT64_C(0xffffffff)
#define TEST_WIDE_MASK   UINT64_MAX

/* The bit that tells a negative number of the test's width. */
static inline uint64_t test_sign(const struct test *test)
{
    return test->wide ? UINT64_C(1) << 63 : UINT64_C(1) << 31;
}

/* Whether an expression holds for registers. */
bool expr_holds(const struct expr *expr, const uint64_t values[6]);

/* What is known of the registers of a call. */
struct known {
    uint64_t values[6];
    bool given[6];
};

/* Whether it holds for all registers that are as known (1), for none (0), or that depends (-1). */
int expr_known(const struct expr *expr, const struct known *known);

/* The arguments that it asks about: bit N is argument N. */
unsigned expr_arguments(const struct expr *expr);

#endif
