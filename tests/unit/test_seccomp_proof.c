/* SPDX-License-Identifier: MIT
 *
 * The proof passes each filter that is compiled, and finds each that does something else: broken by
 * chance in many ways, or by hand. What it lets through is tried with many inputs.
 */
#include "guards/seccomp/proof.h"
#include "seccomp_random.h"

enum { MUTANTS = 100, RANDOM_POLICIES = 15, RANDOM_MUTANTS = 30, VALUES_MAX = 4096, ASKED = 4 };

/* ---- inputs --------------------------------------------------------------------------------- */

struct values {
    uint64_t of[VALUES_MAX];
    size_t count;
};

static void add(struct values *values, uint64_t value)
{
    if (values->count < VALUES_MAX)
        values->of[values->count++] = value;
}

static void add_near(struct values *values, uint32_t k)
{
    add(values, k);
    add(values, k + 1);
    add(values, k - 1);
    add(values, k | UINT64_C(1) << 32);
    add(values, (uint64_t)k << 32);
}

/* All that a program compares with, and each bit. */
static void make_values(const struct filter *filter, struct values *values)
{
    values->count = 0;
    add_near(values, 0);
    for (unsigned bit = 0; bit < 64; bit++)
        add(values, UINT64_C(1) << bit);
    for (size_t i = 0; i < filter->count; i++)
        if (BPF_CLASS(filter->code[i].code) == BPF_JMP && filter->code[i].k > 4)
            add_near(values, filter->code[i].k);
}

/* Whether two programs answer alike, with each pair of values once here and once there. */
static bool alike_for(const struct filter *a, const struct filter *b, uint32_t arch, int number,
                      const struct values *values)
{
    static const uint64_t others[] = {0, UINT64_MAX, 0xffffffff};
    for (size_t i = 0; i < values->count; i++)
        for (unsigned j = 0; j < 8; j++) {
            struct seccomp_data data = {.nr = number, .arch = arch};
            const uint64_t other = j / 2 < 3 ? others[j / 2] : values->of[i];
            for (unsigned k = 0; k < 6; k++)
                data.args[k] = (k ^ j) & 1 ? values->of[i] : other;
            if (runs(a->code, a->count, &data) != runs(b->code, b->count, &data))
                return false;
        }
    return true;
}

/* `few` is for the calls of which the arguments don't matter. */
static bool alike(const struct sbx_policy *policy, const struct compiled *compiled,
                  const struct filter *other, uint32_t k)
{
    static const int large[] = {0x3fffffff, 0x40000000, 0x40000001, INT32_MAX,      INT32_MIN,
                                -1,         CALLS_MAX,  0x10000,    AUDIT_ARCH_I386};
    static struct values few, many;
    few.count = 0;
    add_near(&few, 0);
    add_near(&few, k);
    make_values(&compiled->filter, &many);
    for (int number = 0; number < CALLS_MAX; number++)
        if (!alike_for(&compiled->filter, other, TEST_ARCH, number,
                       is_narrowed(policy, &compiled->table, number) ? &many : &few) ||
            !alike_for(&compiled->filter, other, AUDIT_ARCH_I386, number,
                       &(struct values){.of = {7}, .count = 1}))
            return false;
    for (size_t i = 0; i < sizeof(large) / sizeof(large[0]); i++)
        if (!alike_for(&compiled->filter, other, TEST_ARCH, large[i], &few))
            return false;
    return alike_for(&compiled->filter, other, TEST_ARCH, (int)k, &few) &&
           alike_for(&compiled->filter, other, k, SYS_read, &few);
}

/* ---- mutants -------------------------------------------------------------------------------- */

static uint32_t random_k(struct chance *by, uint32_t k)
{
    switch (chance(by, 5)) {
    case 0:
        return k + 1;
    case 1:
        return k - 1;
    case 2:
        return k ^ UINT32_C(1) << chance(by, 32);
    case 3:
        return chance(by, 512);
    default:
        return chance(by, UINT32_MAX);
    }
}

