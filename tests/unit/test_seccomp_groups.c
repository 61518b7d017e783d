/* SPDX-License-Identifier: MIT
 *
 * The @groups: whole, in order, and nothing dangerous among the common ones.
 */
#include "guards/seccomp/groups.h"

#include "support/test.h"
#include <string.h>

static bool group_has(const struct call_group *group, const char *call)
{
    for (size_t i = 0; i < group->count; i++)
        if (strcmp(table_name(group_call(group, i)), call) == 0)
            return true;
    return false;
}

/* Whether a group has a call on an ABI. */
static bool group_has_on(const struct call_group *group, int call, enum call_abi abi)
{
    for (size_t i = 0; i < group->count; i++)
        if (group_call(group, i) == call && group_number(group, i, abi) >= 0)
            return true;
    return false;
}

/* Whether the group has nothing but what a sandbox can leave to any program. */
static bool group_is_common(const struct call_group *group)
{
    return strncmp(group->help, "DANGEROUS: ", 11) != 0;
}

static void names_are_found(void **state)
{
    static const char *const names[] = {
        "base",
        "basic-io",
        "file-read",
        "file-write",
        "file-system",
        "sync",
        "process",
        "thread",
        "memory",
        "memlock",
        "pkey",
        "signal",
        "timer",
        "event",
        "aio",
        "ipc",
        "network-io",
        "network-client",
        "network-server",
        "network-unix",
        "identity",
        "resource",
        "info",
        "sandbox",
        "set-id",
        "chown",
        "xattr",
        "debug",
        "mount",
        "module",
        "keyring",
        "privileged",
        "raw-io",
        "reboot",
        "swap",
        "obsolete",
        "clock-set",
        "io-uring",
        "bpf",
        "cpu-emulation",
    };
    static const struct {
        const char *alias, *name;
    } aliases[] = {{"basic", "base"},
                   {"clock", "clock-set"},
                   {"io-event", "event"},
                   {"resources", "resource"},
                   {"setuid", "set-id"}};
    (void)state;
    assert_int_equal(call_group_count, sizeof(names) / sizeof(names[0]));
    for (size_t i = 0; i < call_group_count; i++)
        assert_string_equal(group_find(names[i])->name, names[i]);
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
        assert_ptr_equal(group_find(aliases[i].alias), group_find(aliases[i].name));
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
            assert_true(group_call(group, j - 1) < group_call(group, j));
    }
}

/* Every call of every ABI can be reached by a group. */
static void every_call_has_a_group(void **state)
{
    (void)state;
    for (int call = 0; call < (int)table_count(); call++)
        for (int abi = 0; abi < ABIS; abi++) {
            bool found = table_number(call, (enum call_abi)abi) < 0;
            for (size_t i = 0; i < call_group_count && !found; i++)
                found = group_has_on(&call_groups[i], call, (enum call_abi)abi);
            if (!found)
                fail_msg("no group holds %s on %s", table_name(call), abi_name((enum call_abi)abi));
        }
}

/* A program of 32 bits finds in a group what one of 64 bits does. */
static void relatives_stand_together(void **state)
{
    static const char *const pairs[][2] = {
        {"fstat", "oldfstat"},
        {"mmap", "mmap2"},
        {"fstat", "fstat64"},
        {"lseek", "_llseek"},
        {"fcntl", "fcntl64"},
        {"futex", "futex_time64"},
        {"wait4", "waitpid"},
        {"getuid", "getuid32"},
        {"setuid", "setuid32"},
        {"clock_gettime", "clock_gettime64"},
        {"rt_sigaction", "sigaction"},
        {"umount2", "umount"},
        {"clock_settime", "clock_settime64"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        for (size_t j = 0; j < call_group_count; j++)
            if (group_has(&call_groups[j], pairs[i][0]) !=
                group_has_on(&call_groups[j], table_find(pairs[i][1]), ABI_I386))
                fail_msg("@%s has one of %s and %s", call_groups[j].name, pairs[i][0], pairs[i][1]);
    const struct call_group *base = group_find("base");
    assert_true(group_has_on(base, table_find("set_thread_area"), ABI_I386));
    assert_false(group_has_on(base, table_find("set_thread_area"), ABI_X86_64));
}

static void common_and_dangerous_do_not_meet(void **state)
{
    (void)state;
    for (size_t i = 0; i < call_group_count; i++)
        for (size_t j = 0; !group_is_common(&call_groups[i]) && j < call_groups[i].count; j++)
            for (size_t k = 0; k < call_group_count; k++)
                for (int abi = 0; abi < ABIS && group_is_common(&call_groups[k]); abi++)
                    if (group_number(&call_groups[i], j, (enum call_abi)abi) >= 0 &&
                        group_has_on(&call_groups[k], group_call(&call_groups[i], j),
                                     (enum call_abi)abi))
                        fail_msg("%s is in @%s and in @%s",
                                 table_name(group_call(&call_groups[i], j)), call_groups[i].name,
                                 call_groups[k].name);
}

/* The list is written out once more, so that moving a call is a decision taken twice. */
static const char *const dangerous[] = {
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

static void dangerous_calls_stay_dangerous(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(dangerous) / sizeof(dangerous[0]); i++) {
        assert_true(table_find(dangerous[i]) >= 0);
        for (size_t j = 0; j < call_group_count; j++)
            if (group_is_common(&call_groups[j]) && group_has(&call_groups[j], dangerous[i]))
                fail_msg("%s is in @%s", dangerous[i], call_groups[j].name);
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
                        "did you mean one of @network-client, @network-server, @network-io, "
                        "@network-unix");
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
        cmocka_unit_test(relatives_stand_together),
        cmocka_unit_test(common_and_dangerous_do_not_meet),
        cmocka_unit_test(dangerous_calls_stay_dangerous),
        cmocka_unit_test(near_words_are_suggested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
