/* SPDX-License-Identifier: MIT
 *
 * proof.c - walks each path through a program and compares what stands at its end with the rules.
 *
 * A program of classic BPF that has only jumps forward is a tree of paths. A path stands for a
 * region of inputs: a set of numbers of calls, some of the ABIs, and facts about arguments. At
 * each comparison the region is divided, so that the regions cover every input; where one must be
 * widened, because a comparison is not followed exactly, it then stands for more inputs, and more
 * has to be proved. Must not use code of body.c, decision.c, emit.c or expr.c.
 *
 * Source: the kernel's net/core/filter.c and kernel/seccomp.c.
 */
#include "guards/seccomp/proof.h"
#include "guards/seccomp/decide.h"
#include "guards/seccomp/numbers.h"
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
#define PROVED_ARCH AUDIT_ARCH_X86_64
#define I386_ARCH   AUDIT_ARCH_I386
#define X32_FIRST   0x40000000U /* numbers of the x32 ABI, which is no other to the kernel */
#elif defined(__aarch64__)
#define PROVED_ARCH AUDIT_ARCH_AARCH64
#endif

enum {
    SETS = CALLS_MAX / 64,
    DEPTH_MAX = 512,    /* comparisons of one path that hold */
    STEPS_MAX = 100000, /* some milliseconds; the shipped profiles need less than a thousand */
    WORD_NUMBER = offsetof(struct seccomp_data, nr) / sizeof(uint32_t),
    WORD_ARCH = offsetof(struct seccomp_data, arch) / sizeof(uint32_t),
    WORD_NONE = sizeof(struct seccomp_data) / sizeof(uint32_t), /* a constant */
    ARGUMENT_WORDS = WORD_NONE - FIRST_ARGUMENT_WORD,
};

/* What a word of the arguments can be. Facts say it more exactly; this ends most paths that no
 * input takes. */
struct range {
    uint32_t from, to;
};

/* The region of a path, and where the path is. */
struct path {
    uint64_t numbers[SETS];     /* a set: bit N is call N */
    uint64_t from, to;          /* numbers from CALLS_MAX on; none where from > to */
    bool native, i386, foreign; /* the ABIs that are possible */
    size_t facts;               /* how many of the proof's hold here */
    struct range ranges[ARGUMENT_WORDS];
    size_t at;
    unsigned word; /* the accumulator: this word of the input under `mask`, or a constant */
    uint32_t mask, constant;
};

/* What the rules give to the calls of one ABI. */
struct side {
    const struct call_table *table;
    uint32_t answers[CALLS_MAX];
    uint64_t by_arguments[SETS]; /* a set: calls that need their cases, and have no `answers` */
};

struct proof {
    const struct sbx_policy *policy;
    struct side native, i386; /* i386: not filled in where its calls are foreign */
    const struct sock_filter *code;
    size_t count;
    struct fact facts[FACTS_MAX]; /* of the path that is being walked */
    const struct side *made_for;  /* what `cases` are of, with... */
    int made;                     /* ...the call; -1 none yet */
    struct cases cases;
    unsigned steps;
    uint64_t work; /* of decide(), and of what else grows with the facts */
    struct sbx_error *error;
};

/* ---- errors --------------------------------------------------------------------------------- */

static int please_report(struct sbx_error *error)
{
    return err_hint(error, "this is a fault of sandbox: please report it with the profile");
}

static int differs(const struct proof *proof, const char *what, const char *which)
{
    err_set(proof->error, SBX_E_SETUP, 0, "seccomp",
            "the filter does not do what the profile says: %s%s", what, which);
    return please_report(proof->error);
}

static int differs_at(const struct proof *proof, const struct side *side, int number)
{
    char name[CALL_NAME_SIZE];
    return differs(proof, side == &proof->i386 ? "i386 system call " : "system call ",
                   name_on_abi(side->table->abi, number, name));
}

