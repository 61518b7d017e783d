/* SPDX-License-Identifier: MIT
 *
 * house.c - the house rules: what the filter refuses whatever the profile allows.
 *
 * A rule only narrows: a call that the profile does not allow keeps the profile's own answer, so
 * that a denial stays visible as what it is. Only clone3 and io_uring are answered alike
 * everywhere, with ENOSYS, because then a libc or a runtime falls back to calls that the filter can
 * look into.
 *
 * Where the kernel takes an int, the low word of the argument is compared and nothing else: high
 * bits that the kernel drops must not hide a value.
 */
#include "guards/seccomp/filter.h"
#include <asm/ioctls.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
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

/* What unshare(2) takes of these; clone(2) has no room for CLONE_NEWTIME, it reads that bit as a
 * part of the exit signal. */
#define CLONE_NAMESPACES                                                                           \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |  \
     CLONE_NEWNET)
#define UNSHARE_NAMESPACES (CLONE_NAMESPACES | CLONE_NEWTIME)

enum test { DENY_EQUAL, DENY_ANY_BIT, PASS_EQUAL };

/* A rule on the low word of one argument of one call. */
struct argument_rule {
    int number;
    unsigned argument;
    enum test test;
    uint32_t values[2];
    size_t count;
    int error; /* what a denied call gets */
};

static bool nested(const struct sbx_policy *policy)
{
    return policy->namespaces_nested.v == YESNO_YES;
}

/* ---- rules on whole calls ------------------------------------------------------------------- */

bool house_forbids(int number)
{
    /* clone3 passes its flags behind a pointer, where no filter can look; io_uring makes its own
     * system calls past every filter. */
    return number == SYS_clone3 || number == SYS_io_uring_setup || number == SYS_io_uring_enter ||
           number == SYS_io_uring_register;
}

static void forbid(struct call_verdict *verdict, int error)
{
    *verdict = (struct call_verdict){.rank = RANK_NAME, .kind = ACTION_ERRNO, .error = error};
}

void house_settle(const struct sbx_policy *policy, struct call_table *table)
{
    for (int number = 0; number < CALLS_MAX; number++) {
        struct call_verdict *verdict = &table->of[number];
        /* Who names such a call to have it killed, or to have another errno, means just that. */
        bool meant = verdict->rank == RANK_NAME && !calls_passes(policy, table, number);
        if (house_forbids(number) && !meant)
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

static void emit_rule(const struct sbx_policy *policy, struct call_table *table,
                      struct filter *filter, const struct argument_rule *rule)
{
    if (!calls_passes(policy, table, rule->number))
        return;
    const uint32_t pass = filter_return(calls_action(policy, table, rule->number));
    const uint32_t deny = SECCOMP_RET_ERRNO | (uint32_t)rule->error;
    const bool pass_listed = rule->test == PASS_EQUAL;
    size_t start = block_open(filter, rule->number);
    emit_low_word(filter, rule->argument);
    for (size_t i = 0; i < rule->count; i++)
        emit_return_if(filter, rule->test == DENY_ANY_BIT ? BPF_JSET : BPF_JEQ, rule->values[i],
                       pass_listed ? pass : deny);
    emit_return(filter, pass_listed ? deny : pass);
    block_close(filter, start);
    table->of[rule->number].in_prelude = true;
}

/* socket(2) and socketpair(2): the families that the profile names. */
static void emit_families(const struct sbx_policy *policy, struct call_table *table,
                          struct filter *filter, int number)
{
    const struct value_list *families = &policy->network_families;
    if (!calls_passes(policy, table, number))
        return;
    const uint32_t pass = filter_return(calls_action(policy, table, number));
    size_t start = block_open(filter, number);
    emit_low_word(filter, 0);
    for (size_t i = 0; i < families->count; i++)
        emit_return_if(filter, BPF_JEQ, (uint32_t)families->items[i].number, pass);
    /* The C library asks for a unix socket to look for a name cache, whatever the program does. */
    emit_return_if(filter, BPF_JEQ, AF_UNIX, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
    emit_return(filter, filter_return(policy->network_refused));
    block_close(filter, start);
    table->of[number].in_prelude = true;
}

/* Characters put into a terminal's input would be read by the shell that started the sandbox. */
static const struct argument_rule terminal_rule = {
    SYS_ioctl, 1, DENY_EQUAL, {TIOCSTI, TIOCLINUX}, 2, EPERM};

/* Only asking, and Linux as it is: other personalities switch protections of memory off. */
static const struct argument_rule personality_rule = {SYS_personality, 0, PASS_EQUAL,
                                                      {0, 0xffffffff}, 2, EPERM};

/* A listener of the program's own could let calls through that this filter hands to a supervisor.
 */
static const struct argument_rule listener_rule = {
    SYS_seccomp, 1, DENY_ANY_BIT, {SECCOMP_FILTER_FLAG_NEW_LISTENER}, 1, EPERM};

/* The older door to seccomp(2): open where seccomp itself is allowed by name or by group. */
static const struct argument_rule prctl_rule = {SYS_prctl,        0, DENY_EQUAL,
                                                {PR_SET_SECCOMP}, 1, EPERM};

/* A user namespace of its own gives a program every capability in it, and with them much more of
 * the kernel to attack. */
static const struct argument_rule clone_rule = {SYS_clone,          0, DENY_ANY_BIT,
                                                {CLONE_NAMESPACES}, 1, EPERM};
static const struct argument_rule unshare_rule = {SYS_unshare,          0, DENY_ANY_BIT,
                                                  {UNSHARE_NAMESPACES}, 1, EPERM};

static void emit_abi(const struct sbx_policy *policy, const struct call_table *table,
                     struct filter *filter)
{
    emit_load(filter, offsetof(struct seccomp_data, arch));
    emit(filter, BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
    emit_return(filter, SECCOMP_RET_KILL_PROCESS);
    emit_load(filter, offsetof(struct seccomp_data, nr));
#ifdef X32_BIT
    emit_return_if(filter, BPF_JGE, X32_BIT, SECCOMP_RET_KILL_PROCESS);
#endif
    emit_return_if(filter, BPF_JGT, (uint32_t)calls_newest(table),
                   filter_return(policy->syscalls_unknown));
}

void house_emit(const struct sbx_policy *policy, struct call_table *table, struct filter *filter)
{
    const struct call_verdict *seccomp = &table->of[SYS_seccomp];
    emit_abi(policy, table, filter);
    emit_rule(policy, table, filter, &terminal_rule);
    emit_rule(policy, table, filter, &personality_rule);
    emit_rule(policy, table, filter, &listener_rule);
    if (seccomp->rank == RANK_NONE || !calls_passes(policy, table, SYS_seccomp))
        emit_rule(policy, table, filter, &prctl_rule);
    if (!nested(policy)) {
        emit_rule(policy, table, filter, &clone_rule);
        emit_rule(policy, table, filter, &unshare_rule);
    }
    emit_families(policy, table, filter, SYS_socket);
    emit_families(policy, table, filter, SYS_socketpair);
}
