/* SPDX-License-Identifier: MIT
 *
 * emit.c - instructions and jumps. Knows no rule.
 */
#include "guards/seccomp/emit.h"

enum {
    /* How far back a target may be: both of a comparison's may first need a jump to them. */
    NEAR = UINT8_MAX - 2,
};

static place put(struct emit *emit, struct sock_filter instruction)
{
    if (emit->count == BPF_MAXINSNS) {
        emit->overflow = true;
        return emit->count - 1;
    }
    emit->code[emit->count] = instruction;
    return emit->count++;
}

place emit_put(struct emit *emit, unsigned code, uint32_t k)
{
    return put(emit, (struct sock_filter){.code = (uint16_t)code, .k = k});
}

/* The place, or a jump to it that a comparison can reach. */
static place bring_near(struct emit *emit, place target)
{
    if (emit->count - target <= NEAR)
        return target;
    return emit_put(emit, BPF_JMP | BPF_JA, (uint32_t)(emit->count - target - 1));
}

place emit_jump(struct emit *emit, unsigned comparison, uint32_t k, place if_true, place if_false)
{
    if (if_true == if_false)
        return emit->count - if_true == 1
                   ? if_true
                   : emit_put(emit, BPF_JMP | BPF_JA, (uint32_t)(emit->count - if_true - 1));
    const place on_true = bring_near(emit, if_true), on_false = bring_near(emit, if_false);
    return put(emit, (struct sock_filter){.code = (uint16_t)(BPF_JMP | comparison | BPF_K),
                                          .jt = (uint8_t)(emit->count - on_true - 1),
                                          .jf = (uint8_t)(emit->count - on_false - 1),
                                          .k = k});
}

place emit_return(struct emit *emit, uint32_t answer)
{
    for (size_t back = 1; back <= emit->count && back <= NEAR; back++) {
        const struct sock_filter *at = &emit->code[emit->count - back];
        if (at->code == (BPF_RET | BPF_K) && at->k == answer)
            return emit->count - back;
    }
    return emit_put(emit, BPF_RET | BPF_K, answer);
}

place emit_load(struct emit *emit, size_t offset, uint32_t mask)
{
    if (mask != UINT32_MAX)
        emit_put(emit, BPF_ALU | BPF_AND | BPF_K, mask);
    return emit_put(emit, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

void emit_finish(struct emit *emit, struct filter *filter)
{
    filter->count = 0;
    filter->overflow = emit->overflow;
    while (!emit->overflow && emit->count)
        filter->code[filter->count++] = emit->code[--emit->count];
}