static int refuse(const struct proof *proof, const struct path *path, const char *why)
{
    err_set(proof->error, SBX_E_SETUP, 0, "seccomp",
            "it can't be proved that the filter does what the profile says: instruction %zu %s",
            path->at, why);
    return please_report(proof->error);
}

/* The same for a filter that is too large to be walked: with rules on arguments in the profile that
 * need be no fault of ours. */
static int refuse_size(const struct proof *proof, const struct path *path, const char *why)
{
    refuse(proof, path, why);
    if (!proof->policy->syscall_rules.count)
        return -1;
    proof->error->code = SBX_E_PROFILE;
    err_at(proof->error, proof->policy->syscall_rules.origin);
    return err_hint(proof->error, "write fewer or simpler rules in the sections [syscall NAME]");
}

/* What the rules of a section ask is more than can be found out in bounded time. */
static int too_hard(const struct proof *proof, const struct side *side, int number)
{
    const struct call_rules *rules = side->table->of[number].rules;
    char name[CALL_NAME_SIZE];
    name_on_abi(side->table->abi, number, name);
    if (!rules)
        return differs(proof, "it is too much to prove system call ", name);
    err_set(proof->error, SBX_E_PROFILE, 0, "seccomp",
            "the rules of [syscall %s] are too many, or too intricate, to be proved", name);
    err_at(proof->error, rules->of[0].item->origin);
    return err_hint(proof->error,
                    "write fewer rules, that compare fewer arguments with fewer values");
}

/* ---- the rules ------------------------------------------------------------------------------ */

static void add_to_set(uint64_t set[SETS], unsigned number)
{
    set[number / 64] |= UINT64_C(1) << (number % 64);
}

static bool in_set(const uint64_t set[SETS], unsigned number)
{
    return (set[number / 64] >> (number % 64)) & 1;
}

/* Only calls that have rules of their own, or that a house rule names, can have more than one case:
 * for the others to make cases would cost as much as the rest of the proof. */
static void state_rules(const struct proof *proof, const struct call_table *table,
                        struct side *side)
{
    side->table = table;
    memset(side->by_arguments, 0, sizeof(side->by_arguments));
    for (unsigned number = 0; number < CALLS_MAX; number++)
        if (table->of[number].rules)
            add_to_set(side->by_arguments, number);
    for (size_t i = 0; i < house_rule_count; i++)
        for (unsigned j = 0; j < house_rules[i].calls; j++) {
            const int number = house_number_in(table, house_rules[i].numbers[j]);
            if (number >= 0)
                add_to_set(side->by_arguments, (unsigned)number);
        }
    for (int number = 0; number < CALLS_MAX; number++)
        if (!in_set(side->by_arguments, (unsigned)number))
            side->answers[number] = decide_answer(calls_standing(proof->policy, table, number),
                                                  calls_tell(table, number));
}

/* ---- what a comparison says of the region --------------------------------------------------- */

static bool is_true(unsigned comparison, uint32_t word, uint32_t k)
{
    switch (comparison) {
    case BPF_JEQ:
        return word == k;
    case BPF_JGT:
        return word > k;
    case BPF_JGE:
        return word >= k;
    default: /* BPF_JSET: walk() lets no other through */
        return (word & k) != 0;
    }
}

/* Leaves from..to of what is there. */
static void keep_numbers(struct path *path, uint64_t from, uint64_t to)
{
    for (uint64_t i = 0, base = 0; i < SETS; i++, base += 64) {
        if (from > to || to < base || from > base + 63) {
            path->numbers[i] = 0;
            continue;
        }
        if (from > base)
            path->numbers[i] &= UINT64_MAX << (from - base);
        if (to < base + 63)
            path->numbers[i] &= UINT64_MAX >> (base + 63 - to);
    }
    if (path->from < from)
        path->from = from;
    if (path->to > to)
        path->to = to;
}

