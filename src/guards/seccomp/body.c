/* SPDX-License-Identifier: MIT
 *
 * body.c - one action a call, as a binary tree over ranges of numbers. Knows no names, no lists and
 * no house rule; whether it is right is proof.c's business, which reads nothing of this.
 *
 * Neighbouring numbers with one answer are a span. A leaf is a span, with up to a few single
 * numbers in it that have another answer: each such costs one comparison, and as a span of its own
 * it would cost two. Code is written from its end to its beginning, because jumps go forward: so
 * each target is known when the jump to it is written, and returns are shared.
 */
#include "guards/seccomp/filter.h"
#include <sys/syscall.h>

enum {
    LEAF_SPANS = 5, /* two exceptions, and what is between them: more would make some calls slow */
    /* How far back a return is looked for: two instructions may come between it and its user. */
    NEAR = UINT8_MAX - 2,
    HOT_WEIGHT = 16,
};

/* Numbers first..last with one answer. Between two spans there may be numbers that nobody asks the
 * body about. */
struct span {
    uint32_t first, last;
    uint32_t answer;
    unsigned weight;
};

/* Spans first..last, of which every other one is a single number: an exception. */
struct leaf {
    size_t first, last;
    unsigned weight;
};

struct tree {
    struct span spans[CALLS_MAX];
    struct leaf leaves[CALLS_MAX];
    size_t span_count, leaf_count;
    struct sock_filter code[BPF_MAXINSNS]; /* the last instruction first */
    size_t count;
    bool overflow;
};

/* ---- spans and leaves ----------------------------------------------------------------------- */

/* Calls that programs make most. Kernels since 5.11 need not run the filter for calls that always
 * pass; older ones, and those that log, do. Each number has a weight, because the kernel tries each
 * of them when it installs a filter. */
static unsigned weight_of(int number)
{
    switch (number) {
    case SYS_read:
    case SYS_write:
    case SYS_futex:
    case SYS_mmap:
    case SYS_munmap:
    case SYS_lseek:
    case SYS_close:
    case SYS_fstat:
    case SYS_newfstatat:
    case SYS_getpid:
    case SYS_clock_gettime:
    case SYS_rt_sigprocmask:
    case SYS_sched_yield:
    case SYS_epoll_pwait:
    case SYS_recvfrom:
    case SYS_sendto:
        return HOT_WEIGHT;
    default:
        return 1;
    }
}

static void make_spans(const struct sbx_policy *policy, const struct call_table *table,
                       struct tree *tree)
{
    for (int number = 0; number <= table->newest && number < CALLS_MAX; number++) {
        if (table->of[number].in_prelude)
            continue;
        const uint32_t answer = filter_return(calls_action(policy, table, number), table->tell);
        struct span *span = tree->span_count ? &tree->spans[tree->span_count - 1] : NULL;
        if (!span || span->answer != answer) {
            span = &tree->spans[tree->span_count++];
            *span = (struct span){.first = (uint32_t)number, .answer = answer};
        }
        span->last = (uint32_t)number;
        span->weight += weight_of(number);
    }
}

/* Whether the leaf can take the exception behind it, and what follows that. */
static bool takes_exception(const struct tree *tree, const struct leaf *leaf)
{
    const size_t after = leaf->last + 2;
    return after < tree->span_count && leaf->last - leaf->first + 2 < LEAF_SPANS &&
           tree->spans[leaf->last + 1].first == tree->spans[leaf->last + 1].last &&
           tree->spans[after].answer == tree->spans[leaf->first].answer;
}

static void make_leaves(struct tree *tree)
{
    for (size_t next = 0; next < tree->span_count;) {
        struct leaf *leaf = &tree->leaves[tree->leaf_count++];
        *leaf = (struct leaf){.first = next, .last = next};
        while (takes_exception(tree, leaf))
            leaf->last += 2;
        for (; next <= leaf->last; next++)
            leaf->weight += tree->spans[next].weight;
    }
}

/* ---- code, backwards ------------------------------------------------------------------------ */

