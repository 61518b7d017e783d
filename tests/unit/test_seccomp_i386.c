/* SPDX-License-Identifier: MIT
 *
 * Calls of i386, where a policy allows them: what a list, a rule or the house says of a call holds
 * there by name, and for those that do the same. Numbers of i386 stand here as the kernel's
 * <asm/unistd_32.h> has them.
 */
#include "guards/syscalls.h"
#include "seccomp_random.h"
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#if defined(__x86_64__)

enum {
    I386_EXIT = 1,
    I386_READ = 3,
    I386_OPEN = 5,
    I386_WAITPID = 7,
    I386_CREAT = 8,
    I386_MKNOD = 14,
    I386_CHMOD = 15,
    I386_OLDSTAT = 18,
    I386_LSEEK = 19,
    I386_SETUID = 23,
    I386_UMOUNT = 22,
    I386_IOCTL = 54,
    I386_FCNTL = 55,
    I386_MMAP = 90,
    I386_FCHMOD = 94,
    I386_SOCKETCALL = 102,
    I386_IPC = 117,
    I386_CLONE = 120,
    I386_MODIFY_LDT = 123,
    I386_PERSONALITY = 136,
    I386_LLSEEK = 140,
    I386_VM86 = 166,
    I386_PRCTL = 172,
    I386_MMAP2 = 192,
    I386_STAT64 = 195,
    I386_SETUID32 = 213,
    I386_FCNTL64 = 221,
    I386_SET_THREAD_AREA = 243,
    I386_OPENAT = 295,
    I386_MKNODAT = 297,
    I386_FCHMODAT = 306,
    I386_UNSHARE = 310,
    I386_PRLIMIT64 = 340,
    I386_SENDMMSG = 345,
    I386_SETNS = 346,
    I386_SECCOMP = 354,
    I386_SOCKET = 359,
    I386_SOCKETPAIR = 360,
    I386_LISTEN = 363,
    I386_SETSOCKOPT = 366,
    I386_SENDTO = 369,
    I386_SENDMSG = 370,
    I386_CLOCK_GETTIME64 = 403,
    I386_IO_URING_SETUP = 425,
    I386_CLONE3 = 435,
    I386_OPENAT2 = 437,
    I386_FCHMODAT2 = 452,
};

/* As made_new(), with i386. */
static struct made *made_both(const char *allow)
{
    struct made *made = made_new(allow);
    made_words(made, &made->policy.syscalls_arch, "native i386");
    return made;
}

static int64_t on_i386(const struct made *made, int number, uint64_t a, uint64_t b, uint64_t c,
                       uint64_t d)
{
    const struct seccomp_data data = {
        .nr = number, .arch = AUDIT_ARCH_I386, .args = {a, b, c, d, a, b}};
    return bpf_sim(&made->plan.seccomp.program, &data);
}

static int64_t plain(const struct made *made, int number)
{
    return on_i386(made, number, 0, 0, 0, 0);
}

/* ---- lists ---------------------------------------------------------------------------------- */

static void foreign_calls_are_killed(void **state)
{
    (void)state;
    struct made *without = made_new("@base"), *with = made_both("@base");
    const uint32_t others[] = {AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM, 0, AUDIT_ARCH_I386 + 1};
    made_compile(without);
    made_compile(with);
    assert_int_equal(plain(without, I386_READ), KILLED);
    assert_int_equal(plain(with, I386_READ), ALLOWED);
    assert_int_equal(answer(with, 0x40000000 | SYS_read, 0, 0), KILLED);
    assert_int_equal(plain(with, 0x40000000 | I386_READ), FAILS(ENOSYS)); /* it is no x32 there */
    assert_int_equal(plain(with, 600), FAILS(ENOSYS));
    assert_int_equal(plain(with, -1), FAILS(ENOSYS));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        const struct seccomp_data data = {.nr = I386_READ, .arch = others[i]};
        assert_int_equal(bpf_sim(&with->plan.seccomp.program, &data), KILLED);
    }
    made_free(without);
    made_free(with);
}