static uint32_t random_answer(struct chance *by)
{
    static const uint32_t answers[] = {SECCOMP_RET_ALLOW,          SECCOMP_RET_LOG,
                                       SECCOMP_RET_KILL_PROCESS,   SECCOMP_RET_KILL_THREAD,
                                       SECCOMP_RET_TRAP,           SECCOMP_RET_TRACE,
                                       SECCOMP_RET_USER_NOTIF,     SECCOMP_RET_ERRNO | EPERM,
                                       SECCOMP_RET_ERRNO | ENOSYS, SECCOMP_RET_ERRNO};
    return answers[chance(by, sizeof(answers) / sizeof(answers[0]))];
}

static uint16_t random_code(struct chance *by)
{
    static const uint16_t codes[] = {BPF_JMP | BPF_JEQ | BPF_K, BPF_JMP | BPF_JGT | BPF_K,
                                     BPF_JMP | BPF_JGE | BPF_K, BPF_JMP | BPF_JSET | BPF_K,
                                     BPF_JMP | BPF_JA,          BPF_RET | BPF_K,
                                     BPF_RET | BPF_A,           BPF_LD | BPF_W | BPF_ABS,
                                     BPF_LD | BPF_IMM,          BPF_ALU | BPF_AND | BPF_K,
                                     BPF_ALU | BPF_OR | BPF_K,  BPF_ST,
                                     BPF_LD | BPF_MEM,          BPF_JMP | BPF_JEQ | BPF_X,
                                     BPF_MISC | BPF_TAX,        BPF_ALU | BPF_RSH | BPF_K,
                                     BPF_LD | BPF_W | BPF_LEN};
    return codes[chance(by, sizeof(codes) / sizeof(codes[0]))];
}

static void swap(struct sock_filter *a, struct sock_filter *b)
{
    const struct sock_filter kept = *a;
    *a = *b;
    *b = kept;
}

/* Changes one thing. Returns the place. */
static size_t mutate(struct chance *by, struct filter *filter)
{
    const size_t place = chance(by, (uint32_t)filter->count);
    struct sock_filter *at = &filter->code[place];
    switch (chance(by, 11)) {
    case 0:
        at->jt = (uint8_t)(at->jt + (chance(by, 2) ? 1 : -1));
        break;
    case 1:
        at->jf = (uint8_t)(at->jf + (chance(by, 2) ? 1 : -1));
        break;
    case 2:
        at->jt = (uint8_t)chance(by, 256);
        break;
    case 3:
        at->jf = (uint8_t)chance(by, 256);
        break;
    case 4:
        at->jt ^= at->jf, at->jf ^= at->jt, at->jt ^= at->jf;
        break;
    case 5:
        at->code = random_code(by);
        break;
    case 6:
        swap(at, &filter->code[chance(by, (uint32_t)filter->count)]);
        break;
    case 7: /* one instruction is lost, or one is there twice */
        memmove(at, at + 1, (filter->count - place - 1) * sizeof(*at));
        filter->count--;
        break;
    case 8:
        memmove(at + 1, at, (filter->count - place) * sizeof(*at));
        filter->count++;
        break;
    default:
        at->k = BPF_CLASS(at->code) == BPF_RET ? random_answer(by) : random_k(by, at->k);
    }
    return place;
}

struct score {
    unsigned found, passed, same;
    unsigned asked, other; /* of those that were found, one in ASKED was tried too */
};

static int prove(const struct sbx_policy *policy, const struct compiled *compiled,
                 const struct filter *filter, struct sbx_error *error)
{
    int result = proof_check(policy, &compiled->table, filter->code, filter->count, error);
    if (result != 0 && error->code == SBX_E_PROFILE) { /* too much to prove, with rules in it */
        assert_string_equal(error->origin.file, "test.ini");
        assert_true(policy->syscall_rules.count > 0);
    } else if (result != 0) {
        assert_int_equal(error->code, SBX_E_SETUP);
        assert_non_null(strstr(error->hint, "report"));
    }
    return result;
}

