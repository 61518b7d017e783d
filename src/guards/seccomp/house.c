/* SPDX-License-Identifier: MIT
 *
 * house.c - the house rules: what the filter refuses whatever the profile allows.
 *
 * A rule only narrows: a call that the profile does not allow keeps the profile's own answer, so
 * that a denial stays visible as what it is. Only clone3, openat2 and io_uring are answered
 * alike everywhere, with ENOSYS, because then a libc or a runtime falls back to calls that the
 * filter can look into.
 *
 * Where the kernel takes an int, the low word of the argument is compared and nothing else: high
 * bits that the kernel drops must not hide a value.
 */
#include "guards/seccomp/filter.h"
#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the low word of an argument is taken to come first"
#endif

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#define X32_BIT     0x40000000U
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

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

enum test { DENY_EQUAL, DENY_ANY_BIT, PASS_EQUAL };
enum { RULE_CALLS = 5, RULE_VALUES = 8 };

/* A rule on the low word of one argument of a few calls. */
struct argument_rule {
    int numbers[RULE_CALLS];
    size_t calls;
    unsigned argument;
    enum test test;
    uint32_t values[RULE_VALUES];
    size_t count;
    int error; /* what a denied call gets */
};

/* What a prelude is written from, and into. */
struct writer {
    const struct sbx_policy *policy;
    struct call_table *table;
    struct filter *filter;
    int newest; /* the highest number that is known */
};

static bool nested(const struct sbx_policy *policy)
{
    return policy->namespaces_nested.v == YESNO_YES;
}

/* ---- rules on whole calls ------------------------------------------------------------------- */

