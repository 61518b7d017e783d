/* SPDX-License-Identifier: MIT
 *
 * A question is not answered where the filter would do something else than the rules say. Such a
 * filter can't be had from a policy, so that here the machine that runs it lies: this interpret()
 * takes the place of the guard's.
 */
#include "guards/seccomp/interpret.h"
#include "guards/syscalls.h"
#include "seccomp_fixture.h"

static long lie_about; /* the call, and of its second argument the value, that is lied about */
static uint64_t lie_value;

int interpret(const struct sock_filter *code, size_t count, const struct seccomp_data *call,
              uint32_t *answer)
{
    const struct sock_fprog program = {.len = (unsigned short)count,
                                       .filter = (struct sock_filter *)code};
    *answer = (uint32_t)bpf_sim(&program, call);
    if (call->nr == lie_about && call->args[1] == lie_value)
        *answer ^= SECCOMP_RET_ALLOW;
    return 0;
}

static int ask(const char *call, const char *argument, struct sbx_error *error, char **text)
{
    struct made *made = made_new("@base");
    size_t size;
    FILE *out = open_memstream(text, &size);
    assert_non_null(out);
    int result = syscalls_ask(&made->policy, call, &argument, argument != NULL, out, error);
    assert_int_equal(fclose(out), 0);
    made_free(made);
    return result;
}

static void expect(const char *call, const char *argument, bool answered)
{
    struct sbx_error error = {0};
    char *text = NULL;
    int result = ask(call, argument, &error, &text);
    assert_int_equal(result, answered ? 0 : -1);
    assert_int_equal(error.code, answered ? SBX_OK : SBX_E_SETUP);
    if (!answered)
        assert_string_equal(text, "");
    free(text);
}

static void no_answer_where_the_filter_disagrees(void **state)
{
    (void)state;
    lie_about = -1;
    expect("read", "fd=0", true); /* the control: nothing is lied about */
    expect("ioctl", NULL, true);
    lie_about = SYS_read;
    expect("read", "fd=0", false);
    expect("write", "fd=0", true);
    lie_about = SYS_ioctl;
    lie_value = 0x5412; /* TIOCSTI */
    expect("ioctl", "cmd=TIOCSTI", false);
    expect("ioctl", NULL, false); /* found by trying */
    expect("ioctl", "cmd=TIOCGWINSZ", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_answer_where_the_filter_disagrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
