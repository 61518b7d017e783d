/* SPDX-License-Identifier: MIT
 *
 * decide.c - answers by halving: a box of inputs is a set of known bits in each argument. What the
 * box leaves open in a fact or in a condition is found out by trying both values of one more bit of
 * it. Boxes outside the region, and boxes where all is answered, end it; few bits are ever open.
 *
 * A fact is about one argument, and so is a comparison of the rules. So each comparison is first
 * looked at by itself, in the region's part of its argument: mostly that tells all. Only where the
 * program asks something else than the rules do are the arguments searched together.
 */
#include "guards/seccomp/decide.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

enum {
    ARGUMENTS = 6,
    BOXES_MAX = 20000, /* some milliseconds; the shipped profiles need less than a hundred */
};

/* Registers of which the bits of `known` are those of `value`. */
struct bits {
    uint64_t known, value;
};

struct box {
    struct bits of[ARGUMENTS];
};

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_OPEN };

/* What has to be known next: some bit of these. */
struct open {
    unsigned argument;
    uint64_t bits; /* 0: nothing is open */
};

struct search {
    const struct cases *cases;
    const struct fact *facts;
    size_t count;
    size_t begin[ARGUMENTS + 1]; /* those about argument N: begin[N] up to begin[N + 1] */
    uint32_t answer;
    unsigned boxes;
    uint64_t *work;
    size_t size; /* of the cases: what is looked at to decide by them once */
};

uint32_t decide_answer(struct value_action action, enum tell tell)
{
    const bool kernel_kills = tell >= TELL_BUT_KILLS;
    const int what = kernel_kills ? (int)tell - TELL_BUT_KILLS : (int)tell;
    const bool kept = what == TELL_NONE || (what == TELL_KILLS && action.kind == ACTION_ERRNO) ||
                      (kernel_kills && action.kind == ACTION_KILL);
    if (!kept && (action.kind != ACTION_ALLOW || what == TELL_WATCH))
        return SECCOMP_RET_USER_NOTIF;
    if (action.kind == ACTION_ALLOW)
        return SECCOMP_RET_ALLOW;
    if (action.kind == ACTION_LOG)
        return SECCOMP_RET_LOG;
    if (action.kind == ACTION_ERRNO || action.kind == ACTION_REPORT)
        return SECCOMP_RET_ERRNO + (uint32_t)action.error;
    return SECCOMP_RET_KILL_PROCESS;
}

/* ---- what a box tells ----------------------------------------------------------------------- */

static enum truth equal(struct bits bits, uint64_t mask, uint64_t k)
{
    if ((k & ~mask) != 0 || ((bits.value ^ k) & bits.known & mask) != 0)
        return TRUTH_NO;
    return (mask & ~bits.known) == 0 ? TRUTH_YES : TRUTH_OPEN;
}

static enum truth any_bit(struct bits bits, uint64_t mask)
{
    if ((bits.value & bits.known & mask) != 0)
        return TRUTH_YES;
    return (mask & ~bits.known) == 0 ? TRUTH_NO : TRUTH_OPEN;
}

static enum truth below(struct bits bits, uint64_t mask, uint64_t k)
{
    const uint64_t least = bits.value & bits.known & mask;
    const uint64_t most = least | (mask & ~bits.known);
    if (most < k)
        return TRUTH_YES;
    return least >= k ? TRUTH_NO : TRUTH_OPEN;
}

static enum truth opposite(enum truth truth)
{
    if (truth == TRUTH_OPEN)
        return truth;
    return truth == TRUTH_YES ? TRUTH_NO : TRUTH_YES;
}

/* Whether the comparison of a fact comes out true. `bits` are those of its word. */
static enum truth compare(struct bits bits, const struct fact *fact)
{
    switch (fact->comparison) {
    case BPF_JEQ:
        return equal(bits, fact->mask, fact->k);
    case BPF_JGT:
        return opposite(below(bits, fact->mask, (uint64_t)fact->k + 1));
    case BPF_JGE:
        return opposite(below(bits, fact->mask, fact->k));
    case BPF_JSET:
        return any_bit(bits, fact->mask & fact->k);
    default:
        return TRUTH_OPEN;
    }
}

/* The argument that a word is a half of, and where in it. */
static bool argument_of(const struct fact *fact, unsigned *argument, unsigned *shift)
{
    const unsigned half = fact->word - (unsigned)FIRST_ARGUMENT_WORD;
    *argument = half / 2;
    *shift = half % 2 * 32;
    return fact->word >= FIRST_ARGUMENT_WORD && *argument < ARGUMENTS;
}

