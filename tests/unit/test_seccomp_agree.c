/* SPDX-License-Identifier: MIT
 *
 * Answers rest on the filter itself: the guard's interpreter does what the tests' own one does, and
 * a filter that does not do what the rules say is found out. The tables of names are whole.
 */
#include "guards/seccomp/agree.h"
#include "guards/seccomp/constants.h"
#include "guards/seccomp/interpret.h"
#include "guards/seccomp/numbers.h"
#include "guards/syscalls.h"
#include "seccomp_fixture.h"
#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/stat.h>

/* ---- the interpreter ------------------------------------------------------------------------ */

static const struct seccomp_data sample = {.nr = 7, .arch = TEST_ARCH, .args = {3, 1, 2}};

static int run(const struct sock_filter *code, size_t count, uint32_t *answer)
{
    return interpret(code, count, &sample, answer);
}

#define RUN(answer, ...)                                                                           \
    run((const struct sock_filter[]){__VA_ARGS__},                                                 \
        sizeof((const struct sock_filter[]){__VA_ARGS__}) / sizeof(struct sock_filter), answer)
#define LOAD(offset)        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define RETURN(k)           BPF_STMT(BPF_RET | BPF_K, k)
#define JUMP(op, k, jt, jf) BPF_JUMP(BPF_JMP | (op) | BPF_K, k, jt, jf)

static void instructions(void **state)
{
    static const struct {
        unsigned op;
        uint32_t k;
        uint32_t taken;
    } rows[] = {
        {BPF_JEQ, 7, 1}, {BPF_JEQ, 8, 0}, {BPF_JGT, 6, 1},  {BPF_JGT, 7, 0},
        {BPF_JGE, 7, 1}, {BPF_JGE, 8, 0}, {BPF_JSET, 9, 1}, {BPF_JSET, 8, 0},
    };
    uint32_t answer = 99;
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(
            RUN(&answer, LOAD(0), JUMP(rows[i].op, rows[i].k, 1, 0), RETURN(0), RETURN(1)), 0);
        assert_int_equal(answer, rows[i].taken);
    }
    assert_int_equal(RUN(&answer, BPF_STMT(BPF_JMP | BPF_JA, 1), RETURN(4), RETURN(5)), 0);
    assert_int_equal(answer, 5);
    assert_int_equal(RUN(&answer, LOAD(16), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 2),
                         JUMP(BPF_JEQ, 2, 0, 1), RETURN(6), RETURN(7)),
                     0);
    assert_int_equal(answer, 6);
}

static void foreign_instructions_are_refused(void **state)
{
    uint32_t answer = 42;
    (void)state;
    assert_int_equal(run(NULL, 0, &answer), -1);
    assert_int_equal(RUN(&answer, LOAD(0)), -1);             /* runs off its end */
    assert_int_equal(RUN(&answer, LOAD(2), RETURN(1)), -1);  /* not aligned */
    assert_int_equal(RUN(&answer, LOAD(64), RETURN(1)), -1); /* past the data */
    assert_int_equal(RUN(&answer, BPF_STMT(BPF_RET | BPF_A, 0)), -1);
    assert_int_equal(RUN(&answer, BPF_STMT(BPF_LD | BPF_IMM, 1), RETURN(1)), -1);
    assert_int_equal(RUN(&answer, BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), RETURN(1)), -1);
    assert_int_equal(RUN(&answer, BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1), RETURN(1)), -1);
    assert_int_equal(RUN(&answer, BPF_STMT(BPF_JMP | BPF_JA, 0xffffffff), RETURN(1)), -1);
    assert_int_equal(RUN(&answer, JUMP(BPF_JEQ, 0, 9, 9), RETURN(1)), -1);
    assert_int_equal(answer, 42);
}

/* Two interpreters, written apart, on whole filters. */
static void both_interpreters_agree(void **state)
{
    (void)state;
    struct made *made = made_new("@base @process @file-write @network-client");
    made_words(made, &made->policy.syscalls_log, "@sandbox mkdir");
    made_compile(made);
    const struct sock_fprog *program = &made->plan.seccomp.program;
    for (int number = -1; number < 520; number++)
        for (unsigned bit = 0; bit < 64; bit++) {
            const uint64_t value = UINT64_C(1) << bit;
            const struct seccomp_data data = {
                .nr = number, .arch = TEST_ARCH, .args = {value, value | 0x5402, value, value}};
            uint32_t answer = 0;
            assert_int_equal(interpret(program->filter, program->len, &data, &answer), 0);
            assert_int_equal(answer, bpf_sim(program, &data));
        }
    made_free(made);
}

/* ---- agreement ------------------------------------------------------------------------------ */

struct compiled {
    struct call_table table;
    struct filter filter;
};

static void compile(const struct made *made, struct compiled *compiled)
{
    struct sbx_error error = {0};
    struct diag diag = {.error = &error};
    assert_int_equal(filter_settle(&made->policy, &compiled->table, &diag), 0);
    assert_int_equal(filter_write(&made->policy, &compiled->table, &compiled->filter, &diag), 0);
}

static int compare(const struct made *made, const struct compiled *compiled, int number)
{
    const struct known known = {.given = {false}};
    struct sbx_error error = {0};
    struct cases cases;
    cases_make(&made->policy, &compiled->table, number, &cases);
    int result = agree(&compiled->filter, number, &cases, &known, &error);
    if (result != 0)
        assert_int_equal(error.code, SBX_E_SETUP);
    return result;
}