/* Of large numbers one is taken away only where it is the first or the last: a wider region. */
static void drop_number(struct path *path, uint32_t number)
{
    if (number < CALLS_MAX)
        path->numbers[number / 64] &= ~(UINT64_C(1) << (number % 64));
    else if (path->from == number)
        path->from++;
    else if (path->to == number)
        path->to--;
}

/* A comparison with a mask, or of bits: tried with each small number, and no use for large ones. */
static void try_numbers(struct path *path, unsigned comparison, uint32_t k, bool holds)
{
    for (uint32_t number = 0; number < CALLS_MAX; number++)
        if (is_true(comparison, number & path->mask, k) != holds)
            drop_number(path, number);
}

static void narrow_numbers(struct path *path, unsigned comparison, uint32_t k, bool holds)
{
    /* From here on the comparison is true; none is where `from` is past the end. */
    const uint64_t from = (uint64_t)k + (comparison == BPF_JGT);
    if (path->mask != UINT32_MAX || comparison == BPF_JSET)
        try_numbers(path, comparison, k, holds);
    else if (comparison == BPF_JEQ && !holds)
        drop_number(path, k);
    else if (comparison == BPF_JEQ)
        keep_numbers(path, k, k);
    else if (holds)
        keep_numbers(path, from, UINT32_MAX);
    else if (from > 0)
        keep_numbers(path, 0, from - 1);
    else
        keep_numbers(path, 1, 0);
}

static void narrow_arch(struct path *path, unsigned comparison, uint32_t k, bool holds)
{
    const bool equals = comparison == BPF_JEQ && path->mask == UINT32_MAX && holds;
    if (is_true(comparison, PROVED_ARCH & path->mask, k) != holds)
        path->native = false;
#ifdef I386_ARCH
    if (is_true(comparison, I386_ARCH & path->mask, k) != holds)
        path->i386 = false;
    if (equals && k == I386_ARCH)
        path->foreign = false;
#endif
    if (equals && k == PROVED_ARCH)
        path->foreign = false;
}

static bool has_inputs(const struct path *path)
{
    uint64_t any = path->from <= path->to;
    for (unsigned i = 0; i < SETS; i++)
        any |= path->numbers[i];
    return any && (path->native || path->i386 || path->foreign);
}

/* Cuts off what is known to come out the other way. */
static void narrow_range(struct range *range, unsigned comparison, uint32_t k, bool holds)
{
    const uint64_t from =
        (uint64_t)k + (comparison == BPF_JGT); /* of JGT, JGE: true from here on */
    if (comparison == BPF_JEQ && holds) {
        range->from = range->from > k ? range->from : k;
        range->to = range->to < k ? range->to : k;
    } else if (comparison == BPF_JEQ && range->from == k && range->to > k) {
        range->from++;
    } else if (comparison == BPF_JEQ && range->to == k && range->from < k) {
        range->to--;
    } else if ((comparison == BPF_JGT || comparison == BPF_JGE) && holds && range->from < from) {
        range->from = from <= UINT32_MAX ? (uint32_t)from : UINT32_MAX;
    } else if ((comparison == BPF_JGT || comparison == BPF_JGE) && !holds && range->to >= from) {
        range->to = from ? (uint32_t)(from - 1) : 0;
    }
}

/* Whether the path has learned before that the word is not k. */
static bool is_excluded(struct proof *proof, const struct path *path, uint32_t k)
{
    proof->work += path->facts;
    for (size_t i = 0; i < path->facts; i++) {
        const struct fact *fact = &proof->facts[i];
        if (fact->word == path->word && fact->k == k && fact->comparison == BPF_JEQ &&
            fact->mask == UINT32_MAX && !fact->holds)
            return true;
    }
    return false;
}