static void lists_hold_by_name(void **state)
{
    (void)state;
    struct made *made = made_both("execve exit_group read mmap fcntl stat lseek @timer");
    made_words(made, &made->policy.syscalls_errno, "wait4:3 _llseek:7 umount2:9 set_thread_area:4");
    made_words(made, &made->policy.syscalls_kill, "fcntl64 clock_gettime");
    made_words(made, &made->policy.syscalls_log, "setuid");
    made->policy.syscalls_tell.v = TELL_NONE;
    made->policy.syscalls_default = (struct value_action){.kind = ACTION_ERRNO, .error = 55};
    made_compile(made);
    assert_int_equal(plain(made, I386_READ), ALLOWED);
    assert_int_equal(plain(made, I386_EXIT), FAILS(55)); /* 1 is write on x86_64 */
    assert_int_equal(plain(made, I386_MMAP), ALLOWED);
    assert_int_equal(plain(made, I386_MMAP2), ALLOWED);
    assert_int_equal(plain(made, I386_STAT64), ALLOWED);
    assert_int_equal(plain(made, I386_OLDSTAT), ALLOWED);
    assert_int_equal(plain(made, I386_FCNTL), ALLOWED);
    assert_int_equal(plain(made, I386_FCNTL64), KILLED); /* it is named itself */
    assert_int_equal(plain(made, I386_LSEEK), ALLOWED);
    assert_int_equal(plain(made, I386_LLSEEK), FAILS(7));
    assert_int_equal(plain(made, I386_WAITPID), FAILS(3));
    assert_int_equal(plain(made, I386_UMOUNT), FAILS(9));
    assert_int_equal(plain(made, I386_CLOCK_GETTIME64), KILLED); /* a name beats @timer */
    assert_int_equal(plain(made, I386_SETUID), LOGGED);
    assert_int_equal(plain(made, I386_SETUID32), LOGGED);
    assert_int_equal(plain(made, I386_VM86), FAILS(55));
    assert_int_equal(plain(made, I386_MODIFY_LDT), FAILS(55));
    made_free(made);
}

static void names_that_only_i386_has(void **state)
{
    (void)state;
    struct made *made = made_new("execve exit_group");
    made_words(made, &made->policy.syscalls_kill, "socketcall");
    expect_error(made, 3, "x86_64 has no system call 'socketcall'", "arch = native i386");
    made_words(made, &made->policy.syscalls_arch, "native i386");
    made_compile(made);
    assert_int_equal(plain(made, I386_SOCKETCALL), KILLED); /* just that is meant */
    assert_int_equal(plain(made, I386_IPC), FAILS(ENOSYS));
    made_free(made);

    made = made_both("execve exit_group socketcall");
    expect_error(made, 3, "'socketcall' can't be allowed", "allow those calls themselves");
    made_free(made);
    made = made_both("@base @network-io @ipc set_thread_area");
    made_compile(made);
    assert_int_equal(plain(made, I386_SOCKETCALL), FAILS(ENOSYS));
    assert_int_equal(plain(made, I386_IPC), FAILS(ENOSYS));
    assert_int_equal(plain(made, I386_SET_THREAD_AREA), ALLOWED);
    made_free(made);
}

static void the_key(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    made_words(made, &made->policy.syscalls_arch, "i386");
    expect_error(made, 2, "native can't be left out", "arch = native i386");
    made_free(made);
    made = made_both("@base");
    struct found *found = found_new(&made->policy);
    expect_found(found, SBX_SEVERITY_WARNING, "i386-calls", 3, "'i386'");
    found_free(found);
    made_free(made);
    made = made_both("@base vm86");
    found = found_new(&made->policy);
    expect_found(found, SBX_SEVERITY_WARNING, "obsolete-syscalls", 2, "'vm86' passes");
    found_free(found);
    made_free(made);
}

/* ---- the house ------------------------------------------------------------------------------ */