static struct bits half_of(struct bits bits, unsigned shift)
{
    return (struct bits){(uint32_t)(bits.known >> shift), (uint32_t)(bits.value >> shift)};
}

/* Whether the registers may be those of an input of the region, as far as its facts are about one
 * argument. Leaves in *open what decides. */
static bool may_fit(const struct search *search, unsigned about, struct bits bits,
                    struct open *open)
{
    for (size_t i = search->begin[about]; i < search->begin[about + 1]; i++) {
        const struct fact *fact = &search->facts[i];
        unsigned argument, shift;
        argument_of(fact, &argument, &shift);
        const struct bits half = half_of(bits, shift);
        const enum truth truth = compare(half, fact);
        const uint64_t asked = fact->comparison == BPF_JSET ? fact->mask & fact->k : fact->mask;
        if (truth == TRUTH_OPEN && !open->bits)
            *open = (struct open){argument, (asked & ~half.known) << shift};
        else if (truth != TRUTH_OPEN && (truth == TRUTH_YES) != fact->holds)
            return false;
    }
    return true;
}

static bool may_be_in(const struct search *search, const struct box *box, struct open *open)
{
    for (unsigned argument = 0; argument < ARGUMENTS; argument++)
        if (!may_fit(search, argument, box->of[argument], open))
            return false;
    return true;
}

/* In the order of signed numbers the sign counts the other way round. */
static enum truth is_less(const struct test *test, struct bits bits)
{
    const uint64_t flip = test->is_signed ? UINT64_C(1) << (test->wide ? 63 : 31) : 0;
    return below((struct bits){bits.known, bits.value ^ flip}, test->mask, test->bound ^ flip);
}

static enum truth is_one_of(const struct test *test, struct bits bits)
{
    enum truth truth = TRUTH_NO;
    for (size_t i = 0; i < test->count; i++) {
        const enum truth one = equal(bits, test->mask, test->values[i]);
        if (one == TRUTH_YES)
            return one;
        if (one == TRUTH_OPEN)
            truth = one;
    }
    return truth;
}

static enum truth test_truth(const struct test *test, struct bits bits)
{
    const enum truth truth = test->kind == TEST_ANY    ? any_bit(bits, test->mask)
                             : test->kind == TEST_LESS ? is_less(test, bits)
                                                       : is_one_of(test, bits);
    return test->negated ? opposite(truth) : truth;
}

/* Leaves in *open what decides, where nothing stands there yet. */
static enum truth expr_truth(const struct expr *expr, const struct box *box, struct open *open)
{
    if (expr->kind == EXPR_TEST) {
        const struct bits bits = box->of[expr->test.argument];
        const enum truth truth = test_truth(&expr->test, bits);
        if (truth == TRUTH_OPEN && !open->bits)
            *open = (struct open){expr->test.argument, expr->test.mask & ~bits.known};
        return truth;
    }
    const enum truth enough = expr->kind == EXPR_OR ? TRUTH_YES : TRUTH_NO;
    struct open here = {0, 0};
    const enum truth left = expr_truth(expr->left, box, &here);
    if (left == enough)
        return left;
    const enum truth right = expr_truth(expr->right, box, &here);
    if (right == enough)
        return right;
    if (!open->bits)
        *open = here;
    return left == TRUTH_OPEN || right == TRUTH_OPEN ? TRUTH_OPEN : opposite(enough);
}

static enum truth case_truth(const struct call_case *one, const struct box *box, struct open *open)
{
    enum truth result = TRUTH_YES;
    for (size_t i = 0; i < one->count; i++) {
        const enum truth truth = expr_truth(one->conditions[i], box, open);
        if (truth == TRUTH_NO)
            return truth;
        if (truth == TRUTH_OPEN)
            result = truth;
    }
    return result;
}

/* Whether an input of the box may get another answer. Leaves in *open what decides. */
static bool may_differ(const struct search *search, const struct box *box, struct open *open)
{
    for (size_t i = 0; i < search->cases->count; i++) {
        const struct call_case *one = &search->cases->of[i];
        struct open here = {0, 0};
        const enum truth truth = case_truth(one, box, &here);
        if (truth == TRUTH_NO)
            continue;
        if (!open->bits)
            *open = here;
        if (decide_answer(one->action, search->cases->tell) != search->answer)
            return true;
        if (truth == TRUTH_YES)
            return false;
    }
    return true; /* no case fits: the rules do not say, so that nothing agrees with them */
}

