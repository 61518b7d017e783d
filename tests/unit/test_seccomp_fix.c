/* SPDX-License-Identifier: MIT
 *
 * The least change of a profile that would let a denied call pass: for each thing that denies.
 */
#include "guards/seccomp/cases.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/fix.h"
#include "seccomp_fixture.h"
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

static struct sbx_denial fix_of(struct made *made, int number, uint64_t a, uint64_t b)
{
    const uint64_t args[6] = {a, b};
    struct sbx_denial denial = {.fix = "not touched"};
    struct sbx_error error = {0};
    struct diag diag = {.error = &error};
    static struct call_table table;
    if (filter_settle(&made->policy, &made->plan.arena, &table, &diag) != 0)
        fail_msg("settle: %s", error.text);
    house_settle(&made->policy, &table);
    fix_call(&made->policy, &table, number, args, &denial);
    return denial;
}

#define CHECK(made, number, a, b, text, first, second)                                             \
    check(made, number, a, b, text, first, second, __LINE__)

static void check(struct made *made, int number, uint64_t a, uint64_t b, const char *text,
                  const char *first, const char *second, int line)
{
    const struct sbx_denial denial = fix_of(made, number, a, b);
    if (strcmp(denial.fix, text) != 0 || strcmp(denial.settings[0], first) != 0 ||
        strcmp(denial.settings[1], second) != 0)
        fail_msg("line %d: fix \"%s\", settings \"%s\" \"%s\" \"%s\"", line, denial.fix,
                 denial.settings[0], denial.settings[1], denial.settings[2]);
}

static void expect_none(struct made *made, int number, uint64_t a, uint64_t b, const char *part)
{
    const struct sbx_denial denial = fix_of(made, number, a, b);
    if (!strstr(denial.fix, part) || *denial.settings[0])
        fail_msg("fix \"%s\", settings \"%s\"", denial.fix, denial.settings[0]);
}

static void lists(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    made_words(made, &made->policy.syscalls_kill, "@debug");
    made_words(made, &made->policy.syscalls_errno, "unlinkat:13");
    CHECK(made, SYS_mount, 0, 0, "syscalls.allow = mount", "syscalls.allow+=mount", "");
    CHECK(made, SYS_ptrace, 0, 0, "syscalls.allow = ptrace", "syscalls.allow+=ptrace", "");
    CHECK(made, SYS_unlinkat, 0, 0, "syscalls.errno = !unlinkat:13, and syscalls.allow = unlinkat",
          "syscalls.errno+=!unlinkat:13", "syscalls.allow+=unlinkat");
    CHECK(made, SYS_read, 0, 0, "", "", "");
    expect_none(made, 900, 0, 0, "newer than sandbox knows");
    expect_none(made, -1, 0, 0, "newer than sandbox knows");
    expect_none(made, 4000000, 0, 0, "newer than sandbox knows");
    made_free(made);
}

static void rules(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    made_rule(made, "fcntl", "allow if cmd == F_GETFL && fd == 1");
    made_rule(made, "fcntl", "errno:13");
    made_rule(made, "fsync", "kill");
    made_rule(made, "ioctl", "errno:13 if request == TIOCGWINSZ");
    made_words(made, &made->policy.syscalls_kill, "ioctl");
    CHECK(made, SYS_fcntl, 3, 4, "syscall fcntl.rules = allow if fd == 3 && cmd == F_SETFL",
          "syscall fcntl.rules+=allow if fd == 3 && cmd == F_SETFL", "");
    CHECK(made, SYS_fcntl, 1, 3, "", "", "");
    CHECK(made, SYS_fsync, 3, 4, "syscall fsync.rules = allow", "syscall fsync.rules=allow", "");
    CHECK(made, SYS_ioctl, 0, TIOCGWINSZ, "syscall ioctl.rules = allow if cmd == TIOCGWINSZ",
          "syscall ioctl.rules+=allow if cmd == TIOCGWINSZ", "");
    CHECK(made, SYS_ioctl, 0, TIOCGPGRP, "syscalls.kill = !ioctl, and syscalls.allow = ioctl",
          "syscalls.kill+=!ioctl", "syscalls.allow+=ioctl");
    made_free(made);
}

static void house(void **state)
{
    (void)state;
    struct made *made = made_new("@base clone unshare prctl socket ioctl");
    CHECK(made, SYS_clone, CLONE_NEWUSER, 0, "namespaces.nested = yes", "namespaces.nested=yes",
          "");
    CHECK(made, SYS_prctl, PR_SET_SECCOMP, 0, "syscalls.allow = seccomp", "syscalls.allow+=seccomp",
          "");
    expect_none(made, SYS_ioctl, 0, TIOCSTI, "no profile can allow it: requests to a terminal");
    expect_none(made, SYS_clone3, 0, 0, "allow clone: every libc falls back to it");
    expect_none(made, SYS_io_uring_setup, 0, 0, "programs fall back to read, write and epoll");
    CHECK(made, SYS_setns, 0, 0, "syscalls.allow = setns, and namespaces.nested = yes",
          "syscalls.allow+=setns", "namespaces.nested=yes");
    made_words(made, &made->policy.syscalls_allow, "setns");
    CHECK(made, SYS_setns, 0, 0, "namespaces.nested = yes", "namespaces.nested=yes", "");
    made_free(made);
}

/* A list and a house rule, one behind the other. */
static void both(void **state)
{
    (void)state;
    struct made *made = made_new("@base");
    CHECK(made, SYS_unshare, CLONE_NEWNS, 0,
          "syscalls.allow = unshare, and namespaces.nested = yes", "syscalls.allow+=unshare",
          "namespaces.nested=yes");
    made_words(made, &made->policy.syscalls_errno, "seccomp");
    expect_none(made, SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                "no profile can allow it: a listener");
    made_free(made);
}

static void families(void **state)
{
    (void)state;
    struct made *made = made_new("@base socket");
    CHECK(made, SYS_socket, AF_NETLINK, 0, "network.families = netlink",
          "network.families+=netlink", "");
    CHECK(made, SYS_socket, AF_INET, 0, "", "", "");
    CHECK(made, SYS_socket, AF_INET, SOCK_PACKET, "network.families = packet",
          "network.families+=packet", "");
    expect_none(made, SYS_socket, 12345, 0, "no family with the number 12345");
    made->policy.network_families.count = 0;
    CHECK(made, SYS_socket, AF_UNIX, 0, "network.families = unix", "network.families+=unix", "");
    made_free(made);
    made = made_new("@base");
    CHECK(made, SYS_socket, AF_NETLINK, 0,
          "syscalls.allow = socket, and network.families = netlink", "syscalls.allow+=socket",
          "network.families+=netlink");
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists), cmocka_unit_test(rules),    cmocka_unit_test(house),
        cmocka_unit_test(both),  cmocka_unit_test(families),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
