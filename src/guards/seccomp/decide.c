/* SPDX-License-Identifier: MIT
 *
 * decide.c - answers by halving: a box of inputs is a set of known bits in each argument. What the
 * box leaves open in a fact or in a condition is found out by trying both values of one more bit of
 * it. Boxes outside the region, and boxes where all is answered, end it; few bits are ever open.
 */
#include "guards/seccomp/decide.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

enum {
    ARGUMENTS = 6,
    BOXES_MAX = 20000, /* some milliseconds; the shipped profiles need less than a hundred */
};

/* Words of which the bits of `known` are those of `value`. */
struct bits {
    uint32_t known, value;
};

struct box {
    struct bits of[ARGUMENTS]; /* the low halves */
};

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_OPEN };

/* What has to be known next: some bit of these. */
struct open {
    unsigned argument;
    uint32_t bits; /* 0: nothing is open */
};

struct search {
    const struct cases *cases;
    const struct fact *facts;
    size_t count;
    uint32_t answer;
    unsigned boxes;
};

uint32_t decide_answer(struct value_action action, enum tell tell)
{
    const bool kept = tell == TELL_NONE || (tell == TELL_KILLS && action.kind == ACTION_ERRNO);
    if (!kept && action.kind != ACTION_ALLOW)
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

static enum truth equal(struct bits bits, uint32_t mask, uint32_t k)
{
    if ((k & ~mask) != 0 || ((bits.value ^ k) & bits.known & mask) != 0)
        return TRUTH_NO;
    return (mask & ~bits.known) == 0 ? TRUTH_YES : TRUTH_OPEN;
}

static enum truth any_bit(struct bits bits, uint32_t mask)
{
    if ((bits.value & bits.known & mask) != 0)
        return TRUTH_YES;
    return (mask & ~bits.known) == 0 ? TRUTH_NO : TRUTH_OPEN;
}

static enum truth at_least(struct bits bits, uint32_t mask, uint64_t k)
{
    const uint32_t least = bits.value & bits.known & mask;
    const uint32_t most = least | (mask & ~bits.known);
    if (least >= k)
        return TRUTH_YES;
    return most < k ? TRUTH_NO : TRUTH_OPEN;
}

static enum truth compare(struct bits bits, const struct fact *fact)
{
    switch (fact->comparison) {
    case BPF_JEQ:
        return equal(bits, fact->mask, fact->k);
    case BPF_JGT:
        return at_least(bits, fact->mask, (uint64_t)fact->k + 1);
    case BPF_JGE:
        return at_least(bits, fact->mask, fact->k);
    case BPF_JSET:
        return any_bit(bits, fact->mask & fact->k);
    default:
        return TRUTH_OPEN;
    }
}

static bool argument_of(const struct fact *fact, unsigned *argument)
{
    *argument = (fact->word - (unsigned)FIRST_ARGUMENT_WORD) / 2;
    return fact->word >= FIRST_ARGUMENT_WORD && fact->word % 2 == 0 && *argument < ARGUMENTS;
}

/* Whether the box may have an input of the region. Leaves in *open what decides. */
static bool may_be_in(const struct search *search, const struct box *box, struct open *open)
{
    for (size_t i = 0; i < search->count; i++) {
        const struct fact *fact = &search->facts[i];
        unsigned argument;
        if (!argument_of(fact, &argument))
            continue;
        const enum truth truth = compare(box->of[argument], fact);
        const uint32_t asked = fact->comparison == BPF_JSET ? fact->mask & fact->k : fact->mask;
        if (truth == TRUTH_OPEN && !open->bits)
            *open = (struct open){argument, asked & ~box->of[argument].known};
        else if (truth != TRUTH_OPEN && (truth == TRUTH_YES) != fact->holds)
            return false;
    }
    return true;
}

static enum truth condition_truth(const struct condition *condition, struct bits bits,
                                  uint32_t *matters)
{
    enum truth truth = TRUTH_NO;
    *matters = 0;
    for (size_t i = 0; i < condition->count; i++) {
        const uint32_t value = condition_value(condition, i);
        const bool any = condition->test == CONDITION_ANY_BIT;
        const enum truth one = any ? any_bit(bits, value) : equal(bits, UINT32_MAX, value);
        if (one == TRUTH_YES)
            return one;
        if (one == TRUTH_OPEN) {
            *matters |= (any ? value : UINT32_MAX) & ~bits.known;
            truth = TRUTH_OPEN;
        }
    }
    return truth;
}

static enum truth case_truth(const struct call_case *one, const struct box *box, struct open *open)
{
    enum truth result = TRUTH_YES;
    for (size_t i = 0; i < one->count; i++) {
        const unsigned argument = one->conditions[i].argument;
        uint32_t matters;
        const enum truth truth = condition_truth(&one->conditions[i], box->of[argument], &matters);
        if (truth == TRUTH_NO)
            return truth;
        if (truth == TRUTH_OPEN) {
            result = truth;
            if (!open->bits)
                *open = (struct open){argument, matters};
        }
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

/* ---- the search ----------------------------------------------------------------------------- */

static enum decision look(struct search *search, const struct box *box)
{
    struct open region = {0, 0}, rules = {0, 0};
    if (++search->boxes > BOXES_MAX)
        return DECISION_TOO_HARD;
    if (!may_be_in(search, box, &region) || !may_differ(search, box, &rules))
        return DECISION_SAME;
    const struct open open = region.bits ? region : rules;
    if (!open.bits)
        return DECISION_OTHER;
    const uint32_t bit = UINT32_C(1) << (31 - __builtin_clz(open.bits));
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
        unsigned argument;
        if (!argument_of(fact, &argument))
            continue;
        uint32_t known = 0, value = 0;
        if (fact->comparison == BPF_JEQ && fact->holds)
            known = fact->mask, value = fact->k & fact->mask;
        else if (fact->comparison == BPF_JSET && !fact->holds)
            known = fact->mask & fact->k;
        struct bits *bits = &box->of[argument];
        if (((bits->value ^ value) & bits->known & known) != 0)
            return false;
        bits->known |= known;
        bits->value |= value;
    }
    return true;
}

enum decision decide(const struct cases *cases, const struct fact *facts, size_t count,
                     uint32_t answer)
{
    struct search search = {
        .cases = cases, .facts = facts, .count = count, .answer = answer, .boxes = 0};
    struct box box = {.of = {{0, 0}}};
    return begin(&search, &box) ? look(&search, &box) : DECISION_SAME;
}