/* Counts what one more box costs. Returns false where that is too much. */
static bool try_box(struct search *search, size_t cost)
{
    *search->work += cost;
    return ++search->boxes <= BOXES_MAX && *search->work <= DECIDE_WORK_MAX;
}

/* ---- one comparison by itself --------------------------------------------------------------- */

/* What a comparison comes out as for the inputs of the region. */
struct outcomes {
    bool seen[2];
};

static uint64_t top_bit(uint64_t bits)
{
    return UINT64_C(1) << (63 - __builtin_clzll(bits));
}

static bool look_alone(struct search *search, const struct test *test, struct bits bits,
                       struct outcomes *outcomes)
{
    struct open open = {0, 0};
    const size_t facts = search->begin[test->argument + 1] - search->begin[test->argument];
    if (!try_box(search, facts + test->count + 1))
        return false;
    const enum truth truth = test_truth(test, bits);
    if ((outcomes->seen[0] && outcomes->seen[1]) ||
        (truth != TRUTH_OPEN && outcomes->seen[truth == TRUTH_YES]) ||
        !may_fit(search, test->argument, bits, &open))
        return true;
    const uint64_t left = open.bits             ? open.bits
                          : truth == TRUTH_OPEN ? test->mask & ~bits.known
                                                : 0;
    if (!left) {
        outcomes->seen[truth == TRUTH_YES] = true;
        return true;
    }
    const uint64_t bit = top_bit(left);
    /* A set bit first: it ends most facts, which tell that a word is not this or that small number.
     */
    return look_alone(search, test, (struct bits){bits.known | bit, bits.value | bit}, outcomes) &&
           look_alone(search, test, (struct bits){bits.known | bit, bits.value}, outcomes);
}

/* Whether a fact says outright that a value is not there. */
static bool is_ruled_out(const struct search *search, const struct test *test, struct bits bits,
                         uint64_t value)
{
    const size_t begin = search->begin[test->argument], end = search->begin[test->argument + 1];
    *search->work += end - begin;
    if (equal(bits, test->mask, value) == TRUTH_NO)
        return true;
    for (size_t i = begin; i < end; i++) {
        const struct fact *fact = &search->facts[i];
        unsigned argument, shift;
        argument_of(fact, &argument, &shift);
        if (fact->comparison == BPF_JEQ && !fact->holds &&
            fact->mask == (uint32_t)(test->mask >> shift) && fact->k == (uint32_t)(value >> shift))
            return true;
    }
    return false;
}

/* The short way: what a filter has asked before, as the rules ask it. */
static bool all_ruled_out(const struct search *search, const struct test *test, struct bits bits)
{
    if (test->kind != TEST_EQUAL)
        return false;
    for (size_t i = 0; i < test->count; i++)
        if (!is_ruled_out(search, test, bits, test->values[i]))
            return false;
    return true;
}

/* Sets *empty where the region has no input. */
static enum truth test_in_region(struct search *search, const struct test *test,
                                 const struct box *box, bool *empty)
{
    struct outcomes outcomes = {{false, false}};
    if (all_ruled_out(search, test, box->of[test->argument]))
        return test->negated ? TRUTH_YES : TRUTH_NO;
    search->boxes = 0;
    if (!look_alone(search, test, box->of[test->argument], &outcomes))
        return TRUTH_OPEN;
    if (!outcomes.seen[0] && !outcomes.seen[1])
        *empty = true;
    if (outcomes.seen[0] == outcomes.seen[1])
        return TRUTH_OPEN;
    return outcomes.seen[1] ? TRUTH_YES : TRUTH_NO;
}

static enum truth expr_in_region(struct search *search, const struct expr *expr,
                                 const struct box *box, bool *empty)
{
    if (expr->kind == EXPR_TEST)
        return test_in_region(search, &expr->test, box, empty);
    const enum truth enough = expr->kind == EXPR_OR ? TRUTH_YES : TRUTH_NO;
    const enum truth left = expr_in_region(search, expr->left, box, empty);
    if (left == enough)
        return left;
    const enum truth right = expr_in_region(search, expr->right, box, empty);
    if (right == enough)
        return right;
    return left == TRUTH_OPEN || right == TRUTH_OPEN ? TRUTH_OPEN : opposite(enough);
}

