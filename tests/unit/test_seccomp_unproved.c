/* SPDX-License-Identifier: MIT
 *
 * No launch with a filter that does something else than the profile says. Such a filter can't be
 * had from a policy, so that here the part that writes it lies: this body_write() takes the
 * place of the guard's.
 */
#include "guards/seccomp/filter.h"
#include "seccomp_fixture.h"

static long lie_about;

/* One comparison for each call. */
void body_write(const struct sbx_policy *policy, const struct call_table *table,
                struct filter *filter)
{
    filter->count = 0;
    filter->overflow = false;
    const struct sock_filter head[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TEST_ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)};
    for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
        filter->code[filter->count++] = head[i];
    for (int number = 0; number <= table->newest; number++) {
        const uint32_t answer = filter_return(calls_action(policy, table, number), table->tell);
        filter->code[filter->count++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1);
        filter->code[filter->count++] = (struct sock_filter)BPF_STMT(
            BPF_RET | BPF_K, number == lie_about ? answer ^ SECCOMP_RET_ALLOW : answer);
    }
#if defined(__x86_64__)
    filter->code[filter->count++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
    filter->code[filter->count++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
#endif
    filter->code[filter->count++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
}

static void expect_refused(long call, const char *name)
{
    struct made *made = made_new("read write execve exit_group getppid");
    struct sbx_error error = {0};
    lie_about = call;
    assert_int_equal(made_try(made, &error), -1);
    assert_int_equal(error.code, SBX_E_SETUP);
    assert_string_equal(error.stage, "seccomp");
    assert_non_null(strstr(error.text, "the filter does not do what the profile says"));
    assert_non_null(strstr(error.text, name));
    assert_non_null(strstr(error.hint, "please report"));
    assert_false(made->plan.seccomp.on);
    assert_null(made->plan.seccomp.program.filter);
    made_free(made);
}

static void a_filter_that_differs_is_refused(void **state)
{
    (void)state;
    lie_about = -1;
    struct made *made = made_new("read write execve exit_group getppid");
    made_compile(made); /* the control: nothing is lied about */
    assert_int_equal(answer(made, SYS_read, 0, 0), ALLOWED);
    made_free(made);
    expect_refused(SYS_read, "system call read");
    expect_refused(SYS_ptrace, "system call ptrace");
    expect_refused(SYS_clone3, "system call clone3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_that_differs_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
