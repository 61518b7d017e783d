/* SPDX-License-Identifier: MIT
 *
 * Filters with a tree for i386: each call there answers as its native one, those that decide for
 * the kernel decide alike, and the proof finds each filter that does something else.
 */
#include "guards/seccomp/decide.h"
#include "guards/seccomp/proof.h"
#include "guards/syscalls.h"
#include "seccomp_random.h"

#if defined(__x86_64__)

/* As made_new(), with i386. */
static struct made *made_both(const char *allow)
{
    struct made *made = made_new(allow);
    made_words(made, &made->policy.syscalls_arch, "native i386");
    return made;
}

/* ---- all calls, against the native ones ------------------------------------------------------ */

/* What the native tree answers is compared with libseccomp's elsewhere: here it is the measure. */
static void compare_abis(const struct made *made, const struct filter *filter)
{
    static const uint64_t values[] = {0,  1,          2,          3,          0x5412, 06000,
                                      10, 0x10000000, 0x7fffffff, 0xffffffff, 0x40,   0x0400000};
    (void)made;
    for (int number = 0; number < CALLS_MAX; number++) {
        const int call = table_of_number(number, ABI_I386);
        const int native = call < 0 ? -1 : table_number(call, ABI_NATIVE);
        for (size_t i = 0; native >= 0 && i < 144; i++) {
            struct seccomp_data here = {.nr = native, .arch = TEST_ARCH};
            for (unsigned j = 0; j < 6; j++)
                here.args[j] = values[j % 2 ? i % 12 : i / 12];
            struct seccomp_data there = here;
            there.nr = number;
            there.arch = AUDIT_ARCH_I386;
            if (runs(filter->code, filter->count, &here) !=
                runs(filter->code, filter->count, &there))
                fail_msg("%s", table_name(call));
        }
    }
}

static struct made *random_both(struct chance *by, unsigned dense)
{
    struct made *made = made_random(by, dense);
    made->policy.syscall_rules.count = 0;
    made_words(made, &made->policy.syscalls_arch, "native i386");
    if (chance(by, 2))
        made_rule(made, "socket", chance(by, 2) ? "errno:13 if type & 3" : "allow if domain < 3");
    return made;
}

static void random_policies_are_as_native(void **state)
{
    static struct compiled compiled;
    struct chance by = {.state = 386};
    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        struct made *made = random_both(&by, 1 + i % 10);
        struct sbx_error error = {0};
        compile_policy(&made->policy, &compiled);
        if (proof_check(&made->policy, &compiled.table, compiled.filter.code, compiled.filter.count,
                        &error) != 0)
            fail_msg("%s", error.text);
        compare_abis(made, &compiled.filter);
        made_free(made);
    }
}

/* What answers for the kernel decides as the filter does. */
static void the_decider_is_as_the_filter(void **state)
{
    static struct compiled compiled;
    struct chance by = {.state = 32};
    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        struct made *made = random_both(&by, 1 + i % 10);
        struct decider *rules;
        struct sbx_error error = {0};
        made->policy.syscalls_tell.v = TELL_NONE;
        compile_policy(&made->policy, &compiled);
        assert_int_equal(decider_new(&made->policy, &rules, &error), 0);
        for (unsigned j = 0; j < 20000; j++) {
            struct call_made call = {.arch = AUDIT_ARCH_I386,
                                     .number = (int)chance(&by, CALLS_MAX + 60),
                                     .args = {chance(&by, 48), chance(&by, 4)}};
            struct seccomp_data data = {.nr = call.number, .arch = call.arch};
            memcpy(data.args, call.args, sizeof(data.args));
            assert_int_equal(decide_answer(decider_decide(rules, &call), TELL_NONE),
                             runs(compiled.filter.code, compiled.filter.count, &data));
        }
        const struct call_made foreign = {.arch = AUDIT_ARCH_ARM, .number = 1};
        assert_int_equal(decider_decide(rules, &foreign).kind, ACTION_KILL);
        decider_free(rules);
        made_free(made);
    }
}

/* ---- the proof ------------------------------------------------------------------------------ */

