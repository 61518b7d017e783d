/* SPDX-License-Identifier: MIT
 *
 * house.c - the table of the house rules, and those of them that end whole calls. Writes no filter
 * code: decision.c does.
 */
#include "guards/seccomp/house.h"
#include "guards/seccomp/argrules.h"
#include "policy/ports.h"
#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452 /* Linux 6.6, on every architecture */
#endif

/* What unshare(2) takes of these; clone(2) has no room for CLONE_NEWTIME, it reads that bit as a
 * part of the exit signal. */
#define CLONE_NAMESPACES                                                                           \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |  \
     CLONE_NEWNET)
#define UNSHARE_NAMESPACES (CLONE_NAMESPACES | CLONE_NEWTIME)

#define SET_ID_BITS (S_ISUID | S_ISGID)

/* With either of these open(2) makes a file, and reads its mode; otherwise a caller need not pass
 * one. O_TMPFILE has O_DIRECTORY in it. */
#define CREATE_BITS (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))

static bool nested(const struct sbx_policy *policy)
{
    return policy->namespaces_nested.v == YESNO_YES;
}

/* Without a network there is no port to name, but a socket that was lent is of another one. */
static bool restricts(const struct sbx_policy *policy, const struct value_list *ports)
{
    return !ports_any(ports) || policy->network_mode.v == NETMODE_NONE;
}

static bool names_family(const struct sbx_policy *policy, int family)
{
    for (size_t i = 0; i < policy->network_families.count; i++)
        if (policy->network_families.items[i].number == family)
            return true;
    return false;
}

/* ---- rules on whole calls ------------------------------------------------------------------- */

int house_number(const struct call_table *table, int number)
{
    return table_translate(number, table->abi, ABI_NATIVE);
}

int house_number_in(const struct call_table *table, int native)
{
    return table_translate(native, ABI_NATIVE, table->abi);
}

/* Which call of many one of these makes is behind a pointer, or told by a number that would need
 * all rules once more. */
static bool is_multiplexer(const struct call_table *table, int number)
{
    const int call = table->abi == ABI_I386 ? table_of_number(number, ABI_I386) : -1;
    return call >= 0 &&
           (strcmp(table_name(call), "socketcall") == 0 || strcmp(table_name(call), "ipc") == 0);
}

bool house_forbids(const struct call_table *table, int number, const char **why,
                   const char **instead)
{
    if (is_multiplexer(table, number)) {
        *why =
            "it stands for many calls, whose arguments are behind a pointer, where no filter can "
            "look";
        *instead = "allow those calls themselves, which i386 has since Linux 4.3 and 5.1";
        return true;
    }
    switch (house_number(table, number)) {
    case SYS_clone3:
        *why = "its flags are behind a pointer, where no filter can look";
        *instead = "allow clone: every libc falls back to it";
        return true;
    case SYS_openat2:
        *why = "the mode of a new file is behind a pointer, where no filter can look";
        *instead = "allow openat: programs fall back to it";
        return true;
    case SYS_io_uring_setup:
    case SYS_io_uring_enter:
    case SYS_io_uring_register:
        *why = "io_uring makes system calls that no filter sees";
        *instead = "programs fall back to read, write and epoll";
        return true;
    default:
        return false;
    }
}

static void forbid(struct call_verdict *verdict, int error)
{
    *verdict = (struct call_verdict){
        .rank = RANK_NAME, .kind = ACTION_ERRNO, .error = error, .rules = verdict->rules};
}

void house_settle(const struct sbx_policy *policy, struct call_table *table)
{
    for (int number = 0; number < CALLS_MAX; number++) {
        struct call_verdict *verdict = &table->of[number];
        const char *why, *instead;
        /* Who names such a call to have it killed, or to have another errno, means just that. */
        bool meant = verdict->rank == RANK_NAME && !calls_passes(policy, table, number);
        if (!meant && house_forbids(table, number, &why, &instead))
            forbid(verdict, ENOSYS);
    }
    const int setns = house_number_in(table, SYS_setns),
              listen = house_number_in(table, SYS_listen);
    if (!nested(policy) && calls_passes(policy, table, setns))
        forbid(&table->of[setns], EPERM);
    if (!policy->network_tcp_bind.count && calls_passes(policy, table, listen))
        forbid(&table->of[listen], EACCES);
    if (table->i386)
        house_settle(policy, table->i386);
}