/* Whether it is certain that every input gets the answer. */
static bool surely_same(struct search *search, const struct box *box)
{
    bool empty = false;
    for (size_t i = 0; i < search->cases->count; i++) {
        const struct call_case *one = &search->cases->of[i];
        enum truth truth = TRUTH_YES;
        for (size_t j = 0; j < one->count && truth != TRUTH_NO && !empty; j++) {
            const enum truth this = expr_in_region(search, one->conditions[j], box, &empty);
            truth = this == TRUTH_YES ? truth : this;
        }
        if (empty)
            return true;
        if (truth == TRUTH_NO)
            continue;
        if (decide_answer(one->action, search->cases->tell) != search->answer)
            return false;
        if (truth == TRUTH_YES)
            return true;
    }
    return false;
}

/* ---- the search ----------------------------------------------------------------------------- */

static enum decision look(struct search *search, const struct box *box)
{
    struct open region = {0, 0}, rules = {0, 0};
    if (!try_box(search, search->count + search->size))
        return DECISION_TOO_HARD;
    if (!may_be_in(search, box, &region) || !may_differ(search, box, &rules))
        return DECISION_SAME;
    const struct open open = region.bits ? region : rules;
    if (!open.bits)
        return DECISION_OTHER;
    const uint64_t bit = top_bit(open.bits);
    for (unsigned value = 0; value < 2; value++) {
        struct box half = *box;
        half.of[open.argument].known |= bit;
        half.of[open.argument].value |= value ? bit : 0;
        const enum decision decision = look(search, &half);
        if (decision != DECISION_SAME)
            return decision;
    }
    return DECISION_SAME;
}

/* The bits that the facts tell at once. Returns false where two of them contradict each other. */
static bool begin(const struct search *search, struct box *box)
{
    for (size_t i = 0; i < search->count; i++) {
        const struct fact *fact = &search->facts[i];
        unsigned argument, shift;
        if (!argument_of(fact, &argument, &shift))
            continue;
        uint64_t known = 0, value = 0;
        if (fact->comparison == BPF_JEQ && fact->holds)
            known = fact->mask, value = fact->k & fact->mask;
        else if (fact->comparison == BPF_JSET && !fact->holds)
            known = fact->mask & fact->k;
        known <<= shift;
        value <<= shift;
        struct bits *bits = &box->of[argument];
        if (((bits->value ^ value) & bits->known & known) != 0)
            return false;
        bits->known |= known;
        bits->value |= value;
    }
    return true;
}

/* Keeps the facts that the known bits leave open, one argument's side by side: most of what a long
 * path has learned is that a word is not this and not that, which is said by what it is. Returns
 * false where one of them can't be. */
static bool keep_open(struct search *search, const struct box *box, struct fact *kept)
{
    size_t count = 0;
    for (unsigned about = 0; about < ARGUMENTS; about++) {
        search->begin[about] = count;
        for (size_t i = 0; i < search->count; i++) {
            const struct fact *fact = &search->facts[i];
            unsigned argument, shift;
            if (!argument_of(fact, &argument, &shift) || argument != about)
                continue;
            const enum truth truth = compare(half_of(box->of[argument], shift), fact);
            if (truth == TRUTH_OPEN)
                kept[count++] = *fact;
            else if ((truth == TRUTH_YES) != fact->holds)
                return false;
        }
    }
    search->begin[ARGUMENTS] = count;
    search->facts = kept;
    search->count = count;
    return true;
}

static size_t size_of(const struct expr *expr)
{
    return expr->kind == EXPR_TEST ? 1 + expr->test.count
                                   : size_of(expr->left) + size_of(expr->right);
}

enum decision decide(const struct cases *cases, const struct fact *facts, size_t count,
                     uint32_t answer, uint64_t *work)
{
    struct search search = {
        .cases = cases, .facts = facts, .count = count, .answer = answer, .work = work};
    struct fact kept[FACTS_MAX];
    if (*work > DECIDE_WORK_MAX || count > FACTS_MAX)
        return DECISION_TOO_HARD;
    for (size_t i = 0; i < cases->count; i++)
        for (size_t j = 0; j < cases->of[i].count; j++)
            search.size += size_of(cases->of[i].conditions[j]);
    *work += search.size + count;
    struct box box = {.of = {{0, 0}}};
    if (!begin(&search, &box) || !keep_open(&search, &box, kept) || surely_same(&search, &box))
        return DECISION_SAME;
    search.boxes = 0;
    return look(&search, &box);
}