static bool is_proved(const struct made *made, const struct compiled *compiled,
                      const struct filter *filter)
{
    struct sbx_error error = {0};
    return proof_check(&made->policy, &compiled->table, filter->code, filter->count, &error) == 0;
}

/* Whether two programs answer alike on i386, with what a mutant may have brought in. */
static bool alike(const struct filter *a, const struct filter *b, uint32_t k)
{
    const uint64_t values[] = {0, 1, 2, 16, 0x5412, 06000, 0x10000000, 0xffffffff, k};
    for (int number = -2; number < CALLS_MAX + 2; number++)
        for (size_t i = 0; i < 81; i++) {
            struct seccomp_data data = {.nr = number, .arch = AUDIT_ARCH_I386};
            for (unsigned j = 0; j < 6; j++)
                data.args[j] = values[j % 2 ? i % 9 : i / 9];
            if (runs(a->code, a->count, &data) != runs(b->code, b->count, &data))
                return false;
        }
    return true;
}

/* Each answer of the tree of i386, one after the other, becomes another one. */
static void wrong_answers_are_found(void **state)
{
    static struct compiled compiled;
    static struct filter mutant;
    unsigned found = 0, told = 0;
    (void)state;
    struct made *made = made_both("@base @process @file-read @file-write socket");
    compile_policy(&made->policy, &compiled);
    assert_true(is_proved(made, &compiled, &compiled.filter));
    for (size_t i = 0; i < compiled.filter.count; i++) {
        struct sock_filter *at = &mutant.code[i];
        mutant = compiled.filter;
        if (at->code == (BPF_RET | BPF_K))
            at->k = at->k == SECCOMP_RET_ALLOW ? SECCOMP_RET_ERRNO : SECCOMP_RET_ALLOW;
        else if (BPF_CLASS(at->code) == BPF_JMP)
            at->k ^= 1;
        else
            continue;
        const bool same = alike(&compiled.filter, &mutant, at->k);
        const bool proved = is_proved(made, &compiled, &mutant);
        if (proved && !same)
            fail_msg("instruction %zu", i);
        found += !proved;
        told += !proved && !same;
    }
    assert_true(found > 100);
    assert_true(told > 50);
    made_free(made);
}

/* A filter for the native calls alone kills what it shall let pass, and the other way round. */
static void another_choice_of_abis_is_found(void **state)
{
    static struct compiled both, one;
    struct made *with = made_both("@base"), *without = made_new("@base");
    (void)state;
    compile_policy(&with->policy, &both);
    compile_policy(&without->policy, &one);
    assert_true(is_proved(with, &both, &both.filter));
    assert_true(is_proved(without, &one, &one.filter));
    assert_false(is_proved(with, &both, &one.filter));
    assert_false(is_proved(without, &one, &both.filter));
    made_free(with);
    made_free(without);
}

/* The rules of i386 change, and the filter stays. */
static void another_table_is_found(void **state)
{
    static struct compiled compiled;
    (void)state;
    struct made *made = made_both("@base @process");
    compile_policy(&made->policy, &compiled);
    for (int number = 0; number <= compiled.table.i386->newest; number++) {
        struct call_verdict *verdict = &compiled.table.i386->of[number], kept = *verdict;
        char name[CALL_NAME_SIZE], what[80];
        struct sbx_error error = {0};
        *verdict = (struct call_verdict){.rank = RANK_NAME, .kind = ACTION_ERRNO, .error = 77};
        snprintf(what, sizeof(what), "i386 system call %s", name_on_abi(ABI_I386, number, name));
        assert_int_equal(proof_check(&made->policy, &compiled.table, compiled.filter.code,
                                     compiled.filter.count, &error),
                         -1);
        if (number != 354 /* seccomp */ && !strstr(error.text, what))
            fail_msg("%s: %s", what, error.text);
        *verdict = kept;
    }
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_policies_are_as_native),
        cmocka_unit_test(the_decider_is_as_the_filter),
        cmocka_unit_test(wrong_answers_are_found),
        cmocka_unit_test(another_choice_of_abis_is_found),
        cmocka_unit_test(another_table_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 77; /* no other machine has i386 */
}

#endif