static void house_rules_hold(void **state)
{
    static const struct {
        int number, error;
        uint64_t args[4];
    } denied[] = {
        {I386_IOCTL, EPERM, {0, TIOCSTI}},
        {I386_IOCTL, EPERM, {0, TIOCSTI | UINT64_C(1) << 32}},
        {I386_PERSONALITY, EPERM, {0x0400000}},
        {I386_SECCOMP, EPERM, {1, SECCOMP_FILTER_FLAG_NEW_LISTENER}},
        {I386_PRLIMIT64, EPERM, {1}},
        {I386_CHMOD, EPERM, {0, S_ISUID}},
        {I386_FCHMOD, EPERM, {0, S_ISGID}},
        {I386_CREAT, EPERM, {0, S_ISUID}},
        {I386_MKNOD, EPERM, {0, S_ISUID}},
        {I386_FCHMODAT, EPERM, {0, 0, S_ISUID}},
        {I386_FCHMODAT2, EPERM, {0, 0, S_ISUID}},
        {I386_MKNODAT, EPERM, {0, 0, S_ISUID}},
        {I386_OPEN, EPERM, {0, O_CREAT, S_ISUID}},
        {I386_OPENAT, EPERM, {0, 0, O_CREAT, S_ISUID}},
        {I386_CLONE, EPERM, {CLONE_NEWUSER}},
        {I386_UNSHARE, EPERM, {CLONE_NEWUSER}},
        {I386_SETNS, EPERM, {0}},
        {I386_SOCKET, EAFNOSUPPORT, {AF_NETLINK}},
        {I386_SOCKETPAIR, EAFNOSUPPORT, {AF_VSOCK}},
        {I386_CLONE3, ENOSYS, {0}},
        {I386_OPENAT2, ENOSYS, {0}},
        {I386_IO_URING_SETUP, ENOSYS, {0}},
        {I386_SENDTO, EOPNOTSUPP, {0, 0, 0, MSG_FASTOPEN}},
        {I386_SENDMMSG, EOPNOTSUPP, {0, 0, 0, MSG_FASTOPEN}},
        {I386_SENDMSG, EOPNOTSUPP, {0, 0, MSG_FASTOPEN}},
        {I386_SETSOCKOPT, ENOENT, {0, 6, 31}},
        {I386_LISTEN, EACCES, {0}},
    };
    static const int passing[] = {I386_IOCTL,   I386_PERSONALITY, I386_SECCOMP,    I386_PRLIMIT64,
                                  I386_CHMOD,   I386_FCHMOD,      I386_CREAT,      I386_MKNOD,
                                  I386_OPEN,    I386_OPENAT,      I386_FCHMODAT,   I386_MKNODAT,
                                  I386_CLONE,   I386_UNSHARE,     I386_FCHMODAT2,  I386_SENDTO,
                                  I386_SENDMSG, I386_SENDMMSG,    I386_SETSOCKOPT, I386_PRCTL};
    (void)state;
    struct made *made = made_both("@base");
    made->policy.syscalls_default.kind = ACTION_ALLOW;
    made->policy.network_tcp_connect.count = made->policy.network_tcp_bind.count = 0;
    made_compile(made);
    for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++) {
        const uint64_t *args = denied[i].args;
        const int64_t is = on_i386(made, denied[i].number, args[0], args[1], args[2], args[3]);
        if (is != FAILS(denied[i].error))
            fail_msg("row %zu, call %d: %#llx", i, denied[i].number, (unsigned long long)is);
    }
    for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
        if (plain(made, passing[i]) != ALLOWED)
            fail_msg("call %d", passing[i]);
    assert_int_equal(on_i386(made, I386_SOCKET, AF_INET, 0, 0, 0), ALLOWED);
    assert_int_equal(on_i386(made, I386_PRCTL, 22, 0, 0, 0), FAILS(EPERM)); /* PR_SET_SECCOMP */
    made_free(made);
}

/* Each call that a house rule is about is there on i386: a row that is not would be no rule. */
static void no_house_rule_is_lost(void **state)
{
    static const struct call_table i386 = {.abi = ABI_I386};
    (void)state;
    for (size_t i = 0; i < house_rule_count; i++)
        for (unsigned j = 0; j < house_rules[i].calls; j++) {
            const int native = house_rules[i].numbers[j], number = house_number_in(&i386, native);
            assert_true(number >= 0);
            assert_int_equal(house_number(&i386, number), native);
            assert_false(table_differs(table_of_number(number, ABI_I386)));
        }
}

/* ---- rules on arguments --------------------------------------------------------------------- */

static void conditions_that_can_be_kept(void **state)
{
    (void)state;
    struct made *made = made_both("@base socket connect wait4 fcntl mmap");
    made_rule(made, "socket", "allow if domain == AF_UNIX");
    made_rule(made, "socket", "errno:13");
    made_rule(made, "wait4", "errno:5 if options & 1");
    made_rule(made, "fcntl", "errno:6");
    made_rule(made, "mmap", "errno:12");
    made_rule(made, "_llseek", "errno:8");
    made_compile(made);
    assert_int_equal(on_i386(made, I386_SOCKET, AF_UNIX, 0, 0, 0), ALLOWED);
    assert_int_equal(on_i386(made, I386_SOCKET, AF_INET, 0, 0, 0), FAILS(13));
    assert_int_equal(on_i386(made, I386_WAITPID, 0, 0, 1, 0), FAILS(5));
    assert_int_equal(on_i386(made, I386_WAITPID, 0, 0, 2, 0), ALLOWED);
    assert_int_equal(plain(made, I386_FCNTL64), FAILS(6));
    assert_int_equal(plain(made, I386_MMAP2), FAILS(12));
    assert_int_equal(plain(made, I386_LLSEEK), FAILS(8));
    assert_int_equal(plain(made, I386_LSEEK), ALLOWED);
    made_free(made);
}

static void expect_unkept(const char *call, const char *rule, const char *text)
{
    struct made *made = made_both("@base @file-write");
    made_rule(made, call, rule);
    expect_error(made, 5, text, "leave i386 out");
    made_free(made);
    made = made_new("@base @file-write"); /* without i386 nothing is wrong with it */
    made_rule(made, call, rule);
    expect_good(made);
    made_free(made);
}

