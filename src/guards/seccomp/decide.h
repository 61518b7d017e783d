/* SPDX-License-Identifier: MIT
 *
 * decide.h - whether the rules on one call give one answer in a whole region of arguments. For
 * proof.c; it is exact, or says that the question is too hard.
 */
#ifndef GUARDS_SECCOMP_DECIDE_H
#define GUARDS_SECCOMP_DECIDE_H

#include "guards/seccomp/cases.h"

/* What a path through a filter has learned about a word of struct seccomp_data: that a comparison
 * of the word, under a mask, holds or does not. */
struct fact {
    uint16_t comparison; /* BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET */
    uint16_t word;       /* its offset in words */
    uint32_t mask, k;
    bool holds;
};

/* The word that the low half of the first argument is; its high half follows. */
enum { FIRST_ARGUMENT_WORD = 4, FACTS_MAX = 2048 /* of one path */ };

enum decision {
    DECISION_SAME,    /* every input of the region gets the answer */
    DECISION_OTHER,   /* there is one that gets another */
    DECISION_TOO_HARD /* not found out with bounded work */
};

/* The SECCOMP_RET_* value that an action stands for. Not the emitters' own, for they might share a
 * fault. */
uint32_t decide_answer(struct value_action action, enum tell tell);

/* What may be looked at for one filter, all in all: facts, comparisons and values. A bound for each
 * question alone would be none, for a filter has as many of them as it has paths. */
#define DECIDE_WORK_MAX UINT64_C(10000000)

/* Whether by the cases each input for which all facts hold gets the answer. Facts about words that
 * are no half of an argument are passed over: that makes the region larger, never smaller.
 *
 * work   what has been looked at so far; is added to. Beyond DECIDE_WORK_MAX all is too hard. */
enum decision decide(const struct cases *cases, const struct fact *facts, size_t count,
                     uint32_t answer, uint64_t *work);

#endif
