/* SPDX-License-Identifier: MIT
 *
 * The @groups: whole, in order, and nothing dangerous among the common ones.
 */
#include "guards/seccomp/groups.h"

#include "support/test.h"
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

static bool group_has(const struct call_group *group, const char *call)
{
    for (size_t i = 0; i < group->count; i++)
        if (strcmp(group->calls[i], call) == 0)
            return true;
    return false;
}

static bool is_dangerous(const struct call_group *group)
{
    return strncmp(group->help, "DANGEROUS: ", 11) == 0;
}

static void names_are_found(void **state)
{
    static const char *const names[] = {
        "base",     "file-read",      "file-write",   "process",   "thread",   "memory",
        "signal",   "timer",          "event",        "aio",       "ipc",      "network-client",
        "identity", "network-server", "network-unix", "resource",  "info",     "sandbox",
        "set-id",   "chown",          "xattr",        "debug",     "mount",    "module",
        "keyring",  "privileged",     "obsolete",     "clock-set", "io-uring", "bpf",
    };
    (void)state;
    assert_int_equal(call_group_count, sizeof(names) / sizeof(names[0]));
    for (size_t i = 0; i < call_group_count; i++)
        assert_string_equal(group_find(names[i])->name, names[i]);
    assert_null(group_find("@base"));
    assert_null(group_find(""));
}

static void rows_are_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < call_group_count; i++) {
        const struct call_group *group = &call_groups[i];
        assert_true(group->count > 0);
        assert_true(strlen(group->help) > 10);
        for (size_t j = 1; j < group->count; j++)
            if (strcmp(group->calls[j - 1], group->calls[j]) >= 0)
                fail_msg("@%s: %s stands behind %s", group->name, group->calls[j],
                         group->calls[j - 1]);
    }
}

/* Every native call that libseccomp knows can be reached by a group. */
static void every_call_has_a_group(void **state)
{
    static const uint32_t archs[] = {SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64};
    unsigned seen = 0;
    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (int number = 0; number < 2048; number++) {
            char *name = seccomp_syscall_resolve_num_arch(archs[i], number);
            if (name && !group_knows_call(name))
                fail_msg("no group holds %s", name);
            seen += name != NULL;
            free(name);
        }
    assert_true(seen > 600);
}

static void common_and_dangerous_do_not_meet(void **state)
{
    (void)state;
    for (size_t i = 0; i < call_group_count; i++)
        for (size_t j = 0; is_dangerous(&call_groups[i]) && j < call_groups[i].count; j++)
            for (size_t k = 0; k < call_group_count; k++)
                if (!is_dangerous(&call_groups[k]) &&
                    group_has(&call_groups[k], call_groups[i].calls[j]))
                    fail_msg("%s is in @%s and in @%s", call_groups[i].calls[j],
                             call_groups[i].name, call_groups[k].name);
}

/* The list is written out once more, so that moving a call is a decision taken twice. */
static void dangerous_calls_stay_dangerous(void **state)
{
    static const char *const calls[] = {
        "acct",
        "add_key",
        "adjtimex",
        "bpf",
        "chroot",
        "clock_adjtime",
        "clock_settime",
        "delete_module",
        "fanotify_init",
        "finit_module",
        "fsconfig",
        "fsmount",
        "fsopen",
        "fspick",
        "init_module",
        "io_uring_enter",
        "io_uring_register",
        "io_uring_setup",
        "ioperm",
        "iopl",
        "kcmp",
        "kexec_file_load",
        "kexec_load",
        "keyctl",
        "lookup_dcookie",
        "modify_ldt",
        "mount",
        "mount_setattr",
        "move_mount",
        "name_to_handle_at",
        "open_by_handle_at",
        "open_tree",
        "perf_event_open",
        "pidfd_getfd",
        "pivot_root",
        "process_madvise",
        "process_vm_readv",
        "process_vm_writev",
        "ptrace",
        "quotactl",
        "quotactl_fd",
        "reboot",
        "request_key",
        "setns",
        "settimeofday",
        "sethostname",
        "setdomainname",
        "swapoff",
        "swapon",
        "syslog",
        "umount2",
        "unshare",
        "userfaultfd",
        "vhangup",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        assert_true(group_knows_call(calls[i]));
        for (size_t j = 0; j < call_group_count; j++)
            if (!is_dangerous(&call_groups[j]) && group_has(&call_groups[j], calls[i]))
                fail_msg("%s is in @%s", calls[i], call_groups[j].name);
    }
}

static void near_words_are_suggested(void **state)
{
    char text[128];
    (void)state;
    assert_string_equal(group_suggest("opeant", text, sizeof(text)), "did you mean 'openat'?");
    assert_string_equal(group_suggest("@file-reed", text, sizeof(text)),
                        "did you mean '@file-read'?");
    assert_string_equal(group_suggest("@net", text, sizeof(text)),
                        "did you mean one of @network-client, @network-server, @network-unix");
    assert_string_equal(group_suggest("@xyzzyxyzzy", text, sizeof(text)),
                        "the groups are listed in sandbox.profile(5)");
    assert_string_equal(group_suggest("xyzzyxyzzy", text, sizeof(text)), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found),
        cmocka_unit_test(rows_are_in_order),
        cmocka_unit_test(every_call_has_a_group),
        cmocka_unit_test(common_and_dangerous_do_not_meet),
        cmocka_unit_test(dangerous_calls_stay_dangerous),
        cmocka_unit_test(near_words_are_suggested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