static void conditions_that_can_not_be_kept(void **state)
{
    (void)state;
    expect_unkept("mmap", "kill if prot & PROT_EXEC", "for mmap of i386");
    expect_unkept("unshare", "kill if flags & CLONE_NEWUSER", "it compares 64 bits");
    expect_unkept("fcntl", "kill if cmd == F_SETLK", "for fcntl of i386, which takes its");
    expect_unkept("setuid", "kill if uid == 0", "for setuid of i386");
    expect_unkept("lseek", "kill if fd == 0", "for _llseek of i386");
    expect_unkept("ftruncate", "kill if fd == 0 || fd == 1", "for ftruncate64 of i386");
    expect_unkept("fallocate", "allow if fd == 7 && mode == 0", "for fallocate of i386");
    struct made *made = made_both("@base");
    made_rule(made, "lseek", "kill if fd == 0"); /* what is named itself is not meant */
    made_words(made, &made->policy.syscalls_errno, "_llseek");
    expect_good(made);
    made_free(made);
}

/* ---- what is told ------------------------------------------------------------------------------
 */

static void denials_are_told(void **state)
{
    struct sbx_error error = {0};
    struct sbx_denial denial = {.count = 1};
    struct decider *rules;
    (void)state;
    struct made *made = made_both("execve exit_group");
    assert_int_equal(decider_new(&made->policy, &rules, &error), 0);
    const struct call_made socket = {
        .arch = AUDIT_ARCH_I386, .number = I386_SOCKET, .args = {AF_INET, SOCK_STREAM, 0}};
    decider_tell(rules, &socket, NULL, &denial);
    assert_string_equal(denial.call, "i386 socket");
    assert_string_equal(denial.args, "AF_INET, SOCK_STREAM, 0");
    assert_string_equal(denial.action, "kill");
    const struct call_made waits = {.arch = AUDIT_ARCH_I386, .number = I386_WAITPID, .args = {7}};
    decider_tell(rules, &waits, NULL, &denial);
    assert_string_equal(denial.call, "i386 waitpid");
    assert_string_equal(denial.args, "7, NULL, 0, NULL");
    assert_string_equal(denial.fix, "syscalls.allow = waitpid");
    assert_string_equal(denial.settings[0], "syscalls.allow+=waitpid");
    const struct call_made old = {
        .arch = AUDIT_ARCH_I386, .number = I386_MMAP, .args = {0x1234567}};
    decider_tell(rules, &old, NULL, &denial); /* all of it is behind that pointer */
    assert_string_equal(denial.call, "i386 mmap");
    assert_string_equal(denial.args, "0x1234567, 0, 0, 0, 0, 0");
    decider_free(rules);
    made_free(made);
}

static void ask(const struct made *made, const char *call, const char *with, const char *without)
{
    char *text = NULL;
    size_t size = 0;
    struct sbx_error error = {0};
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    if (syscalls_ask(&made->policy, call, NULL, 0, out, &error) != 0)
        fail_msg("%s: %s", call, error.text);
    fclose(out);
    if (!strstr(text, with) || (without && strstr(text, without)))
        fail_msg("%s", text);
    free(text);
}

static void questions_are_answered(void **state)
{
    struct sbx_error error = {0};
    (void)state;
    struct made *made = made_both("@base @network-client");
    ask(made, "read", "read(): allow", "i386");
    ask(made, "set_thread_area", "i386 set_thread_area(): allow", NULL);
    ask(made, "fcntl64", "i386 fcntl64(): allow", NULL);
    ask(made, "socketcall", "i386 socketcall(): errno ENOSYS", "\nsocketcall");
    made_free(made);
    made = made_new("@base");
    ask(made, "set_thread_area", "set_thread_area(): kill", "i386");
    assert_int_equal(syscalls_ask(&made->policy, "fcntl64", NULL, 0, stdout, &error), -1);
    assert_non_null(strstr(error.text, "does not allow i386"));
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_calls_are_killed),
        cmocka_unit_test(lists_hold_by_name),
        cmocka_unit_test(names_that_only_i386_has),
        cmocka_unit_test(the_key),
        cmocka_unit_test(house_rules_hold),
        cmocka_unit_test(no_house_rule_is_lost),
        cmocka_unit_test(conditions_that_can_be_kept),
        cmocka_unit_test(conditions_that_can_not_be_kept),
        cmocka_unit_test(denials_are_told),
        cmocka_unit_test(questions_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

static void refused(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    made_words(made, &made->policy.syscalls_arch, "native i386");
    expect_error(made, 3, "has no ABI 'i386'", "?i386");
    made_free(made);
    made = made_new("@base");
    made_words(made, &made->policy.syscalls_arch, "native ?i386");
    expect_good(made);
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