/* Returns false where no input comes this way. */
static bool narrow_argument(struct proof *proof, struct path *path, unsigned comparison, uint32_t k,
                            bool holds)
{
    struct range *range = &path->ranges[path->word - FIRST_ARGUMENT_WORD];
    if (range->from == range->to && is_true(comparison, range->from & path->mask, k) != holds)
        return false;
    if (path->mask == UINT32_MAX && comparison == BPF_JEQ && holds && is_excluded(proof, path, k))
        return false;
    if (path->mask == UINT32_MAX) {
        const bool beyond = (comparison == BPF_JGT && holds && k == UINT32_MAX) ||
                            (comparison == BPF_JGE && !holds && k == 0);
        if (beyond)
            return false;
        narrow_range(range, comparison, k, holds);
    }
    proof->facts[path->facts++] = (struct fact){.comparison = (uint16_t)comparison,
                                                .word = (uint16_t)path->word,
                                                .mask = path->mask,
                                                .k = k,
                                                .holds = holds};
    return range->from <= range->to;
}

/* Takes from the region where the comparison does not come out so. Returns false where nothing is
 * left. */
static bool narrow(struct proof *proof, struct path *path, bool holds)
{
    const struct sock_filter *at = &proof->code[path->at];
    const unsigned comparison = BPF_OP(at->code);
    if (path->word == WORD_NONE)
        return is_true(comparison, path->constant, at->k) == holds;
    if (path->word == WORD_NUMBER)
        narrow_numbers(path, comparison, at->k, holds);
    else if (path->word == WORD_ARCH)
        narrow_arch(path, comparison, at->k, holds);
    else if (path->word >= FIRST_ARGUMENT_WORD)
        return narrow_argument(proof, path, comparison, at->k, holds);
    return has_inputs(path);
}

/* ---- the end of a path ---------------------------------------------------------------------- */

static int check_call(struct proof *proof, const struct path *path, const struct side *side,
                      unsigned number, uint32_t answer)
{
    if (!in_set(side->by_arguments, number))
        return side->answers[number] == answer ? 0 : differs_at(proof, side, (int)number);
    if (proof->made != (int)number || proof->made_for != side) /* mostly they follow each other */
        cases_make(proof->policy, side->table, (int)number, &proof->cases);
    proof->made = (int)number;
    proof->made_for = side;
    switch (decide(&proof->cases, proof->facts, path->facts, answer, &proof->work)) {
    case DECISION_SAME:
        return 0;
    case DECISION_OTHER:
        return differs_at(proof, side, (int)number);
    case DECISION_TOO_HARD:
        break;
    }
    return too_hard(proof, side, (int)number);
}

/* Numbers that no table has: those of x32 are killed, whatever the profile says. */
static int check_large(const struct proof *proof, const struct path *path, const struct side *side,
                       uint32_t answer)
{
    uint64_t known_end = (uint64_t)UINT32_MAX + 1;
    if (path->from > path->to)
        return 0;
#ifdef X32_FIRST
    if (side == &proof->native)
        known_end = X32_FIRST;
    if (side == &proof->native && path->to >= X32_FIRST && answer != SECCOMP_RET_KILL_PROCESS)
        return differs(proof, "calls of the x32 ABI", "");
#endif
    if (path->from < known_end && answer != decide_answer(proof->policy->syscalls_unknown,
                                                          calls_tell(side->table, CALLS_MAX)))
        return differs(proof, "calls that are newer than the table", "");
    return 0;
}

static int check_side(struct proof *proof, const struct path *path, const struct side *side,
                      uint32_t answer)
{
    for (unsigned i = 0; i < SETS; i++)
        for (uint64_t left = path->numbers[i]; left; left &= left - 1) {
            const unsigned number = i * 64 + (unsigned)__builtin_ctzll(left);
            if (check_call(proof, path, side, number, answer) != 0)
                return -1;
        }
    return check_large(proof, path, side, answer);
}

static int check_end(struct proof *proof, const struct path *path, uint32_t answer)
{
    const bool foreign = path->foreign || (path->i386 && !proof->i386.table);
    if (foreign && answer != SECCOMP_RET_KILL_PROCESS)
        return differs(proof, "calls of another ABI", "");
    if (path->native && check_side(proof, path, &proof->native, answer) != 0)
        return -1;
    return path->i386 && proof->i386.table ? check_side(proof, path, &proof->i386, answer) : 0;
}