static void try_mutants(const struct sbx_policy *policy, unsigned count, struct chance *by,
                        struct score *score)
{
    static struct compiled compiled;
    static struct filter mutant;
    struct sbx_error error = {0};
    compile_policy(policy, &compiled);
    if (prove(policy, &compiled, &compiled.filter, &error) != 0)
        fail_msg("unbroken: %s", error.text);
    for (unsigned i = 0; i < count; i++) {
        mutant = compiled.filter;
        const size_t place = mutate(by, &mutant);
        if (memcmp(mutant.code, compiled.filter.code, sizeof(mutant.code)) == 0 &&
            mutant.count == compiled.filter.count) {
            score->same++;
            continue;
        }
        if (prove(policy, &compiled, &mutant, &error) != 0) {
            if (score->found++ % ASKED == 0) {
                score->asked++;
                score->other += !alike(policy, &compiled, &mutant, mutant.code[place].k);
            }
            continue;
        }
        score->passed++;
        if (!alike(policy, &compiled, &mutant, mutant.code[place].k))
            fail_msg("mutant %u, changed at %zu: code %#x k %#x jt %u jf %u", i, place,
                     mutant.code[place].code, mutant.code[place].k, mutant.code[place].jt,
                     mutant.code[place].jf);
    }
}

/* Few mutants are harmless, such as a range that ends elsewhere among numbers that nobody asks the
 * tree for; and few of those that are refused are. */
static void check_score(const struct score *score)
{
    if (score->found < 4 * score->passed || score->other < score->asked * 9 / 10)
        fail_msg("%u found, %u passed, %u unchanged; %u of %u really do something else",
                 score->found, score->passed, score->same, score->other, score->asked);
}

static void broken_shipped_filters_are_found(void **state)
{
    struct chance by = {.state = 1};
    struct score score = {0};
    (void)state;
    for (size_t i = 0; i < SHIPPED_PROFILES; i++) {
        struct sbx_policy *policy = load_shipped(i);
        try_mutants(policy, MUTANTS, &by, &score);
        policy_free(policy);
    }
    check_score(&score);
    assert_true(score.found > 500);
}

static void broken_random_filters_are_found(void **state)
{
    struct chance by = {.state = 2};
    struct score score = {0};
    (void)state;
    for (unsigned i = 0; i < RANDOM_POLICIES; i++) {
        struct made *made = made_random(&by, 1 + i % 10);
        try_mutants(&made->policy, RANDOM_MUTANTS, &by, &score);
        made_free(made);
    }
    check_score(&score);
}

/* The rules change, and the filter stays. */
static void another_policy_is_found(void **state)
{
    static struct compiled compiled;
    (void)state;
    struct sbx_policy *policy = load_shipped(SHIPPED_JUDGE);
    unsigned found = 0;
    compile_policy(policy, &compiled);
    for (int number = 0; number <= compiled.table.newest; number++) {
        struct sbx_error error = {0};
        struct call_verdict *verdict = &compiled.table.of[number], kept = *verdict;
        char name[CALL_NAME_SIZE];
        *verdict = (struct call_verdict){.rank = RANK_NAME, .kind = ACTION_ERRNO, .error = 77};
        assert_int_equal(prove(policy, &compiled, &compiled.filter, &error), -1);
        name_of_call(number, name);
        /* What some rules hold for hangs on seccomp(2). */
        if (number != SYS_seccomp && !strstr(error.text, name))
            fail_msg("%s: %s", name, error.text);
        *verdict = kept;
        found++;
    }
    assert_true(found > 400);
    policy_free(policy);
}

/* ---- programs by hand ----------------------------------------------------------------------- */

#define LOAD(offset)        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define MASK(k)             BPF_STMT(BPF_ALU | BPF_AND | BPF_K, k)
#define RETURN(k)           BPF_STMT(BPF_RET | BPF_K, k)
#define JUMP(op, k, jt, jf) BPF_JUMP(BPF_JMP | (op) | BPF_K, k, jt, jf)
#define KILL                RETURN(SECCOMP_RET_KILL_PROCESS)
#define ALLOW               RETURN(SECCOMP_RET_ALLOW)
#define CODE(...)                                                                                  \
    (const struct sock_filter[]){__VA_ARGS__},                                                     \
        sizeof((const struct sock_filter[]){__VA_ARGS__}) / sizeof(struct sock_filter)

