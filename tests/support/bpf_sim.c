/* SPDX-License-Identifier: MIT
 *
 * bpf_sim.c - an interpreter of classic BPF over struct seccomp_data.
 *
 * It knows what the kernel's seccomp_check_filter() and bpf_check_classic() let through and nothing
 * more: words loaded by absolute offset, the scratch memory, arithmetic, jumps and returns.
 *
 * Source: kernel/seccomp.c and net/core/filter.c.
 */
#include "support/bpf_sim.h"
#include <stdbool.h>
#include <string.h>

struct machine {
    uint32_t a, x;
    uint32_t memory[BPF_MEMWORDS];
    unsigned pc;
    unsigned steps;
    bool faulty;
    bool done;
    uint32_t result;
};

static uint32_t load_word(struct machine *m, const struct seccomp_data *data, uint32_t offset)
{
    uint32_t word = 0;
    if (offset % sizeof(word) != 0 || offset > sizeof(*data) - sizeof(word))
        m->faulty = true;
    else
        memcpy(&word, (const char *)data + offset, sizeof(word));
    return word;
}

static uint32_t *scratch(struct machine *m, uint32_t k)
{
    if (k >= BPF_MEMWORDS) {
        m->faulty = true;
        k = 0;
    }
    return &m->memory[k];
}

static uint32_t arithmetic(struct machine *m, unsigned code, uint32_t k)
{
    const uint32_t operand = BPF_SRC(code) == BPF_X ? m->x : k;
    switch (BPF_OP(code)) {
    case BPF_ADD:
        return m->a + operand;
    case BPF_SUB:
        return m->a - operand;
    case BPF_MUL:
        return m->a * operand;
    case BPF_DIV:
        m->faulty |= operand == 0;
        return operand ? m->a / operand : 0;
    case BPF_AND:
        return m->a & operand;
    case BPF_OR:
        return m->a | operand;
    case BPF_XOR:
        return m->a ^ operand;
    case BPF_LSH:
        m->faulty |= operand >= 32;
        return m->a << (operand & 31);
    case BPF_RSH:
        m->faulty |= operand >= 32;
        return m->a >> (operand & 31);
    case BPF_NEG:
        return -m->a;
    default:
        m->faulty = true;
        return 0;
    }
}

static void jump(struct machine *m, const struct sock_filter *in)
{
    const uint32_t operand = BPF_SRC(in->code) == BPF_X ? m->x : in->k;
    bool taken = false;
    switch (BPF_OP(in->code)) {
    case BPF_JA:
        m->pc += in->k;
        m->faulty |= in->k > BPF_MAXINSNS;
        return;
    case BPF_JEQ:
        taken = m->a == operand;
        break;
    case BPF_JGT:
        taken = m->a > operand;
        break;
    case BPF_JGE:
        taken = m->a >= operand;
        break;
    case BPF_JSET:
        taken = (m->a & operand) != 0;
        break;
    default:
        m->faulty = true;
    }
    m->pc += taken ? in->jt : in->jf;
}

static uint32_t load(struct machine *m, const struct sock_filter *in,
                     const struct seccomp_data *data, bool to_x)
{
    switch (BPF_MODE(in->code)) {
    case BPF_ABS:
        m->faulty |= to_x || BPF_SIZE(in->code) != BPF_W;
        return load_word(m, data, in->k);
    case BPF_LEN:
        return sizeof(*data);
    case BPF_IMM:
        return in->k;
    case BPF_MEM:
        return *scratch(m, in->k);
    default:
        m->faulty = true;
        return 0;
    }
}

static void step(struct machine *m, const struct sock_filter *in, const struct seccomp_data *data)
{
    m->pc++;
    m->steps++;
    switch (BPF_CLASS(in->code)) {
    case BPF_LD:
        m->a = load(m, in, data, false);
        break;
    case BPF_LDX:
        m->x = load(m, in, data, true);
        break;
    case BPF_ST:
        *scratch(m, in->k) = m->a;
        break;
    case BPF_STX:
        *scratch(m, in->k) = m->x;
        break;
    case BPF_ALU:
        m->a = arithmetic(m, in->code, in->k);
        break;
    case BPF_JMP:
        jump(m, in);
        break;
    case BPF_RET:
        m->result = BPF_RVAL(in->code) == BPF_A ? m->a : in->k;
        m->done = true;
        break;
    default: /* BPF_MISC */
        if (BPF_MISCOP(in->code) == BPF_TAX)
            m->x = m->a;
        else
            m->a = m->x;
    }
}

static struct machine run(const struct sock_fprog *program, const struct seccomp_data *data)
{
    struct machine m = {.faulty = program->len == 0 || program->len > BPF_MAXINSNS};
    while (!m.done && !m.faulty) {
        if (m.pc >= program->len)
            m.faulty = true;
        else
            step(&m, &program->filter[m.pc], data);
    }
    return m;
}

int64_t bpf_sim(const struct sock_fprog *program, const struct seccomp_data *data)
{
    struct machine m = run(program, data);
    return m.faulty ? -1 : (int64_t)m.result;
}

unsigned bpf_sim_steps(const struct sock_fprog *program, const struct seccomp_data *data)
{
    struct machine m = run(program, data);
    return m.faulty ? 0 : m.steps;
}
