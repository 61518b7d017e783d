/* SPDX-License-Identifier: MIT
 *
 * The house rules: what the filter refuses whatever the profile allows, with every trick of high
 * bits and foreign ABIs.
 */
#include "seccomp_fixture.h"
#include <asm/ioctls.h>
#include <linux/sched.h>
#include <sys/prctl.h>

#define HIGH     (UINT64_C(1) << 32)
#define ALL_HIGH (UINT64_C(0xffffffff) << 32)

static int64_t answer_arch(const struct made *made, uint32_t arch, uint32_t number)
{
    const struct seccomp_data data = {.nr = (int)number, .arch = arch};
    return bpf_sim(&made->plan.seccomp.program, &data);
}

static struct made *compiled(const char *allow)
{
    struct made *made = made_new(allow);
    made_compile(made);
    return made;
}

static struct made *compiled_nested(const char *allow)
{
    struct made *made = made_new(allow);
    made->policy.namespaces_nested.v = YESNO_YES;
    made_compile(made);
    return made;
}

/* ---- ABIs ----------------------------------------------------------------------------------- */

static void foreign_abis_are_killed(void **state)
{
    static const uint32_t archs[] = {AUDIT_ARCH_I386, AUDIT_ARCH_ARM, AUDIT_ARCH_S390X, 0,
                                     AUDIT_ARCH_X86_64 ^ AUDIT_ARCH_AARCH64 ^ TEST_ARCH};
    static const enum action_kind kinds[] = {ACTION_KILL, ACTION_ALLOW};
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct made *made = made_new("@base");
        made->policy.syscalls_default.kind = kinds[k];
        made->policy.syscalls_unknown.kind = kinds[k];
        made_compile(made);
        for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++) {
            assert_int_equal(answer_arch(made, archs[i], SYS_read), KILLED);
            assert_int_equal(answer_arch(made, archs[i], 0xffffffff), KILLED);
        }
#ifdef __x86_64__
        assert_int_equal(answer_arch(made, TEST_ARCH, 0x40000000), KILLED);
        assert_int_equal(answer_arch(made, TEST_ARCH, 0x40000000 + SYS_read), KILLED);
        assert_int_equal(answer_arch(made, TEST_ARCH, 0x80000000 + SYS_read), KILLED);
        assert_int_equal(answer_arch(made, TEST_ARCH, 0xffffffff), KILLED);
#else
        /* No second ABI hides in high numbers there: they are newer than the table. */
        assert_int_equal(answer_arch(made, TEST_ARCH, 0xffffffff), k ? ALLOWED : KILLED);
#endif
        made_free(made);
    }
}

/* ---- whole calls ---------------------------------------------------------------------------- */

static void what_no_filter_sees_does_not_exist(void **state)
{
    static const long calls[] = {SYS_clone3, SYS_openat2, SYS_io_uring_setup, SYS_io_uring_enter,
                                 SYS_io_uring_register};
    static const enum action_kind kinds[] = {ACTION_KILL, ACTION_LOG, ACTION_ALLOW, ACTION_ERRNO};
    (void)state;
    for (size_t k = 0; k < 4; k++)
        for (int list = 0; list < 4; list++) {
            struct made *made = made_new("@base");
            struct value_list *lists[] = {&made->policy.syscalls_allow, &made->policy.syscalls_kill,
                                          &made->policy.syscalls_log, &made->policy.syscalls_errno};
            made->policy.syscalls_default = (struct value_action){.kind = kinds[k], .error = EPERM};
            made->policy.namespaces_nested.v = YESNO_YES;
            made_words(made, &made->policy.syscalls_allow, "execve exit_group");
            made_words(made, lists[list], "@io-uring @thread @file-read");
            made_compile(made);
            for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
                assert_int_equal(answer(made, calls[i], 0, 0), FAILS(ENOSYS));
            made_free(made);
        }
}

static void clone3_by_name_may_be_worse(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    made_words(made, &made->policy.syscalls_kill, "io_uring_setup");
    made_words(made, &made->policy.syscalls_errno, "clone3:1 openat2:2");
    expect_good(made);
    made_compile(made);
    assert_int_equal(answer(made, SYS_io_uring_setup, 0, 0), KILLED);
    assert_int_equal(answer(made, SYS_io_uring_enter, 0, 0), FAILS(ENOSYS));
    assert_int_equal(answer(made, SYS_clone3, 0, 0), FAILS(EPERM));
    assert_int_equal(answer(made, SYS_openat2, 0, 0), FAILS(ENOENT));
    made_free(made);
}