int house_ends(const struct sbx_policy *policy, const struct call_table *table, int number)
{
    const int native = house_number(table, number);
    const char *why, *instead;
    if (house_forbids(table, number, &why, &instead))
        return ENOSYS;
    if (native == SYS_listen && !policy->network_tcp_bind.count)
        return EACCES;
    return native == SYS_setns && !nested(policy) ? EPERM : 0;
}

const char *house_settle_reason(const struct call_table *table, int number)
{
    const char *why, *instead;
    if (house_forbids(table, number, &why, &instead))
        return why;
    if (house_number(table, number) == SYS_listen)
        return "network.tcp_bind names no port, and without bind the kernel would pick one";
    return "joining another namespace needs namespaces.nested = yes";
}

/* ---- rules on arguments --------------------------------------------------------------------- */

const char house_unix_reason[] = "the C library asks for it, to look for a name cache";

#define SET_ID_REASON   "a set-user-id or set-group-id file of the caller's could be left on the host"
#define FASTOPEN_REASON "it would connect by TCP past Landlock, which looks at connect(2) alone"
#define NESTED_REASON                                                                              \
    "a user namespace of its own gives a program every capability in it, and more of the kernel "  \
    "to attack"

/* In the order in which the filter asks. */
const struct house_rule house_rules[] = {
    /* What is done to the caller's terminal and outlives the program: characters put into its input
     * would be read by the shell that started the sandbox; a stopped output, an exclusive lock or a
     * foreign line discipline would leave the terminal dead. Setting its modes stays allowed, for
     * the launcher gives them back. */
    {.reason = "requests to a terminal that type for the user or outlive the program",
     .numbers = {SYS_ioctl},
     .calls = 1,
     .argument = 1,
     .test = HOUSE_DENY_EQUAL,
     .values = {TIOCSTI, TIOCLINUX, TIOCSETD, TIOCEXCL, TIOCCONS, TCXONC, TIOCSSERIAL, TIOCVHANGUP},
     .count = 8,
     .error = EPERM},

    /* Only asking, and Linux as it is. */
    {.reason = "other personalities switch protections of memory off",
     .numbers = {SYS_personality},
     .calls = 1,
     .argument = 0,
     .test = HOUSE_PASS_EQUAL,
     .values = {0, 0xffffffff},
     .count = 2,
     .error = EPERM},

    {.reason = "a listener of the program's own could let calls through that this filter refuses",
     .numbers = {SYS_seccomp},
     .calls = 1,
     .argument = 1,
     .test = HOUSE_DENY_ANY_BIT,
     .values = {SECCOMP_FILTER_FLAG_NEW_LISTENER},
     .count = 1,
     .error = EPERM},

    /* The older door to seccomp(2): open where seccomp itself is allowed by name or by group. */
    {.reason = "the older door to seccomp(2), which no list of the profile allows",
     .numbers = {SYS_prctl},
     .calls = 1,
     .argument = 0,
     .test = HOUSE_DENY_EQUAL,
     .values = {PR_SET_SECCOMP},
     .count = 1,
     .error = EPERM,
     .when = HOUSE_SECCOMP_NOT_ASKED},

    /* PID 1 of the sandbox has the program's user, who could set limits for it that end or blind
     * it. A process may change its own, under the name 0, which means nobody else. */
    {.reason = "a process may set its own limits alone, and names itself 0",
     .numbers = {SYS_prlimit64},
     .calls = 1,
     .argument = 0,
     .test = HOUSE_PASS_EQUAL,
     .values = {0},
     .count = 1,
     .error = EPERM},

    /* The program is the caller's own user, outside: through a descriptor that it was lent, its
     * stdout for one, or in a directory that is writable it could leave a set-user-id file of the
     * caller's on the host, and with it a door for whoever runs that later. mkdir(2) is not among
     * these calls: the kernel takes no such bit from its mode, and fakeroot hands one on to it. */
    {.reason = SET_ID_REASON,
#if defined(__x86_64__)
     .numbers = {SYS_fchmod, SYS_chmod, SYS_creat, SYS_mknod},
     .calls = 4,
#else
     .numbers = {SYS_fchmod},
     .calls = 1,
#endif
     .argument = 1,
     .test = HOUSE_DENY_ANY_BIT,
     .values = {SET_ID_BITS},
     .count = 1,
     .error = EPERM},
    {.reason = SET_ID_REASON,
     .numbers = {SYS_fchmodat, SYS_fchmodat2, SYS_mknodat},
     .calls = 3,
     .argument = 2,
     .test = HOUSE_DENY_ANY_BIT,
     .values = {SET_ID_BITS},
     .count = 1,
     .error = EPERM},

/* The mode stands behind the flags, and counts only where a file is made. */
#if defined(__x86_64__)
    {.reason = SET_ID_REASON,
     .numbers = {SYS_open},
     .calls = 1,
     .argument = 2,
     .test = HOUSE_DENY_ANY_BIT,
     .values = {SET_ID_BITS},
     .count = 1,
     .error = EPERM,
     .gate = {.test = GATE_ANY_BIT, .argument = 1, .values = {CREATE_BITS}, .count = 1}},
#endif
    {.reason = SET_ID_REASON,
     .numbers = {SYS_openat},
     .calls = 1,
     .argument = 3,
     .test = HOUSE_DENY_ANY_BIT,
     .values = {SET_ID_BITS},
     .count = 1,
     .error = EPERM,
     .gate = {.test = GATE_ANY_BIT, .argument = 2, .values = {CREATE_BITS}, .count = 1}},

    {.reason = NESTED_REASON,
     .numbers = {SYS_clone},
     .calls = 1,
     .argument = 0,
     .test = HOUSE_DENY_ANY_BIT,
     .values = {CLONE_NAMESPACES},
     .count = 1,
     .error = EPERM,
     .when = HOUSE_NOT_NESTED},
    {.reason = NESTED_REASON,
     .numbers = {SYS_unshare},
     .calls = 1,
     .argument = 0,
     .test = HOUSE_DENY_ANY_BIT,
     .values = {UNSHARE_NAMESPACES},
     .count = 1,
     .error = EPERM,
     .when = HOUSE_NOT_NESTED},

    /* Sending with this flag connects, too: to a port that the profile does not name or, without a
     * network, with a socket that the program was lent. What a kernel says that has it switched off
     * makes programs fall back. */
    {.reason = FASTOPEN_REASON,
     .numbers = {SYS_sendto, SYS_sendmmsg},
     .calls = 2,
     .argument = 3,
     .test = HOUSE_DENY_ANY_BIT,
     .values = {MSG_FASTOPEN},
     .count = 1,
     .error = EOPNOTSUPP,
     .when = HOUSE_CONNECT_RESTRICTED},
    {.reason = FASTOPEN_REASON,
     .numbers = {SYS_sendmsg},
     .calls = 1,
     .argument = 2,
     .test = HOUSE_DENY_ANY_BIT,
     .values = {MSG_FASTOPEN},
     .count = 1,
     .error = EOPNOTSUPP,
     .when = HOUSE_CONNECT_RESTRICTED},

    /* Where the kernel has it, "smc" turns a socket of TCP into one that Landlock takes for
     * another, and that connects by TCP all the same. What is asked for is behind a pointer, so
     * nothing can be asked for; ENOENT is what a kernel says that does not know the name. */
    {.reason = "it could make a socket of TCP into one that Landlock does not look at",
     .numbers = {SYS_setsockopt},
     .calls = 1,
     .argument = 2,
     .test = HOUSE_DENY_EQUAL,
     .values = {TCP_ULP},
     .count = 1,
     .error = ENOENT,
     .gate = {.test = GATE_EQUAL, .argument = 1, .values = {IPPROTO_TCP}, .count = 1},
     .when = HOUSE_PORTS_RESTRICTED},

    {.reason = "network.families does not name it",
     .numbers = {SYS_socket},
     .calls = 1,
     .argument = 0,
     .test = HOUSE_FAMILIES},
    {.reason = "network.families does not name it",
     .numbers = {SYS_socketpair},
     .calls = 1,
     .argument = 0,
     .test = HOUSE_FAMILIES},

    /* Linux's first packet sockets were asked for as a type of the internet's, and still can be. */
    {.reason =
         "SOCK_PACKET makes a socket of the family packet, which network.families does not name",
     .numbers = {SYS_socket},
     .calls = 1,
     .argument = 1,
     .test = HOUSE_DENY_EQUAL,
     .values = {SOCK_PACKET},
     .mask = 0xf,
     .count = 1,
     .error = EAFNOSUPPORT,
     .gate = {.test = GATE_EQUAL, .argument = 0, .values = {AF_INET}, .count = 1},
     .when = HOUSE_PACKET_UNNAMED},

    /* Behind the families: what is left of them is of the internet, or no business of TCP's. */
    {.reason = "it could speak TCP under another name, past Landlock",
     .numbers = {SYS_socket},
     .calls = 1,
     .argument = 2,
     .test = HOUSE_PASS_EQUAL,
     .values = {0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6},
     .count = 5,
     .error = EPROTONOSUPPORT,
     .gate = {.test = GATE_EQUAL, .argument = 0, .values = {AF_INET, AF_INET6}, .count = 2},
     .when = HOUSE_PORTS_NAMED},
};

