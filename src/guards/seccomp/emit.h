/* SPDX-License-Identifier: MIT
 *
 * emit.h - filter code, written from its end to its beginning, because jumps go forward: so each
 * target is known when the jump to it is written, and returns are shared.
 */
#ifndef GUARDS_SECCOMP_EMIT_H
#define GUARDS_SECCOMP_EMIT_H

#include "guards/seccomp/filter.h"

/* Where an instruction is, counted from the end. */
typedef size_t place;

struct emit {
    struct sock_filter code[BPF_MAXINSNS]; /* the last instruction first */
    size_t count;
    bool overflow; /* it has become longer than the kernel can take; what is written then is lost */
};

/* Each writes in front of all that is there, and returns the place of what it has written. */
place emit_put(struct emit *emit, unsigned code, uint32_t k);

/* A comparison of the accumulator. However far its targets are, it reaches them. */
place emit_jump(struct emit *emit, unsigned comparison, uint32_t k, place if_true, place if_false);

/* A return, or one that is near enough and the same. */
place emit_return(struct emit *emit, uint32_t answer);

/* Loads a word of struct seccomp_data, by its offset in bytes; under a mask, unless that is whole.
 */
place emit_load(struct emit *emit, size_t offset, uint32_t mask);

/* The filter in the kernel's order. */
void emit_finish(struct emit *emit, struct filter *filter);

#endif
