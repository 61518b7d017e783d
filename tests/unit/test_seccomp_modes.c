/* SPDX-License-Identifier: MIT
 *
 * The house rule on set-user-id and set-group-id bits: no call makes one, in the simulator and in
 * the kernel, and every other mode can still be given.
 */
#include "base/sys.h"
#include "seccomp_fixture.h"
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

#define HIGH     (UINT64_C(1) << 32)
#define ALL_HIGH (UINT64_C(0xffffffff) << 32)
#define TMPFILE  (O_TMPFILE & ~O_DIRECTORY)

static const uint32_t set_id_modes[] = {04000, 02000, 06000, 04755, 02070, 06777, 0xffff, ~0U};
static const uint32_t plain_modes[] = {0, 0644, 0755, 0777, 01777, S_IFREG | 0600, S_IFIFO | 0622};
enum { SET_IDS = 8, PLAINS = 7 };

/* Where a call has its mode. */
struct mode_call {
    long number;
    unsigned argument;
};

static const struct mode_call calls[] = {
#ifdef __x86_64__
    {SYS_chmod, 1},  {SYS_creat, 1},    {SYS_mknod, 1},
#endif
    {SYS_fchmod, 1}, {SYS_fchmodat, 2}, {SYS_mknodat, 2},
};
enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

/* open(2) and openat(2), by the argument that has their flags. */
static const struct mode_call opens[] = {
#ifdef __x86_64__
    {SYS_open, 1},
#endif
    {SYS_openat, 2},
};
enum { OPENS = sizeof(opens) / sizeof(opens[0]) };

static int64_t answer_mode(const struct made *made, const struct mode_call *call, uint64_t mode)
{
    uint64_t args[4] = {0};
    args[call->argument] = mode;
    return answer4(made, call->number, args[0], args[1], args[2], args[3]);
}

static int64_t answer_open(const struct made *made, const struct mode_call *call, uint64_t flags,
                           uint64_t mode)
{
    uint64_t args[4] = {0};
    args[call->argument] = flags;
    args[call->argument + 1] = mode;
    return answer4(made, call->number, args[0], args[1], args[2], args[3]);
}

/* With `pass` as the answer of the policy itself. */
static void expect_rules(const struct made *made, int64_t pass)
{
    for (size_t i = 0; i < CALLS; i++) {
        for (size_t j = 0; j < SET_IDS; j++) {
            const uint32_t mode = set_id_modes[j];
            assert_int_equal(answer_mode(made, &calls[i], mode), FAILS(EPERM));
            assert_int_equal(answer_mode(made, &calls[i], mode | HIGH), FAILS(EPERM));
            assert_int_equal(answer_mode(made, &calls[i], mode | ALL_HIGH), FAILS(EPERM));
            assert_int_equal(answer_mode(made, &calls[i], (uint64_t)mode << 32), pass);
        }
        for (size_t j = 0; j < PLAINS; j++)
            assert_int_equal(answer_mode(made, &calls[i], plain_modes[j]), pass);
    }
}

static void no_call_sets_an_id_bit(void **state)
{
    (void)state;
    struct made *made = made_new("@base @file-write");
    made_compile(made);
    expect_rules(made, ALLOWED);
    made_free(made);

    made = made_new("execve exit_group"); /* allowed or logged by default */
    made->policy.syscalls_default.kind = ACTION_LOG;
    made_compile(made);
    expect_rules(made, LOGGED);
    made_free(made);
}

/* Calls of one rule that pass in different ways. */
static void some_calls_are_logged(void **state)
{
    static const struct mode_call fchmod_call = {SYS_fchmod, 1};
    static const struct mode_call fchmodat_call = {SYS_fchmodat, 2};
    static const struct mode_call mknodat_call = {SYS_mknodat, 2};
    (void)state;
    struct made *made = made_new("@base @file-write");
    made_words(made, &made->policy.syscalls_log, "fchmod fchmodat");
    made_words(made, &made->policy.syscalls_errno, "mknodat:95");
    made_compile(made);
    assert_int_equal(answer_mode(made, &fchmod_call, 0644), LOGGED);
    assert_int_equal(answer_mode(made, &fchmod_call, 04644), FAILS(EPERM));
    assert_int_equal(answer_mode(made, &fchmodat_call, 0755), LOGGED);
    assert_int_equal(answer_mode(made, &fchmodat_call, 02755), FAILS(EPERM));
    assert_int_equal(answer_mode(made, &mknodat_call, 0755), FAILS(95));
    assert_int_equal(answer_mode(made, &mknodat_call, 02755), FAILS(95));
    assert_int_equal(answer4(made, SYS_fchmodat2, 0, 0, 0755, 0), ALLOWED);
    assert_int_equal(answer4(made, SYS_fchmodat2, 0, 0, 02755, 0), FAILS(EPERM));
    made_free(made);
}

/* fchmodat2(2) may be newer than libseccomp: whatever lets it through, the rule holds. */
static void a_call_that_is_not_known(void **state)
{
    static const enum action_kind kinds[] = {ACTION_ALLOW, ACTION_LOG};
    static const int64_t passes[] = {ALLOWED, LOGGED};
    static const struct mode_call call = {SYS_fchmodat2, 2};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct made *made = made_new("@base @file-write");
        made->policy.syscalls_default.kind = kinds[i];
        made->policy.syscalls_unknown.kind = kinds[i];
        made_compile(made);
        for (size_t j = 0; j < SET_IDS; j++)
            assert_int_equal(answer_mode(made, &call, set_id_modes[j]), FAILS(EPERM));
        int64_t pass = answer_mode(made, &call, 0644);
        assert_true(pass == passes[i] || pass == ALLOWED);
        made_free(made);
    }
    struct made *made = made_new("@base");
    made_compile(made);
    int64_t refused = answer_mode(made, &call, 0644);
    assert_true(refused == KILLED || refused == FAILS(ENOSYS));
    assert_int_equal(answer_mode(made, &call, 04644), refused);
    made_free(made);
}