/* All known numbers are killed but those that the test allows; newer ones too. */
struct bare {
    struct sbx_policy policy;
    struct call_table table;
    struct sbx_error error;
};

static void bare_set_up(struct bare *bare)
{
    memset(bare, 0, sizeof(*bare));
    bare->policy.syscalls_default.kind = ACTION_KILL;
    bare->policy.syscalls_unknown.kind = ACTION_KILL;
    bare->table.newest = 500;
    bare->table.abi = ABI_NATIVE;
}

static void allow(struct bare *bare, int number)
{
    bare->table.of[number] = (struct call_verdict){.rank = RANK_NAME, .kind = ACTION_ALLOW};
}

static bool proved(struct bare *bare, const struct sock_filter *code, size_t count)
{
    memset(&bare->error, 0, sizeof(bare->error));
    return proof_check(&bare->policy, &bare->table, code, count, &bare->error) == 0;
}

static void small_programs(void **state)
{
    struct bare bare;
    (void)state;
    bare_set_up(&bare);
    assert_true(proved(&bare, CODE(KILL)));
    assert_false(proved(&bare, CODE(ALLOW)));
    assert_string_equal(bare.error.text,
                        "the filter does not do what the profile says: calls of another ABI");
    assert_false(proved(&bare, CODE(RETURN(SECCOMP_RET_KILL_THREAD))));
    allow(&bare, SYS_getppid);
    assert_false(proved(&bare, CODE(KILL)));
    assert_string_equal(bare.error.text,
                        "the filter does not do what the profile says: system call getppid");
    assert_true(proved(&bare, CODE(LOAD(4), JUMP(BPF_JEQ, TEST_ARCH, 0, 3), LOAD(0),
                                   JUMP(BPF_JEQ, SYS_getppid, 0, 1), ALLOW, KILL)));
    /* The ABI is asked for after the number, and the number by other comparisons. */
    assert_true(proved(&bare, CODE(LOAD(0), JUMP(BPF_JGT, SYS_getppid, 5, 0),
                                   JUMP(BPF_JGE, SYS_getppid, 0, 4), MASK(0xffffffff), LOAD(4),
                                   JUMP(BPF_JEQ, TEST_ARCH, 0, 1), ALLOW, KILL)));
    assert_false(proved(&bare, CODE(LOAD(0), JUMP(BPF_JEQ, SYS_getppid, 0, 1), ALLOW, KILL)));
    /* Bits that the mask takes away let another number in. */
    assert_false(proved(&bare, CODE(LOAD(4), JUMP(BPF_JEQ, TEST_ARCH, 0, 4), LOAD(0), MASK(0xff),
                                    JUMP(BPF_JEQ, SYS_getppid & 0xff, 0, 1), ALLOW, KILL)));
    /* Nothing of an argument matters to this call. */
    assert_false(proved(&bare, CODE(LOAD(4), JUMP(BPF_JEQ, TEST_ARCH, 0, 5), LOAD(0),
                                    JUMP(BPF_JEQ, SYS_getppid, 0, 3), LOAD(16),
                                    JUMP(BPF_JEQ, 0x1234567, 1, 0), ALLOW, KILL)));
    /* The accumulator begins with 0. */
    assert_true(
        proved(&bare, CODE(JUMP(BPF_JEQ, 0, 1, 0), ALLOW, LOAD(4), JUMP(BPF_JEQ, TEST_ARCH, 0, 3),
                           LOAD(0), JUMP(BPF_JEQ, SYS_getppid, 0, 1), ALLOW, KILL)));
}

