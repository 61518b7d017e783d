/* SPDX-License-Identifier: MIT
 *
 * The tests' own interpreter of classic BPF: each kind of instruction, and the faults that the
 * kernel would refuse.
 */
#include "support/bpf_sim.h"

#include "support/test.h"

static const struct seccomp_data sample = {
    .nr = 42,
    .arch = 0xc000003e,
    .instruction_pointer = UINT64_C(0x1122334455667788),
    .args = {UINT64_C(0xaabbccdd00000007), 2, 3, 4, 5, UINT64_C(0xfeedface00000000)},
};

static int64_t run(const struct sock_filter *code, size_t count)
{
    const struct sock_fprog program = {.len = (unsigned short)count,
                                       .filter = (struct sock_filter *)code};
    return bpf_sim(&program, &sample);
}

#define RUN(...)                                                                                   \
    run((const struct sock_filter[]){__VA_ARGS__},                                                 \
        sizeof((const struct sock_filter[]){__VA_ARGS__}) / sizeof(struct sock_filter))
#define LOAD(offset)        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define RETURN_A            BPF_STMT(BPF_RET | BPF_A, 0)
#define RETURN(k)           BPF_STMT(BPF_RET | BPF_K, k)
#define IMM(k)              BPF_STMT(BPF_LD | BPF_IMM, k)
#define ALU(op, k)          BPF_STMT(BPF_ALU | (op) | BPF_K, k)
#define JUMP(op, k, jt, jf) BPF_JUMP(BPF_JMP | (op) | BPF_K, k, jt, jf)

static void loads(void **state)
{
    (void)state;
    assert_int_equal(RUN(LOAD(0), RETURN_A), 42);
    assert_int_equal(RUN(LOAD(4), RETURN_A), 0xc000003e);
    assert_int_equal(RUN(LOAD(8), RETURN_A), 0x55667788);
    assert_int_equal(RUN(LOAD(16), RETURN_A), 7);
    assert_int_equal(RUN(LOAD(20), RETURN_A), 0xaabbccdd);
    assert_int_equal(RUN(LOAD(60), RETURN_A), 0xfeedface);
    assert_int_equal(RUN(BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), RETURN_A), 64);
    assert_int_equal(
        RUN(IMM(9), BPF_STMT(BPF_ST, 15), IMM(1), BPF_STMT(BPF_LD | BPF_MEM, 15), RETURN_A), 9);
    assert_int_equal(RUN(IMM(5), BPF_STMT(BPF_MISC | BPF_TAX, 0), IMM(0),
                         BPF_STMT(BPF_MISC | BPF_TXA, 0), RETURN_A),
                     5);
}

static void arithmetic(void **state)
{
    (void)state;
    assert_int_equal(RUN(IMM(0xffffffff), ALU(BPF_ADD, 2), RETURN_A), 1);
    assert_int_equal(RUN(IMM(1), ALU(BPF_SUB, 2), RETURN_A), 0xffffffff);
    assert_int_equal(RUN(IMM(7), ALU(BPF_MUL, 6), RETURN_A), 42);
    assert_int_equal(RUN(IMM(7), ALU(BPF_DIV, 2), RETURN_A), 3);
    assert_int_equal(RUN(IMM(0xff), ALU(BPF_AND, 0x0f), RETURN_A), 0x0f);
    assert_int_equal(RUN(IMM(0xf0), ALU(BPF_OR, 0x0f), RETURN_A), 0xff);
    assert_int_equal(RUN(IMM(0xff), ALU(BPF_XOR, 0x0f), RETURN_A), 0xf0);
    assert_int_equal(RUN(IMM(1), ALU(BPF_LSH, 31), RETURN_A), 0x80000000);
    assert_int_equal(RUN(IMM(0x80000000), ALU(BPF_RSH, 31), RETURN_A), 1);
    assert_int_equal(RUN(IMM(1), ALU(BPF_NEG, 0), RETURN_A), 0xffffffff);
}

static void jumps(void **state)
{
    static const struct {
        unsigned op;
        uint32_t k;
        int taken;
    } rows[] = {
        {BPF_JEQ, 42, 1}, {BPF_JEQ, 43, 0}, {BPF_JGT, 41, 1}, {BPF_JGT, 42, 0},  {BPF_JGE, 42, 1},
        {BPF_JGE, 43, 0}, {BPF_JSET, 2, 1}, {BPF_JSET, 5, 0}, {BPF_JSET, 32, 1}, {BPF_JSET, 64, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(RUN(LOAD(0), JUMP(rows[i].op, rows[i].k, 1, 0), RETURN(0), RETURN(1)),
                         rows[i].taken);
    assert_int_equal(RUN(BPF_STMT(BPF_JMP | BPF_JA, 1), RETURN(0), RETURN(1)), 1);
}

static void faults(void **state)
{
    (void)state;
    assert_int_equal(run(NULL, 0), -1);
    assert_int_equal(RUN(LOAD(0)), -1);                                  /* runs off its end */
    assert_int_equal(RUN(BPF_STMT(BPF_JMP | BPF_JA, 5), RETURN(0)), -1); /* jumps off its end */
    assert_int_equal(RUN(JUMP(BPF_JEQ, 0, 9, 9), RETURN(0)), -1);        /* the same */
    assert_int_equal(RUN(LOAD(2), RETURN(0)), -1);                       /* not aligned */
    assert_int_equal(RUN(LOAD(64), RETURN(0)), -1);                      /* past the data */
    assert_int_equal(RUN(BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RETURN(0)), -1);
    assert_int_equal(RUN(BPF_STMT(BPF_LD | BPF_MEM, 16), RETURN(0)), -1);
    assert_int_equal(RUN(IMM(1), ALU(BPF_DIV, 0), RETURN(0)), -1);
    assert_int_equal(RUN(IMM(1), ALU(BPF_MOD, 2), RETURN(0)), -1); /* seccomp has no MOD */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads),
        cmocka_unit_test(arithmetic),
        cmocka_unit_test(jumps),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