/* ---- paths ---------------------------------------------------------------------------------- */

static int walk(struct proof *proof, struct path *path, unsigned depth);

static int load(const struct proof *proof, struct path *path)
{
    const uint32_t offset = proof->code[path->at].k;
    if (offset % sizeof(uint32_t) != 0 || offset >= sizeof(struct seccomp_data))
        return refuse(proof, path, "loads what is not there");
    path->word = offset / sizeof(uint32_t);
    path->mask = UINT32_MAX;
    path->at++;
    return 0;
}

/* Walks what follows where the comparison holds; *path goes on where it does not. Sets *over where
 * that can't be. */
static int divide(struct proof *proof, struct path *path, unsigned depth, bool *over)
{
    const struct sock_filter *at = &proof->code[path->at];
    if (path->facts + 1 >= FACTS_MAX || depth >= DEPTH_MAX)
        return refuse_size(proof, path, "has too many comparisons before it");
    struct path taken = *path;
    if (narrow(proof, &taken, true)) {
        taken.at += 1 + (size_t)at->jt;
        if (walk(proof, &taken, depth + 1) != 0)
            return -1;
    }
    *over = !narrow(proof, path, false);
    path->at += 1 + (size_t)at->jf;
    return 0;
}

/* One instruction. Sets *over at the end of the path. */
static int step(struct proof *proof, struct path *path, unsigned depth, bool *over)
{
    if (path->at >= proof->count)
        return refuse(proof, path, "is behind the end");
    if (++proof->steps > STEPS_MAX || proof->work > DECIDE_WORK_MAX)
        return refuse_size(proof, path, "is reached on too many paths");
    const struct sock_filter *at = &proof->code[path->at];
    switch (at->code) {
    case BPF_LD | BPF_W | BPF_ABS:
        return load(proof, path);
    case BPF_ALU | BPF_AND | BPF_K:
        path->mask &= at->k;
        path->constant &= at->k;
        path->at++;
        return 0;
    case BPF_RET | BPF_K:
        *over = true;
        return check_end(proof, path, at->k);
    case BPF_JMP | BPF_JA:
        path->at += 1 + (size_t)at->k;
        return 0;
    case BPF_JMP | BPF_JEQ | BPF_K:
    case BPF_JMP | BPF_JGT | BPF_K:
    case BPF_JMP | BPF_JGE | BPF_K:
    case BPF_JMP | BPF_JSET | BPF_K:
        return divide(proof, path, depth, over);
    default:
        return refuse(proof, path, "is of a kind that no filter of sandbox has");
    }
}

static int walk(struct proof *proof, struct path *path, unsigned depth)
{
    for (bool over = false; !over;)
        if (step(proof, path, depth, &over) != 0)
            return -1;
    return 0;
}

int proof_check(const struct sbx_policy *policy, const struct call_table *table,
                const struct sock_filter *code, size_t count, struct sbx_error *error)
{
    struct proof proof; /* large: what is not set here is counted, or guarded, before it is read */
    proof.policy = policy;
    proof.code = code;
    proof.count = count;
    proof.error = error;
    proof.made = -1;
    proof.steps = 0;
    proof.work = 0;
    proof.i386.table = NULL;
    /* Everything; the kernel starts with 0 in the accumulator. */
    struct path path = {
        .from = CALLS_MAX, .to = UINT32_MAX, .native = true, .foreign = true, .word = WORD_NONE};
#ifdef I386_ARCH
    path.i386 = true;
#endif
    for (unsigned i = 0; i < SETS; i++)
        path.numbers[i] = UINT64_MAX;
    for (unsigned i = 0; i < ARGUMENT_WORDS; i++)
        path.ranges[i] = (struct range){0, UINT32_MAX};
    state_rules(&proof, table, &proof.native);
    if (table->i386)
        state_rules(&proof, table->i386, &proof.i386);
    return walk(&proof, &path, 0);
}
