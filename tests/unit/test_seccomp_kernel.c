/* SPDX-License-Identifier: MIT
 *
 * The filter in the real kernel: a forked child installs it and makes one call.
 */
#include "base/sys.h"
#include "seccomp_fixture.h"
#include <asm/ioctls.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* How a child ended that installed the filter and made the call: its errno value, 0 where the call
 * went well, or 1000 and the signal. The child makes raw system calls alone, as the launch does. */
static int tried(const struct made *made, long number, long a, long b)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int item = -1;
        long ret = sys(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (ret == 0)
            ret = guard_seccomp.enter(&made->plan, &item);
        if (ret == 0 && item == 0)
            ret = sys(number, a, b, 0, 0, 0);
        else
            ret = -255;
        for (;;)
            sys(SYS_exit_group, ret < 0 ? -ret : 0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void the_kernel_answers_as_the_filter_says(void **state)
{
    (void)state;
    struct made *made = made_new("@base @process @network-client @sandbox setns unshare fchmod");
    made_words(made, &made->policy.syscalls_errno, "getppid:42 @keyring");
    made_words(made, &made->policy.syscalls_log, "sysinfo");
    made_compile(made);
    assert_int_equal(tried(made, SYS_getpid, 0, 0), 0);
    assert_int_equal(tried(made, SYS_getppid, 0, 0), 42);
    assert_int_equal(tried(made, SYS_keyctl, 0, 0), EPERM);
    assert_int_equal(tried(made, SYS_sysinfo, 0, 0), EFAULT);
    assert_int_equal(tried(made, SYS_mount, 0, 0), 1000 + SIGSYS);
    assert_int_equal(tried(made, 2000, 0, 0), ENOSYS);
    assert_int_equal(tried(made, SYS_clone3, 0, 0), ENOSYS);
    assert_int_equal(tried(made, SYS_io_uring_setup, 1, 0), ENOSYS);
    assert_int_equal(tried(made, SYS_setns, -1, 0), EPERM);
    assert_int_equal(tried(made, SYS_unshare, CLONE_NEWUSER, 0), EPERM);
    assert_int_equal(tried(made, SYS_unshare, CLONE_FS, 0), 0);
    assert_int_equal(tried(made, SYS_ioctl, -1, TIOCSTI), EPERM);
    assert_int_equal(tried(made, SYS_ioctl, -1, TIOCSTI | 1L << 32), EPERM);
    assert_int_equal(tried(made, SYS_ioctl, -1, TCGETS), EBADF);
    assert_int_equal(tried(made, SYS_ioctl, -1, TCXONC), EPERM);
    assert_int_equal(tried(made, SYS_fchmod, -1, 04755), EPERM);
    assert_int_equal(tried(made, SYS_fchmod, -1, 0755), EBADF);
    assert_int_equal(tried(made, SYS_prlimit64, 1, RLIMIT_NOFILE), EPERM);
    assert_int_equal(tried(made, SYS_prlimit64, 0, RLIMIT_NOFILE), 0);
    assert_int_equal(tried(made, SYS_openat2, -1, 0), ENOSYS);
    assert_int_equal(tried(made, SYS_personality, 0x0040000, 0), EPERM);
    assert_int_equal(tried(made, SYS_socket, AF_PACKET, SOCK_RAW), EAFNOSUPPORT);
    assert_int_equal(tried(made, SYS_socket, AF_UNIX, SOCK_STREAM), 0);
    assert_int_equal(tried(made, SYS_seccomp, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER), EPERM);
    assert_int_equal(tried(made, SYS_seccomp, 1, 0), EFAULT);
#ifdef __x86_64__
    assert_int_equal(tried(made, 0x40000000 + SYS_getpid, 0, 0), 1000 + SIGSYS);
#endif
    made_free(made);
}

/* Rules on arguments, of both widths, with and without a sign. What passes them meets a descriptor
 * that is none. */
static void the_kernel_answers_as_rules_on_arguments_say(void **state)
{
    enum { NONE = 9000 };
    const long high = 1L << 32;
    (void)state;
    struct made *made = made_new("@base");
    made_rule(made, "lseek", "errno:42 if fd < -1");
    made_rule(made, "lseek", "errno:43 if offset in {7, 0x100000007}");
    made_rule(made, "lseek", "errno:44 if offset > 0x200000000 || offset < -0x100000000");
    made_rule(made, "lseek", "kill if fd & 0xff0000 == 0x110000");
    made_compile(made);
    assert_int_equal(tried(made, SYS_lseek, NONE, 0), EBADF);
    assert_int_equal(tried(made, SYS_lseek, -1, 0), EBADF);
    assert_int_equal(tried(made, SYS_lseek, -2, 0), 42);
    assert_int_equal(tried(made, SYS_lseek, 0xfffffffe, 0), 42);
    assert_int_equal(tried(made, SYS_lseek, high | 0xfffffffe, 0), 42);
    assert_int_equal(tried(made, SYS_lseek, high | NONE, 0), EBADF);
    assert_int_equal(tried(made, SYS_lseek, NONE, 7), 43);
    assert_int_equal(tried(made, SYS_lseek, NONE, high | 7), 43);
    assert_int_equal(tried(made, SYS_lseek, NONE, 2 * high | 7), 44);
    assert_int_equal(tried(made, SYS_lseek, NONE, 2 * high), EBADF);
    assert_int_equal(tried(made, SYS_lseek, NONE, -high), EBADF);
    assert_int_equal(tried(made, SYS_lseek, NONE, -high - 1), 44);
    assert_int_equal(tried(made, SYS_lseek, 0x110001, 0), 1000 + SIGSYS);
    assert_int_equal(tried(made, SYS_lseek, 0x210001, 0), EBADF);
    made_free(made);
}

/* The control: the same calls without a filter answer something else. */
static void the_answers_are_the_filters(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    assert_false(made->plan.seccomp.on); /* not compiled: enter() installs nothing */
    assert_int_equal(tried(made, SYS_getppid, 0, 0), 0);
    assert_int_equal(tried(made, SYS_lseek, 0xfffffffe, 7), EBADF);
    assert_int_equal(tried(made, SYS_lseek, 0x110001, 0), EBADF);
    assert_int_equal(tried(made, SYS_ioctl, -1, TIOCSTI), EBADF);
    assert_int_equal(tried(made, SYS_setns, -1, 0), EBADF);
    assert_int_equal(tried(made, SYS_ioctl, -1, TCXONC), EBADF);
    assert_int_equal(tried(made, SYS_fchmod, -1, 04755), EBADF);
    assert_int_equal(tried(made, SYS_personality, 0x0040000, 0), 0);
    assert_int_not_equal(tried(made, SYS_mount, 0, 0), 1000 + SIGSYS);
    made_free(made);
}

static void a_refused_filter_is_explained(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    struct sbx_error error = {.code = SBX_E_SETUP, .sys_errno = EINVAL, .stage = "seccomp"};
    char text[128];
    made_compile(made);
    snprintf(text, sizeof(text), "the seccomp filter of %u instructions was refused by the kernel",
             (unsigned)made->plan.seccomp.program.len);
    guard_seccomp.explain(&made->plan, 0, &error);
    assert_string_equal(error.text, text);
    assert_string_equal(error.origin.file, "test.ini");
    assert_int_equal(error.origin.line, 1);
    assert_true(strlen(error.hint) > 0);

    made->plan.seccomp.program.len = 0; /* enter() hands the kernel's answer on */
    assert_int_equal(tried(made, SYS_getpid, 0, 0), 255);
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_answers_as_the_filter_says),
        cmocka_unit_test(the_kernel_answers_as_rules_on_arguments_say),
        cmocka_unit_test(the_answers_are_the_filters),
        cmocka_unit_test(a_refused_filter_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