bool house_forbids(int number, const char **why, const char **instead)
{
    switch (number) {
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
    *verdict = (struct call_verdict){.rank = RANK_NAME, .kind = ACTION_ERRNO, .error = error};
}

void house_settle(const struct sbx_policy *policy, struct call_table *table)
{
    for (int number = 0; number < CALLS_MAX; number++) {
        struct call_verdict *verdict = &table->of[number];
        const char *why, *instead;
        /* Who names such a call to have it killed, or to have another errno, means just that. */
        bool meant = verdict->rank == RANK_NAME && !calls_passes(policy, table, number);
        if (!meant && house_forbids(number, &why, &instead))
            forbid(verdict, ENOSYS);
    }
    if (!nested(policy) && calls_passes(policy, table, SYS_setns))
        forbid(&table->of[SYS_setns], EPERM);
}

/* ---- code ----------------------------------------------------------------------------------- */

uint32_t filter_return(struct value_action action)
{
    switch (action.kind) {
    case ACTION_ALLOW:
        return SECCOMP_RET_ALLOW;
    case ACTION_LOG:
        return SECCOMP_RET_LOG;
    case ACTION_ERRNO:
        return SECCOMP_RET_ERRNO | ((uint32_t)action.error & SECCOMP_RET_DATA);
    case ACTION_KILL:
        break;
    }
    return SECCOMP_RET_KILL_PROCESS;
}

static void emit(struct filter *filter, unsigned code, uint32_t k, size_t if_true, size_t if_false)
{
    if (filter->count == BPF_MAXINSNS) {
        filter->overflow = true;
        return;
    }
    filter->code[filter->count++] = (struct sock_filter){
        .code = (uint16_t)code, .jt = (uint8_t)if_true, .jf = (uint8_t)if_false, .k = k};
}

static void emit_load(struct filter *filter, size_t offset)
{
    emit(filter, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void emit_return(struct filter *filter, uint32_t value)
{
    emit(filter, BPF_RET | BPF_K, value, 0, 0);
}

/* Returns `value` where the comparison of the accumulator with `k` holds. */
static void emit_return_if(struct filter *filter, unsigned comparison, uint32_t k, uint32_t value)
{
    emit(filter, BPF_JMP | comparison | BPF_K, k, 0, 1);
    emit_return(filter, value);
}

/* A block for one call: it is jumped over for every other, and each way through it returns. */
static size_t block_open(struct filter *filter, int number)
{
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 0);
    return filter->count;
}

static void block_close(struct filter *filter, size_t start)
{
    size_t length = filter->count - start;
    if (length > UINT8_MAX)
        filter->overflow = true; /* a conditional jump reaches no further */
    else if (start)
        filter->code[start - 1].jf = (uint8_t)length;
}

static void emit_low_word(struct filter *filter, unsigned argument)
{
    emit_load(filter, offsetof(struct seccomp_data, args) + argument * sizeof(uint64_t));
}

/* ---- rules on arguments --------------------------------------------------------------------- */

static struct value_action standing(const struct writer *writer, int number)
{
    return number > writer->newest ? writer->policy->syscalls_unknown
                                   : calls_action(writer->policy, writer->table, number);
}

/* Whether a rule has anything to narrow; what passes it then gets `pass`. */
static bool starts_rule(struct writer *writer, int number, uint32_t *pass)
{
    struct value_action action = standing(writer, number);
    if (action.kind != ACTION_ALLOW && action.kind != ACTION_LOG)
        return false;
    *pass = filter_return(action);
    writer->table->of[number].in_prelude = true;
    return true;
}

/* What decides about the calls of a rule, once their number is known. Each way through it returns.
 */
static void emit_decision(struct filter *filter, const struct argument_rule *rule, uint32_t pass)
{
    const uint32_t deny = SECCOMP_RET_ERRNO | (uint32_t)rule->error;
    const bool pass_listed = rule->test == PASS_EQUAL;
    emit_low_word(filter, rule->argument);
    for (size_t i = 0; i < rule->count; i++)
        emit_return_if(filter, rule->test == DENY_ANY_BIT ? BPF_JSET : BPF_JEQ, rule->values[i],
                       pass_listed ? pass : deny);
    emit_return(filter, pass_listed ? deny : pass);
}

/* One decision for all the calls of a rule that pass in the same way: allowed, or logged. */
static void emit_rule_for(struct writer *writer, const struct argument_rule *rule, uint32_t way)
{
    int numbers[RULE_CALLS];
    size_t count = 0;
    for (size_t i = 0; i < rule->calls; i++) {
        uint32_t pass;
        if (starts_rule(writer, rule->numbers[i], &pass) && pass == way)
            numbers[count++] = rule->numbers[i];
    }
    if (!count)
        return;
    for (size_t i = 0; i + 1 < count; i++) /* over the comparisons that are left, to the decision */
        emit(writer->filter, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)numbers[i], count - 1 - i, 0);
    size_t start = block_open(writer->filter, numbers[count - 1]);
    emit_decision(writer->filter, rule, way);
    block_close(writer->filter, start);
}

static void emit_rule(struct writer *writer, const struct argument_rule *rule)
{
    emit_rule_for(writer, rule, SECCOMP_RET_ALLOW);
    emit_rule_for(writer, rule, SECCOMP_RET_LOG);
}

/* socket(2) and socketpair(2): the families that the profile names. */
static void emit_families(struct writer *writer, int number)
{
    const struct value_list *families = &writer->policy->network_families;
    struct filter *filter = writer->filter;
    uint32_t pass;
    if (!starts_rule(writer, number, &pass))
        return;
    size_t start = block_open(filter, number);
    emit_low_word(filter, 0);
    for (size_t i = 0; i < families->count; i++)
        emit_return_if(filter, BPF_JEQ, (uint32_t)families->items[i].number, pass);
    /* The C library asks for a unix socket to look for a name cache, whatever the program does. */
    emit_return_if(filter, BPF_JEQ, AF_UNIX, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
    emit_return(filter, filter_return(writer->policy->network_refused));
    block_close(filter, start);
}

/* open(2) and openat(2): the mode stands behind the flags, and counts only where a file is made. */
static void emit_creation(struct writer *writer, int number, unsigned flags)
{
    struct filter *filter = writer->filter;
    uint32_t pass;
    if (!starts_rule(writer, number, &pass))
        return;
    size_t start = block_open(filter, number);
    emit_low_word(filter, flags);
    emit(filter, BPF_JMP | BPF_JSET | BPF_K, CREATE_BITS, 1, 0);
    emit_return(filter, pass);
    emit_low_word(filter, flags + 1);
    emit_return_if(filter, BPF_JSET, SET_ID_BITS, SECCOMP_RET_ERRNO | EPERM);
    emit_return(filter, pass);
    block_close(filter, start);
}

/* ---- the rules ------------------------------------------------------------------------------ */

/* What is done to the caller's terminal and outlives the program: characters put into its input
 * would be read by the shell that started the sandbox; a stopped output, an exclusive lock or a
 * foreign line discipline would leave the terminal dead. Setting its modes stays allowed, for the
 * launcher gives them back. */
static const struct argument_rule terminal_rule = {
    .numbers = {SYS_ioctl},
    .calls = 1,
    .argument = 1,
    .test = DENY_EQUAL,
    .values = {TIOCSTI, TIOCLINUX, TIOCSETD, TIOCEXCL, TIOCCONS, TCXONC, TIOCSSERIAL, TIOCVHANGUP},
    .count = 8,
    .error = EPERM};

/* Only asking, and Linux as it is: other personalities switch protections of memory off. */
static const struct argument_rule personality_rule = {.numbers = {SYS_personality},
                                                      .calls = 1,
                                                      .argument = 0,
                                                      .test = PASS_EQUAL,
                                                      .values = {0, 0xffffffff},
                                                      .count = 2,
                                                      .error = EPERM};

/* A listener of the program's own could let calls through that this filter hands to a supervisor.
 */
static const struct argument_rule listener_rule = {.numbers = {SYS_seccomp},
                                                   .calls = 1,
                                                   .argument = 1,
                                                   .test = DENY_ANY_BIT,
                                                   .values = {SECCOMP_FILTER_FLAG_NEW_LISTENER},
                                                   .count = 1,
                                                   .error = EPERM};

/* The older door to seccomp(2): open where seccomp itself is allowed by name or by group. */
static const struct argument_rule prctl_rule = {.numbers = {SYS_prctl},
                                                .calls = 1,
                                                .argument = 0,
                                                .test = DENY_EQUAL,
                                                .values = {PR_SET_SECCOMP},
                                                .count = 1,
                                                .error = EPERM};

/* PID 1 of the sandbox has the program's user, who could set limits for it that end or blind it. A
 * process may change its own, under the name 0, which means nobody else. */
static const struct argument_rule limits_rule = {.numbers = {SYS_prlimit64},
                                                 .calls = 1,
                                                 .argument = 0,
                                                 .test = PASS_EQUAL,
                                                 .values = {0},
                                                 .count = 1,
                                                 .error = EPERM};

/* The program is the caller's own user, outside: through a descriptor that it was lent, its stdout
 * for one, or in a directory that is writable it could leave a set-user-id file of the caller's on
 * the host, and with it a door for whoever runs that later. */
static const struct argument_rule set_id_second_rule = {
#if defined(__x86_64__)
    .numbers = {SYS_fchmod, SYS_chmod, SYS_creat, SYS_mkdir, SYS_mknod},
    .calls = 5,
#else
    .numbers = {SYS_fchmod},
    .calls = 1,
#endif
    .argument = 1,
    .test = DENY_ANY_BIT,
    .values = {SET_ID_BITS},
    .count = 1,
    .error = EPERM};
static const struct argument_rule set_id_third_rule = {
    .numbers = {SYS_fchmodat, SYS_fchmodat2, SYS_mkdirat, SYS_mknodat},
    .calls = 4,
    .argument = 2,
    .test = DENY_ANY_BIT,
    .values = {SET_ID_BITS},
    .count = 1,
    .error = EPERM};

/* A user namespace of its own gives a program every capability in it, and with them much more of
 * the kernel to attack. */
static const struct argument_rule clone_rule = {.numbers = {SYS_clone},
                                                .calls = 1,
                                                .argument = 0,
                                                .test = DENY_ANY_BIT,
                                                .values = {CLONE_NAMESPACES},
                                                .count = 1,
                                                .error = EPERM};
static const struct argument_rule unshare_rule = {.numbers = {SYS_unshare},
                                                  .calls = 1,
                                                  .argument = 0,
                                                  .test = DENY_ANY_BIT,
                                                  .values = {UNSHARE_NAMESPACES},
                                                  .count = 1,
                                                  .error = EPERM};

static void emit_abi(struct filter *filter)
{
    emit_load(filter, offsetof(struct seccomp_data, arch));
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
    emit_return(filter, SECCOMP_RET_KILL_PROCESS);
    emit_load(filter, offsetof(struct seccomp_data, nr));
#ifdef X32_BIT
    emit_return_if(filter, BPF_JGE, X32_BIT, SECCOMP_RET_KILL_PROCESS);
#endif
}

static void emit_set_id(struct writer *writer)
{
    emit_rule(writer, &set_id_second_rule);
    emit_rule(writer, &set_id_third_rule);
#if defined(__x86_64__)
    emit_creation(writer, SYS_open, 1);
#endif
    emit_creation(writer, SYS_openat, 2);
}

void house_emit(const struct sbx_policy *policy, struct call_table *table, struct filter *filter)
{
    const struct call_verdict *seccomp = &table->of[SYS_seccomp];
    struct writer writer = {policy, table, filter, calls_newest(table)};
    emit_abi(filter);
    emit_rule(&writer, &terminal_rule);
    emit_rule(&writer, &personality_rule);
    emit_rule(&writer, &listener_rule);
    if (seccomp->rank == RANK_NONE || !calls_passes(policy, table, SYS_seccomp))
        emit_rule(&writer, &prctl_rule);
    emit_rule(&writer, &limits_rule);
    emit_set_id(&writer);
    if (!nested(policy)) {
        emit_rule(&writer, &clone_rule);
        emit_rule(&writer, &unshare_rule);
    }
    emit_families(&writer, SYS_socket);
    emit_families(&writer, SYS_socketpair);
    /* After the rules, for one of them is on a call that an older libseccomp does not know. */
    emit_return_if(filter, BPF_JGT, (uint32_t)writer.newest,
                   filter_return(policy->syscalls_unknown));
}
