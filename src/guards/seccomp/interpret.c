/* SPDX-License-Identifier: MIT
 *
 * interpret.c - a machine with one register that runs what body.c and prelude.c write: words
 * loaded from the call, a mask laid over them, comparisons with constants, returns. Whatever else
 * classic BPF has is refused, for nobody has written it here.
 *
 * Source: the kernel's net/core/filter.c and kernel/seccomp.c.
 */
#include "guards/seccomp/interpret.h"
#include <string.h>

static int load(const struct seccomp_data *call, uint32_t offset, uint32_t *word)
{
    if (offset % sizeof(*word) != 0 || offset > sizeof(*call) - sizeof(*word))
        return -1;
    memcpy(word, (const char *)call + offset, sizeof(*word));
    return 0;
}

/* How many instructions a jump goes over. */
static int jump(const struct sock_filter *at, uint32_t word, size_t *over)
{
    bool taken;
    switch (at->code) {
    case BPF_JMP | BPF_JA:
        *over = at->k;
        return 0;
    case BPF_JMP | BPF_JEQ | BPF_K:
        taken = word == at->k;
        break;
    case BPF_JMP | BPF_JGT | BPF_K:
        taken = word > at->k;
        break;
    case BPF_JMP | BPF_JGE | BPF_K:
        taken = word >= at->k;
        break;
    case BPF_JMP | BPF_JSET | BPF_K:
        taken = (word & at->k) != 0;
        break;
    default:
        return -1;
    }
    *over = taken ? at->jt : at->jf;
    return 0;
}

/* Jumps go forward alone, so that each run ends. */
int interpret(const struct sock_filter *code, size_t count, const struct seccomp_data *call,
              uint32_t *answer)
{
    uint32_t word = 0;
    for (size_t i = 0; i < count; i++) {
        const struct sock_filter *at = &code[i];
        size_t over = 0;
        switch (at->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            if (load(call, at->k, &word) != 0)
                return -1;
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            word &= at->k;
            break;
        case BPF_RET | BPF_K:
            *answer = at->k;
            return 0;
        default:
            if (jump(at, word, &over) != 0)
                return -1;
        }
        if (over > count)
            return -1;
        i += over;
    }
    return -1;
}
