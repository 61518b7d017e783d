/* SPDX-License-Identifier: MIT
 *
 * body.c - the filter: for each ABI one tree over ranges of numbers, with an action, or a decision
 * about a call's arguments, at each of its leaves. Knows no names, no lists and no house rule;
 * whether it is right is proof.c's business, which reads nothing of this.
 *
 * Neighbouring numbers with one answer are a span. A leaf is a span, with up to a few single
 * numbers in it that have another answer: each such costs one comparison, and as a span of its own
 * it would cost two.
 */
#include "guards/seccomp/decision.h"
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define X32_FIRST 0x40000000U
#endif

enum {
    LEAF_SPANS = 5, /* two exceptions, and what is between them: more would make some calls slow */
    HOT_WEIGHT = 16,
    SPANS_MAX = CALLS_MAX + 2,
};

/* Numbers first..last with one answer. */
struct span {
    uint32_t first, last;
    bool decides; /* one call that is decided about by its arguments */
    uint32_t answer;
    unsigned weight;
};

/* Spans first..last, of which every other one is a single number: an exception. */
struct leaf {
    size_t first, last;
    unsigned weight;
};

struct tree {
    struct span spans[SPANS_MAX];
    struct leaf leaves[SPANS_MAX];
    size_t span_count, leaf_count;
    struct emit *emit;
    struct decisions decisions;
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

static void add_span(struct tree *tree, struct span span)
{
    struct span *before = tree->span_count ? &tree->spans[tree->span_count - 1] : NULL;
    if (!before || before->decides || span.decides || before->answer != span.answer) {
        tree->spans[tree->span_count++] = span;
        return;
    }
    before->last = span.last;
    before->weight += span.weight;
}

/* Every number there is. */
static void make_spans(struct tree *tree)
{
    const struct sbx_policy *policy = tree->decisions.policy;
    const struct call_table *table = tree->decisions.table;
    const uint32_t last = UINT32_MAX;
    const uint32_t unknown = filter_return(policy->syscalls_unknown, calls_tell(table, CALLS_MAX));
    for (int number = 0; number < CALLS_MAX; number++)
        add_span(tree,
                 (struct span){
                     .first = (uint32_t)number,
                     .last = (uint32_t)number,
                     .decides = decision_needed(&tree->decisions, number),
                     .answer = filter_return(calls_standing(policy, table, number),
                                             calls_tell(table, number)),
                     .weight = number <= table->newest
                                   ? weight_of(table_translate(number, table->abi, ABI_NATIVE))
                                   : 0,
                 });
    if (table->abi == ABI_I386) {
        add_span(tree, (struct span){.first = CALLS_MAX, .last = last, .answer = unknown});
        return;
    }
#ifdef X32_FIRST
    add_span(tree, (struct span){.first = CALLS_MAX, .last = X32_FIRST - 1, .answer = unknown});
    add_span(tree,
             (struct span){.first = X32_FIRST, .last = last, .answer = SECCOMP_RET_KILL_PROCESS});
#else
    add_span(tree, (struct span){.first = CALLS_MAX, .last = last, .answer = unknown});
#endif
}

static bool same_answer(const struct span *a, const struct span *b)
{
    return !a->decides && !b->decides && a->answer == b->answer;
}

/* Whether the leaf can take the exception behind it, and what follows that. */
static bool takes_exception(const struct tree *tree, const struct leaf *leaf)
{
    const size_t after = leaf->last + 2;
    return after < tree->span_count && leaf->last - leaf->first + 2 < LEAF_SPANS &&
           tree->spans[leaf->last + 1].first == tree->spans[leaf->last + 1].last &&
           same_answer(&tree->spans[after], &tree->spans[leaf->first]);
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

/* ---- code ----------------------------------------------------------------------------------- */

static place put_span(struct tree *tree, const struct span *span)
{
    return span->decides ? decision_put(&tree->decisions, (int)span->first)
                         : emit_return(tree->emit, span->answer);
}

static place put_leaf(struct tree *tree, const struct leaf *leaf)
{
    place next = put_span(tree, &tree->spans[leaf->last]);
    for (size_t i = leaf->last; i > leaf->first; i -= 2) {
        const place exception = put_span(tree, &tree->spans[i - 1]);
        next = emit_jump(tree->emit, BPF_JEQ, tree->spans[i - 1].first, exception, next);
    }
    return next;
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
static bool is_plain(const struct tree *tree, const struct leaf *leaf)
{
    return leaf->first == leaf->last && !tree->spans[leaf->first].decides;
}

static place put_tree(struct tree *tree, size_t first, size_t last)
{
    if (first == last)
        return put_leaf(tree, &tree->leaves[first]);
    const size_t split = middle(tree, first, last);
    const bool plain_low = split - 1 == first && is_plain(tree, &tree->leaves[first]);
    const bool plain_high = split == last && is_plain(tree, &tree->leaves[last]);
    place high = plain_high ? 0 : put_tree(tree, split, last);
    place low = plain_low ? 0 : put_tree(tree, first, split - 1);
    if (plain_high)
        high = put_leaf(tree, &tree->leaves[last]);
    if (plain_low)
        low = put_leaf(tree, &tree->leaves[first]);
    return emit_jump(tree->emit, BPF_JGE, tree->spans[tree->leaves[split].first].first, high, low);
}

/* The tree of one ABI, behind the load of what it compares. */
static place put_abi(const struct sbx_policy *policy, const struct call_table *table,
                     struct emit *emit)
{
    struct tree tree; /* large: only what is counted in it is ever read */
    tree.span_count = tree.leaf_count = 0;
    tree.emit = emit;
    decisions_start(&tree.decisions, policy, table, emit);
    make_spans(&tree);
    make_leaves(&tree);
    const place root = put_tree(&tree, 0, tree.leaf_count - 1);
    if (emit->count - root != 1) /* what follows a load is what stands behind it */
        emit_put(emit, BPF_JMP | BPF_JA, (uint32_t)(emit->count - root - 1));
    return emit_load(emit, offsetof(struct seccomp_data, nr), UINT32_MAX);
}

void body_write(const struct sbx_policy *policy, const struct call_table *table,
                struct filter *filter)
{
    struct emit emit; /* large, too */
    emit.count = 0;
    emit.overflow = false;
    const place i386 = table->i386 ? put_abi(policy, table->i386, &emit) : 0;
    const place native = put_abi(policy, table, &emit);
    place others = emit_return(&emit, SECCOMP_RET_KILL_PROCESS);
    if (table->i386)
        others = emit_jump(&emit, BPF_JEQ, AUDIT_ARCH_I386, i386, others);
    emit_jump(&emit, BPF_JEQ, NATIVE_ARCH, native, others);
    emit_load(&emit, offsetof(struct seccomp_data, arch), UINT32_MAX);
    emit_finish(&emit, filter);
}