/* A rule only narrows: what the profile does not allow keeps the profile's answer. */
static void denied_calls_keep_their_answer(void **state)
{
    static const long calls[] = {SYS_clone,       SYS_unshare, SYS_setns,  SYS_ioctl,
                                 SYS_prctl,       SYS_seccomp, SYS_socket, SYS_socketpair,
                                 SYS_personality, SYS_openat,  SYS_fchmod, SYS_prlimit64};
    static const char words[] =
        "clone:95 unshare:95 setns:95 ioctl:95 prctl:95 seccomp:95 socket:95 socketpair:95 "
        "personality:95 openat:95 fchmod:95 prlimit64:95";
    (void)state;
    struct made *killed = compiled("execve exit_group");
    struct made *failed = made_new("@base @process @mount @network-server @sandbox");
    made_words(failed, &failed->policy.syscalls_errno, words);
    made_compile(failed);
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        for (uint64_t value = 0; value < 64; value++) {
            assert_int_equal(answer(killed, calls[i], value, value), KILLED);
            assert_int_equal(answer(failed, calls[i], value, value), FAILS(95));
        }
        assert_int_equal(answer(killed, calls[i], UINT64_MAX, TIOCSTI), KILLED);
        assert_int_equal(answer(failed, calls[i], UINT64_MAX, TIOCSTI), FAILS(95));
    }
    made_free(killed);
    made_free(failed);
}

/* ---- namespaces ----------------------------------------------------------------------------- */

static void namespaces_need_nested(void **state)
{
    static const uint32_t flags[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                     CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};
    static const uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
                                   CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
                                   CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
    (void)state;
    struct made *flat = compiled("@base @process @mount");
    struct made *nested = compiled_nested("@base @process @mount");
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        const uint64_t tries[] = {flags[i], flags[i] | thread, flags[i] | HIGH, flags[i] | ALL_HIGH,
                                  flags[i] | 17};
        for (size_t j = 0; j < sizeof(tries) / sizeof(tries[0]); j++) {
            assert_int_equal(answer(flat, SYS_clone, tries[j], 0), FAILS(EPERM));
            assert_int_equal(answer(flat, SYS_unshare, tries[j], 0), FAILS(EPERM));
            assert_int_equal(answer(nested, SYS_clone, tries[j], 0), ALLOWED);
            assert_int_equal(answer(nested, SYS_unshare, tries[j], 0), ALLOWED);
        }
        /* The same bits one word higher mean nothing to clone(2). */
        assert_int_equal(answer(flat, SYS_clone, (uint64_t)flags[i] << 32 | 17, 0), ALLOWED);
    }
    assert_int_equal(answer(flat, SYS_clone, thread, 0), ALLOWED);
    assert_int_equal(answer(flat, SYS_clone, CLONE_VM | CLONE_VFORK | 17, 0), ALLOWED);
    assert_int_equal(answer(flat, SYS_unshare, CLONE_FILES | CLONE_FS, 0), ALLOWED);
    assert_int_equal(answer(flat, SYS_unshare, CLONE_NEWTIME, 0), FAILS(EPERM));
    assert_int_equal(answer(nested, SYS_unshare, CLONE_NEWTIME, 0), ALLOWED);
    assert_int_equal(answer(flat, SYS_setns, 3, 0), FAILS(EPERM));
    assert_int_equal(answer(nested, SYS_setns, 3, 0), ALLOWED);
    made_free(flat);
    made_free(nested);
}

/* ---- arguments ------------------------------------------------------------------------------ */

static void terminals_are_left_alone(void **state)
{
    static const uint32_t denied[] = {TIOCSTI,  TIOCLINUX, TIOCSETD,    TIOCEXCL,
                                      TIOCCONS, TCXONC,    TIOCSSERIAL, TIOCVHANGUP};
    static const uint32_t needed[] = {TCGETS,  TCSETS,     TCSETSW,   TCSETSF,   TCFLSH,   FIONREAD,
                                      FIONBIO, TIOCGWINSZ, TIOCGPGRP, TIOCSPGRP, TIOCSCTTY};
    (void)state;
    struct made *made = compiled_nested("@base");
    for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++) {
        assert_int_equal(answer(made, SYS_ioctl, 0, denied[i]), FAILS(EPERM));
        assert_int_equal(answer(made, SYS_ioctl, 0, denied[i] | HIGH), FAILS(EPERM));
        assert_int_equal(answer(made, SYS_ioctl, 0, denied[i] | ALL_HIGH), FAILS(EPERM));
        assert_int_equal(answer(made, SYS_ioctl, 0, denied[i] | UINT64_C(1) << 63), FAILS(EPERM));
        assert_int_equal(answer(made, SYS_ioctl, 0, (uint64_t)denied[i] << 32 | TCGETS), ALLOWED);
        assert_int_equal(answer(made, SYS_ioctl, denied[i], TIOCGWINSZ), ALLOWED);
    }
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        assert_int_equal(answer(made, SYS_ioctl, 0, needed[i]), ALLOWED);
    made_free(made);
}