/* Returns the place of the instruction, counted from the end. */
static size_t put(struct tree *tree, unsigned code, uint32_t k, size_t if_true, size_t if_false)
{
    if (tree->count == BPF_MAXINSNS) {
        tree->overflow = true;
        return 0;
    }
    tree->code[tree->count] = (struct sock_filter){
        .code = (uint16_t)code, .jt = (uint8_t)if_true, .jf = (uint8_t)if_false, .k = k};
    return tree->count++;
}

/* A comparison in front of all that is written, with the places where it goes. */
static size_t put_jump(struct tree *tree, unsigned comparison, uint32_t k, size_t if_true,
                       size_t if_false)
{
    const size_t over_true = tree->count - if_true - 1, over_false = tree->count - if_false - 1;
    if (over_true > UINT8_MAX || over_false > UINT8_MAX)
        tree->overflow = true; /* not by the way in which trees are put together here */
    return put(tree, BPF_JMP | comparison | BPF_K, k, over_true, over_false);
}

static size_t put_return(struct tree *tree, uint32_t answer)
{
    for (size_t back = 1; back <= tree->count && back <= NEAR; back++) {
        const struct sock_filter *at = &tree->code[tree->count - back];
        if (at->code == (BPF_RET | BPF_K) && at->k == answer)
            return tree->count - back;
    }
    return put(tree, BPF_RET | BPF_K, answer, 0, 0);
}

/* A place that the next comparison can jump to, in whose stead there may be a jump to it. */
static size_t bring_near(struct tree *tree, size_t place)
{
    if (tree->count - place <= NEAR)
        return place;
    return put(tree, BPF_JMP | BPF_JA, (uint32_t)(tree->count - place - 1), 0, 0);
}

static size_t put_leaf(struct tree *tree, const struct leaf *leaf)
{
    size_t place = put_return(tree, tree->spans[leaf->last].answer);
    for (size_t i = leaf->last; i > leaf->first; i -= 2) {
        const size_t answer = put_return(tree, tree->spans[i - 1].answer);
        place = put_jump(tree, BPF_JEQ, tree->spans[i - 1].first, answer, place);
    }
    return place;
}

/* The leaf of first+1..last in front of which the weights are divided most evenly. */
static size_t middle(const struct tree *tree, size_t first, size_t last)
{
    unsigned total = 0, left = 0;
    for (size_t i = first; i <= last; i++)
        total += tree->leaves[i].weight;
    for (size_t i = first; i < last; i++) {
        const unsigned with = left + tree->leaves[i].weight;
        if (with * 2 >= total) /* the leaf in the middle goes where it makes less of a difference */
            return i > first && total - 2 * left < 2 * with - total ? i : i + 1;
        left = with;
    }
    return last;
}

/* A leaf without exceptions is only a return, which is best looked for when its user is written. */
static bool is_plain(const struct leaf *leaf)
{
    return leaf->first == leaf->last;
}

static size_t put_tree(struct tree *tree, size_t first, size_t last)
{
    if (first == last)
        return put_leaf(tree, &tree->leaves[first]);
    const size_t split = middle(tree, first, last);
    const bool plain_low = split - 1 == first && is_plain(&tree->leaves[first]);
    const bool plain_high = split == last && is_plain(&tree->leaves[last]);
    size_t high = plain_high ? 0 : put_tree(tree, split, last);
    size_t low = plain_low ? 0 : put_tree(tree, first, split - 1);
    if (plain_high)
        high = put_return(tree, tree->spans[tree->leaves[last].first].answer);
    if (plain_low)
        low = put_return(tree, tree->spans[tree->leaves[first].first].answer);
    high = bring_near(tree, high);
    return put_jump(tree, BPF_JGE, tree->spans[tree->leaves[split].first].first, high, low);
}

void body_append(const struct sbx_policy *policy, const struct call_table *table,
                 struct filter *filter)
{
    struct tree tree; /* large: only what is counted in it is ever read */
    tree.span_count = tree.leaf_count = tree.count = 0;
    tree.overflow = false;
    make_spans(policy, table, &tree);
    make_leaves(&tree);
    if (tree.leaf_count)
        put_tree(&tree, 0, tree.leaf_count - 1);
    if (tree.overflow || tree.count > BPF_MAXINSNS - filter->count) {
        filter->overflow = true;
        return;
    }
    while (tree.count)
        filter->code[filter->count++] = tree.code[--tree.count];
}