const size_t house_rule_count = sizeof(house_rules) / sizeof(house_rules[0]);

/* Whether the profile itself lets a call pass; that syscalls.default does is not enough. */
static bool asks_for(const struct sbx_policy *policy, const struct call_table *table, int number)
{
    const struct call_verdict *verdict = &table->of[number];
    return rules_may_pass(policy, table, number) &&
           (rules_pass(verdict->rules) || verdict->rank != RANK_NONE);
}

bool house_rule_holds(const struct house_rule *rule, const struct sbx_policy *policy,
                      const struct call_table *table)
{
    switch (rule->when) {
    case HOUSE_NOT_NESTED:
        return !nested(policy);
    case HOUSE_SECCOMP_NOT_ASKED:
        return !asks_for(policy, table, house_number_in(table, SYS_seccomp));
    case HOUSE_CONNECT_RESTRICTED:
        return restricts(policy, &policy->network_tcp_connect);
    case HOUSE_PORTS_RESTRICTED:
        return restricts(policy, &policy->network_tcp_connect) ||
               restricts(policy, &policy->network_tcp_bind);
    case HOUSE_PACKET_UNNAMED:
        return names_family(policy, AF_INET) && !names_family(policy, AF_PACKET);
    case HOUSE_PORTS_NAMED:
        return !ports_any(&policy->network_tcp_connect) || !ports_any(&policy->network_tcp_bind);
    case HOUSE_ALWAYS:
        break;
    }
    return true;
}

size_t house_rules_of(const struct sbx_policy *policy, const struct call_table *table, int number,
                      const struct house_rule *rules[HOUSE_RULES_OF_A_CALL])
{
    const int native = house_number(table, number);
    size_t count = 0;
    for (size_t i = 0; i < house_rule_count && native >= 0; i++)
        for (size_t j = 0; j < house_rules[i].calls; j++)
            if (house_rules[i].numbers[j] == native &&
                house_rule_holds(&house_rules[i], policy, table))
                rules[count++] = &house_rules[i];
    return count;
}