static void limits_are_ones_own(void **state)
{
    (void)state;
    struct made *made = compiled("@base");
    assert_int_equal(answer(made, SYS_prlimit64, 0, 7), ALLOWED);
    assert_int_equal(answer(made, SYS_prlimit64, HIGH, 7), ALLOWED); /* the kernel reads 0 */
    assert_int_equal(answer(made, SYS_prlimit64, 1, 7), FAILS(EPERM));
    assert_int_equal(answer(made, SYS_prlimit64, 1 | ALL_HIGH, 7), FAILS(EPERM));
    assert_int_equal(answer(made, SYS_prlimit64, 2, 0), FAILS(EPERM));
    assert_int_equal(answer(made, SYS_prlimit64, UINT64_MAX, 0), FAILS(EPERM));
    made_free(made);
}

static void seccomp_is_asked_for_by_name(void **state)
{
    (void)state;
    struct made *without = compiled("@base @process");
    assert_int_equal(answer(without, SYS_prctl, PR_SET_SECCOMP, 2), FAILS(EPERM));
    assert_int_equal(answer(without, SYS_prctl, PR_SET_SECCOMP | HIGH, 2), FAILS(EPERM));
    assert_int_equal(answer(without, SYS_prctl, PR_SET_SECCOMP | ALL_HIGH, 1), FAILS(EPERM));
    assert_int_equal(answer(without, SYS_prctl, PR_GET_SECCOMP, 0), ALLOWED);
    assert_int_equal(answer(without, SYS_prctl, PR_SET_NAME, 0), ALLOWED);
    assert_int_equal(answer(without, SYS_seccomp, 1, 0), KILLED);
    made_free(without);

    struct made *with = compiled("@base @process seccomp");
    assert_int_equal(answer(with, SYS_prctl, PR_SET_SECCOMP, 2), ALLOWED);
    assert_int_equal(answer(with, SYS_seccomp, 1, SECCOMP_FILTER_FLAG_LOG), ALLOWED);
    assert_int_equal(answer(with, SYS_seccomp, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER), FAILS(EPERM));
    assert_int_equal(answer(with, SYS_seccomp, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER | HIGH | 1),
                     FAILS(EPERM));
    assert_int_equal(answer(with, SYS_seccomp, 1, UINT64_MAX), FAILS(EPERM));
    made_free(with);

    /* Allowed by default is not asked for. */
    struct made *open = made_new("");
    open->policy.syscalls_default.kind = ACTION_ALLOW;
    made_compile(open);
    assert_int_equal(answer(open, SYS_prctl, PR_SET_SECCOMP, 2), FAILS(EPERM));
    assert_int_equal(answer(open, SYS_seccomp, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER), FAILS(EPERM));
    made_free(open);
}

static void personalities_stay_plain(void **state)
{
    (void)state;
    struct made *made = compiled_nested("@base @process");
    assert_int_equal(answer(made, SYS_personality, 0, 0), ALLOWED);
    assert_int_equal(answer(made, SYS_personality, 0xffffffff, 0), ALLOWED);
    assert_int_equal(answer(made, SYS_personality, UINT64_MAX, 0), ALLOWED);
    assert_int_equal(answer(made, SYS_personality, 0x0040000, 0), FAILS(EPERM));
    assert_int_equal(answer(made, SYS_personality, 0x0400000 | HIGH, 0), FAILS(EPERM));
    assert_int_equal(answer(made, SYS_personality, 8, 0), FAILS(EPERM));
    assert_int_equal(answer(made, SYS_personality, 0xfffffffe, 0), FAILS(EPERM));
    made_free(made);
}

static void families_are_those_of_the_profile(void **state)
{
    static const long calls[] = {SYS_socket, SYS_socketpair};
    (void)state;
    struct made *made = compiled("@base @network-client");
    for (size_t i = 0; i < 2; i++) {
        for (uint64_t family = 0; family < 64; family++) {
            bool listed = family == AF_UNIX || family == AF_INET || family == AF_INET6;
            int64_t wanted = listed ? ALLOWED : FAILS(EAFNOSUPPORT);
            assert_int_equal(answer(made, calls[i], family, SOCK_STREAM), wanted);
            assert_int_equal(answer(made, calls[i], family | HIGH, SOCK_STREAM), wanted);
        }
        assert_int_equal(answer(made, calls[i], UINT64_MAX, 0), FAILS(EAFNOSUPPORT));
    }
    made_free(made);
}

static void no_family_means_no_socket(void **state)
{
    (void)state;
    struct made *made = made_new("@base @network-client");
    made->policy.network_families.count = 0;
    made_compile(made);
    assert_int_equal(answer(made, SYS_socket, AF_UNIX, 0), FAILS(EAFNOSUPPORT));
    assert_int_equal(answer(made, SYS_socketpair, AF_UNIX, 0), FAILS(EAFNOSUPPORT));
    made_free(made);
}