static void opening_sets_no_id_bit(void **state)
{
    static const uint32_t making[] = {O_CREAT, O_CREAT | O_EXCL | O_WRONLY, O_TMPFILE | O_RDWR,
                                      TMPFILE, ~0U};
    static const uint32_t opening[] = {O_RDONLY, O_WRONLY | O_TRUNC, O_DIRECTORY | O_CLOEXEC,
                                       O_PATH | O_NOFOLLOW, ~(uint32_t)(O_CREAT | TMPFILE)};
    (void)state;
    struct made *made = made_new("@base");
    made_compile(made);
    for (size_t i = 0; i < OPENS; i++) {
        for (size_t j = 0; j < 5; j++) {
            for (size_t k = 0; k < SET_IDS; k++) {
                const uint32_t mode = set_id_modes[k];
                assert_int_equal(answer_open(made, &opens[i], making[j], mode), FAILS(EPERM));
                assert_int_equal(answer_open(made, &opens[i], making[j] | HIGH, mode | ALL_HIGH),
                                 FAILS(EPERM));
                /* A mode that nobody reads may be anything. */
                assert_int_equal(answer_open(made, &opens[i], opening[j], mode), ALLOWED);
            }
            for (size_t k = 0; k < PLAINS; k++)
                assert_int_equal(answer_open(made, &opens[i], making[j], plain_modes[k]), ALLOWED);
        }
    }
    made_free(made);
}

/* ---- the kernel ----------------------------------------------------------------------------- */

/* Makes a file with `number` in `folder`, under the filter if there is one, and returns its mode,
 * or -1 where none was made. */
static int made_mode(const struct made *made, int folder, const struct mode_call *call, long flags,
                     long mode)
{
    struct stat status;
    int exit_status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int item;
        long ret = sys(SYS_umask, 0);
        if (made)
            ret = sys(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        if (made && ret == 0)
            ret = guard_seccomp.enter(&made->plan, &item);
        if (ret >= 0)
            ret = call->argument == 2 && call->number != SYS_openat
                      ? sys(call->number, folder, "new", mode, 0, 0)
                      : sys(call->number, folder, "new", flags, mode, 0);
        for (;;)
            sys(SYS_exit_group, ret < 0 ? -ret : 0);
    }
    assert_int_equal(waitpid(child, &exit_status, 0), child);
    assert_true(WIFEXITED(exit_status));
    if (fstatat(folder, "new", &status, AT_SYMLINK_NOFOLLOW) != 0) {
        assert_int_equal(WEXITSTATUS(exit_status), EPERM);
        return -1;
    }
    assert_int_equal(WEXITSTATUS(exit_status), 0);
    assert_int_equal(unlinkat(folder, "new", S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0), 0);
    return (int)(status.st_mode & 07777);
}

static void the_kernel_makes_none(void **state)
{
    static const struct mode_call openat_call = {SYS_openat, 2}, mknodat_call = {SYS_mknodat, 2};
    char name[] = "/tmp/sandbox-modes-XXXXXX";
    (void)state;
    assert_non_null(mkdtemp(name));
    int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(folder >= 0);
    struct made *made = made_new("@base @file-write");
    made_compile(made);
    const long create = O_CREAT | O_EXCL | O_WRONLY;
    /* The control: without a filter the bits are there. */
    assert_int_equal(made_mode(NULL, folder, &openat_call, create, 04755), 04755);
    assert_int_equal(made_mode(NULL, folder, &mknodat_call, 0, S_IFREG | 04755), 04755);
    assert_int_equal(made_mode(made, folder, &openat_call, create, 04755), -1);
    assert_int_equal(made_mode(made, folder, &mknodat_call, 0, S_IFREG | 04755), -1);
    assert_int_equal(made_mode(made, folder, &openat_call, create, 0755), 0755);
    assert_int_equal(made_mode(made, folder, &mknodat_call, 0, S_IFREG | 01644), 01644);
    made_free(made);
    close(folder);
    assert_int_equal(rmdir(name), 0);
}

/* mkdir(2) heeds the bits of 01777 alone, so it may be called with any: fakeroot does. */
static void a_directory_has_none(void **state)
{
    static const struct mode_call mkdirat_call = {SYS_mkdirat, 2};
    char name[] = "/tmp/sandbox-modes-XXXXXX";
    (void)state;
    assert_non_null(mkdtemp(name));
    int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(folder >= 0);
    struct made *made = made_new("@base @file-write");
    made_compile(made);
    assert_int_equal(made_mode(NULL, folder, &mkdirat_call, 0, 07755), 01755);
    assert_int_equal(made_mode(made, folder, &mkdirat_call, 0, 07755), 01755);
    made_free(made);
    close(folder);
    assert_int_equal(rmdir(name), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_call_sets_an_id_bit),   cmocka_unit_test(some_calls_are_logged),
        cmocka_unit_test(a_call_that_is_not_known), cmocka_unit_test(opening_sets_no_id_bit),
        cmocka_unit_test(the_kernel_makes_none),    cmocka_unit_test(a_directory_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