static void unknown_numbers(void **state)
{
    struct bare bare;
    (void)state;
    bare_set_up(&bare);
    bare.policy.syscalls_unknown = (struct value_action){.kind = ACTION_ERRNO, .error = ENOSYS};
    const uint32_t unknown = SECCOMP_RET_ERRNO | ENOSYS;
#if defined(__x86_64__)
    assert_true(proved(&bare, CODE(LOAD(4), JUMP(BPF_JEQ, TEST_ARCH, 0, 4), LOAD(0),
                                   JUMP(BPF_JGE, 0x40000000, 2, 0), JUMP(BPF_JGT, 500, 0, 1),
                                   RETURN(unknown), KILL)));
    assert_false(proved(&bare, CODE(LOAD(4), JUMP(BPF_JEQ, TEST_ARCH, 0, 3), LOAD(0),
                                    JUMP(BPF_JGT, 500, 0, 1), RETURN(unknown), KILL)));
    assert_non_null(strstr(bare.error.text, "x32"));
    assert_false(proved(&bare, CODE(LOAD(4), JUMP(BPF_JEQ, TEST_ARCH, 0, 4), LOAD(0),
                                    JUMP(BPF_JGE, 0x40000001, 2, 0), JUMP(BPF_JGT, 500, 0, 1),
                                    RETURN(unknown), KILL)));
    assert_false(proved(&bare, CODE(LOAD(4), JUMP(BPF_JEQ, TEST_ARCH, 0, 4), LOAD(0),
                                    JUMP(BPF_JGE, 0x3fffffff, 2, 0), JUMP(BPF_JGT, 500, 0, 1),
                                    RETURN(unknown), KILL)));
    assert_non_null(strstr(bare.error.text, "newer"));
    assert_false(proved(&bare, CODE(LOAD(4), JUMP(BPF_JEQ, TEST_ARCH, 0, 4), LOAD(0),
                                    JUMP(BPF_JGE, 0x40000000, 2, 0), JUMP(BPF_JGT, 501, 0, 1),
                                    RETURN(unknown), KILL)));
    assert_non_null(strstr(bare.error.text, "system call 501"));
#endif
    assert_false(proved(&bare, CODE(KILL)));
}

static void what_is_not_understood_is_refused(void **state)
{
    static struct sock_filter deep[BPF_MAXINSNS];
    struct bare bare;
    (void)state;
    bare_set_up(&bare);
    assert_false(proved(&bare, NULL, 0));
    assert_false(proved(&bare, CODE(LOAD(0))));
    assert_false(proved(&bare, CODE(LOAD(2), KILL)));
    assert_false(proved(&bare, CODE(LOAD(64), KILL)));
    assert_false(proved(&bare, CODE(BPF_STMT(BPF_RET | BPF_A, 0))));
    assert_false(proved(&bare, CODE(BPF_STMT(BPF_LD | BPF_IMM, 1), KILL)));
    assert_false(proved(&bare, CODE(BPF_STMT(BPF_ALU | BPF_OR | BPF_K, 1), KILL)));
    assert_false(proved(&bare, CODE(BPF_STMT(BPF_JMP | BPF_JA, 0xffffffff), KILL)));
    assert_false(proved(&bare, CODE(LOAD(0), JUMP(BPF_JEQ, 0, 9, 0), KILL)));
    assert_non_null(strstr(bare.error.text, "can't be proved"));
    /* Each comparison doubles the paths, which all end well. */
    for (size_t i = 0; i < 100; i++) {
        deep[2 * i] = (struct sock_filter)LOAD((uint32_t)(16 + 4 * (i % 12)));
        deep[2 * i + 1] = (struct sock_filter)JUMP(BPF_JSET, 1U << i % 32, 0, 0);
    }
    deep[200] = (struct sock_filter)KILL;
    assert_false(proved(&bare, deep, 201));
    assert_true(strstr(bare.error.text, "paths") || strstr(bare.error.text, "too much to prove"));
    for (unsigned i = 0; i < BPF_MAXINSNS; i++)
        deep[i] = (struct sock_filter)JUMP(BPF_JSET, 1, 0, 0);
    deep[0] = (struct sock_filter)LOAD(16);
    deep[BPF_MAXINSNS - 1] = (struct sock_filter)KILL;
    assert_false(proved(&bare, deep, BPF_MAXINSNS));
    assert_non_null(strstr(bare.error.text, "comparisons"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_shipped_filters_are_found),
        cmocka_unit_test(broken_random_filters_are_found),
        cmocka_unit_test(another_policy_is_found),
        cmocka_unit_test(small_programs),
        cmocka_unit_test(unknown_numbers),
        cmocka_unit_test(what_is_not_understood_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