static void set_up(struct made *made, unsigned variant)
{
    made->policy.namespaces_nested.v = variant & 1 ? YESNO_YES : YESNO_NO;
    if (variant & 2)
        made_words(made, &made->policy.syscalls_log, "ioctl chmod socket openat seccomp");
    if (variant & 4)
        made->policy.syscalls_default.kind = ACTION_LOG;
    if (variant & 8)
        made->policy.syscalls_unknown.kind = ACTION_ALLOW;
    if (variant & 16)
        made->policy.network_families.count = 0;
    if (variant & 32)
        made->policy.network_refused.kind = ACTION_KILL;
}

/* The rules as they are told, and as they are compiled, for every call of many policies. */
static void rules_and_filters_agree(void **state)
{
    static struct compiled compiled;
    (void)state;
    for (unsigned variant = 0; variant < 64; variant++) {
        struct made *made = made_new("@base @process @file-write @network-client @mount @io-uring");
#ifdef __x86_64__
        made_words(made, &made->policy.syscalls_errno, "creat:38");
#endif
        set_up(made, variant);
        compile(made, &compiled);
        for (int number = 0; number < 520; number++)
            if (compare(made, &compiled, number) != 0)
                fail_msg("variant %u, call %d", variant, number);
        made_free(made);
    }
}

/* Changes each constant that the prelude compares an argument of ioctl with, one by one: each such
 * filter would lie, and is found out. */
static void a_filter_that_lies_is_found_out(void **state)
{
    static struct compiled compiled;
    unsigned changed = 0;
    (void)state;
    struct made *made = made_new("@base");
    compile(made, &compiled);
    for (size_t i = 0; i < compiled.filter.count; i++) {
        struct sock_filter *at = &compiled.filter.code[i];
        if (at->code != (BPF_JMP | BPF_JEQ | BPF_K) || at->k < 0x5400 || at->k > 0x54ff)
            continue;
        at->k ^= 0x80;
        assert_int_equal(compare(made, &compiled, SYS_ioctl), -1);
        at->k ^= 0x80;
        changed++;
    }
    assert_int_equal(changed, 8);
    assert_int_equal(compare(made, &compiled, SYS_ioctl), 0);

    for (size_t i = 0; i < compiled.filter.count; i++) /* what was allowed is killed */
        if (compiled.filter.code[i].code == (BPF_RET | BPF_K) &&
            compiled.filter.code[i].k == SECCOMP_RET_ALLOW)
            compiled.filter.code[i].k = SECCOMP_RET_KILL_PROCESS;
    assert_int_equal(compare(made, &compiled, SYS_read), -1);
    assert_int_equal(compare(made, &compiled, SYS_openat), -1);
    assert_int_equal(compare(made, &compiled, SYS_ptrace), 0); /* it was killed all the time */
    made_free(made);
}

/* ---- the tables of names -------------------------------------------------------------------- */

static void each_row_names_a_call(void **state)
{
    static const char *const rows[] = {
#define ARGUMENTS(call, arguments) call,
#include "guards/seccomp/arguments.def"
#undef ARGUMENTS
    };
    (void)state;
    assert_true(sizeof(rows) / sizeof(rows[0]) >= 40);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct argument arguments[ARGUMENTS_MAX];
        bool named = false;
        size_t count = arguments_of(rows[i], arguments, &named);
        if (!named || table_find(rows[i]) < 0)
            fail_msg("%s is no system call", rows[i]);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(rows[j], rows[i]);
        for (size_t j = 0; j < count; j++) {
            struct slice sets = arguments[j].sets, set;
            struct sbx_error error;
            uint64_t value;
            assert_int_equal(constants_parse(arguments[j].sets, "1", "x", &value, &error), 0);
            for (; slice_next(&sets, ',', &set);) /* a set that is misspelt has no constant */
                if (!constant_of_bit(set, UINT64_MAX) && !constant_of_value(set, 0))
                    fail_msg("%s: no set '%.*s'", rows[i], (int)set.length, set.text);
        }
    }
}

static void constants_are_those_of_the_headers(void **state)
{
    static const struct {
        const char *set, *text;
        uint64_t value;
    } rows[] = {
        {"open", "O_RDWR|O_CREAT", O_RDWR | O_CREAT},
        {"open", " O_RDWR | 0x40 ", O_RDWR | 0x40},
        {"open", "O_TMPFILE", O_TMPFILE},
        {"mode", "S_ISUID|0755", S_ISUID | 0755},
        {"clone,signal", "CLONE_NEWUSER|SIGCHLD", CLONE_NEWUSER | 17},
        {"prctl", "PR_SET_SECCOMP", PR_SET_SECCOMP},
        {"family", "AF_LOCAL", AF_UNIX},
        {"dirfd", "AT_FDCWD", (uint64_t)AT_FDCWD},
        {"", "AF_INET6|0", AF_INET6},
        {"", "-9223372036854775808", UINT64_C(1) << 63},
        {"", "18446744073709551615", UINT64_MAX},
        {"", "0xFF", 255},
        {"", "010", 8},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct slice sets = {rows[i].set, strlen(rows[i].set)};
        struct sbx_error error = {0};
        uint64_t value = 0;
        if (constants_parse(sets, rows[i].text, "x", &value, &error) != 0)
            fail_msg("%s: %s", rows[i].text, error.text);
        assert_int_equal(value, rows[i].value);
    }
    assert_string_equal(constant_of_value((struct slice){"family", 6}, AF_UNIX), "AF_UNIX");
    assert_null(constant_of_value((struct slice){"open", 4}, 0x12345));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instructions),
        cmocka_unit_test(foreign_instructions_are_refused),
        cmocka_unit_test(both_interpreters_agree),
        cmocka_unit_test(rules_and_filters_agree),
        cmocka_unit_test(a_filter_that_lies_is_found_out),
        cmocka_unit_test(each_row_names_a_call),
        cmocka_unit_test(constants_are_those_of_the_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