/* The first packet sockets were of the family inet, by their type. */
static void packets_are_of_their_family(void **state)
{
    (void)state;
    struct made *made = made_new("@base @network-client");
    made_compile(made);
    assert_int_equal(answer(made, SYS_socket, AF_INET, SOCK_PACKET), FAILS(EAFNOSUPPORT));
    assert_int_equal(answer(made, SYS_socket, AF_INET | HIGH, SOCK_PACKET | SOCK_CLOEXEC | HIGH),
                     FAILS(EAFNOSUPPORT));
    assert_int_equal(answer(made, SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC), ALLOWED);
    assert_int_equal(answer(made, SYS_socket, AF_INET6, SOCK_PACKET), ALLOWED); /* the kernel's */
    made_free(made);
    made = made_new("@base @network-client");
    made_family(made, AF_PACKET);
    made_compile(made);
    assert_int_equal(answer(made, SYS_socket, AF_INET, SOCK_PACKET), ALLOWED);
    made_free(made);
}

static void another_family_may_kill(void **state)
{
    (void)state;
    struct made *made = made_new("@base @network-client");
    struct sbx_error error = {0};
    made->policy.network_refused.kind = ACTION_KILL;
    made->policy.network_families.count = 0;
    made_compile(made);
    assert_int_equal(answer(made, SYS_socket, AF_INET, 0), KILLED);
    assert_int_equal(answer(made, SYS_socket, AF_PACKET | HIGH, 0), KILLED);
    assert_int_equal(answer(made, SYS_socket, AF_UNIX, 0), FAILS(EAFNOSUPPORT));
    made->policy.network_refused.kind = ACTION_ALLOW;
    struct diag diag = {.error = &error};
    assert_int_equal(guard_seccomp.check(&made->policy, &diag), -1);
    assert_non_null(strstr(error.text, "network.refused"));
    made_free(made);
}

/* As many as there are, and some twice. */
static void many_families(void **state)
{
    (void)state;
    struct made *made = made_new("@base @network-client");
    for (int i = 0; i < 90; i++)
        made_family(made, i % 45);
    made_compile(made);
    for (int i = 0; i < 45; i++)
        assert_int_equal(answer(made, SYS_socket, (uint64_t)i, 0), ALLOWED);
    assert_int_equal(answer(made, SYS_socket, 45, 0), FAILS(EAFNOSUPPORT));
    assert_int_equal(answer(made, SYS_read, 0, 0), ALLOWED);
    made_free(made);
}

/* Where everything is allowed the rules are still there, and a logged call stays logged. */
static void rules_hold_without_lists(void **state)
{
    static const struct {
        enum action_kind kind;
        int64_t pass;
    } rows[] = {{ACTION_ALLOW, ALLOWED}, {ACTION_LOG, LOGGED}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct made *made = made_new("");
        made->policy.syscalls_default.kind = rows[i].kind;
        expect_good(made);
        made_compile(made);
        assert_int_equal(answer(made, SYS_read, 0, 0), rows[i].pass);
        assert_int_equal(answer(made, SYS_ioctl, 0, TCGETS), rows[i].pass);
        assert_int_equal(answer(made, SYS_ioctl, 0, TIOCSTI), FAILS(EPERM));
        assert_int_equal(answer(made, SYS_clone, CLONE_NEWUSER, 0), FAILS(EPERM));
        assert_int_equal(answer(made, SYS_clone, 17, 0), rows[i].pass);
        assert_int_equal(answer(made, SYS_setns, 0, 0), FAILS(EPERM));
        assert_int_equal(answer(made, SYS_socket, AF_INET, 0), rows[i].pass);
        assert_int_equal(answer(made, SYS_socket, AF_PACKET, 0), FAILS(EAFNOSUPPORT));
        assert_int_equal(answer(made, SYS_clone3, 0, 0), FAILS(ENOSYS));
        made_free(made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_abis_are_killed),
        cmocka_unit_test(what_no_filter_sees_does_not_exist),
        cmocka_unit_test(clone3_by_name_may_be_worse),
        cmocka_unit_test(denied_calls_keep_their_answer),
        cmocka_unit_test(namespaces_need_nested),
        cmocka_unit_test(terminals_are_left_alone),
        cmocka_unit_test(limits_are_ones_own),
        cmocka_unit_test(seccomp_is_asked_for_by_name),
        cmocka_unit_test(personalities_stay_plain),
        cmocka_unit_test(families_are_those_of_the_profile),
        cmocka_unit_test(no_family_means_no_socket),
        cmocka_unit_test(packets_are_of_their_family),
        cmocka_unit_test(another_family_may_kill),
        cmocka_unit_test(many_families),
        cmocka_unit_test(rules_hold_without_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
