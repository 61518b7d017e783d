/* SPDX-License-Identifier: MIT
 *
 * seccomp.c - the guard of system calls: the profile's lists become one seccomp filter.
 *
 * calls.c settles what each call gets, argrules.c what depends on its arguments, house.c knows what
 * no profile can allow; body.c and decision.c write the filter, compile.c puts all this together,
 * and proof.c finds out whether the filter does what it shall. Here the result is installed: last
 * of all, so that it need not allow what the set-up does; execve is the one call of ours that it
 * must let through.
 */
#include "base/sys.h"
#include "guards/guard.h"
#include "guards/seccomp/argrules.h"
#include "guards/seccomp/filter.h"
#include "guards/seccomp/members.h"
#include "guards/seccomp/proof.h"
#include "policy/diag.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* What linux/seccomp.h of the oldest supported system lacks: Linux 5.19. */
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/* ---- names ---------------------------------------------------------------------------------- */

static void seccomp_names(const struct sbx_policy *policy, struct diag *diag)
{
    calls_names(policy, diag);
    rules_names(policy, diag);
}

/* ---- check ---------------------------------------------------------------------------------- */

/* Where the profile itself asks for a report. */
static const struct origin *reports(const struct sbx_policy *policy)
{
    const struct value_action *actions[] = {&policy->syscalls_default, &policy->syscalls_unknown,
                                            &policy->network_refused};
    if (policy->syscalls_report.count)
        return &policy->syscalls_report.items[0].origin;
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (actions[i]->kind == ACTION_REPORT)
            return &actions[i]->origin;
    for (size_t i = 0; i < policy->syscall_rules.count; i++)
        if (policy->syscall_rules.items[i].kind == ACTION_REPORT)
            return &policy->syscall_rules.items[i].origin;
    return NULL;
}

static int check_tell(const struct sbx_policy *policy, struct diag *diag)
{
    const struct origin *asks = reports(policy);
    if (policy->syscalls_tell.v != TELL_NONE || !asks)
        return 0;
    return diag_error(diag, *asks, 0, "say errno, or syscalls.tell = kills",
                      "report is asked for, and syscalls.tell = none tells of nothing");
}

/* The machine's own ABI can't be left out, and i386 is a part of x86_64 alone. */
static int check_abis(const struct sbx_policy *policy, struct diag *diag)
{
    const struct value_list *abis = &policy->syscalls_arch;
    bool native = !abis->count && !abis->origin.file;
    int result = 0;
    for (size_t i = 0; i < abis->count; i++) {
        const struct item *item = &abis->items[i];
        native |= strcmp(item->first, "native") == 0;
        if (ABI_NATIVE != ABI_X86_64 && strcmp(item->first, "i386") == 0 && !item->optional)
            result |= diag_error(diag, item->origin, 0,
                                 "write '?i386' where the profile serves other architectures too",
                                 "syscalls.arch: %s has no ABI 'i386'", abi_name(ABI_NATIVE));
    }
    if (native)
        return result;
    return diag_error(diag, abis->origin, 0, "write arch = native i386",
                      "syscalls.arch: native can't be left out: the launch itself needs it");
}

/* To let the other families through is what network.families is for. */
static int seccomp_check(const struct sbx_policy *policy, struct diag *diag)
{
    enum action_kind kind = policy->network_refused.kind;
    const int told = check_tell(policy, diag) | check_abis(policy, diag);
    if (kind == ACTION_KILL || kind == ACTION_REPORT || kind == ACTION_ERRNO)
        return told;
    return diag_error(diag, policy->network_refused.origin, 0,
                      "name the families that are allowed in network.families",
                      "network.refused is kill, report or errno:NAME");
}

/* ---- probe ---------------------------------------------------------------------------------- */

/* In a process of its own: installs a filter that allows all, with a listener. Raw system calls
 * only. */
static _Noreturn void try_listener(void)
{
    struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog program = {.len = 1, .filter = &allow};
    long ret = sys(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (ret == 0)
        ret = sys(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    for (;;)
        sys(SYS_exit_group, ret < 0 ? -ret : 0);
}

/* A process has one listener at the most, and so have all its descendants: only where there is a
 * filter around this one can it be refused, and then whoever wrote that filter decides. */
static void seccomp_probe(struct host *host)
{
    int status = 0;
    if (sys(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0) <= 0)
        return;
    long pid = sys(SYS_clone, 0, 0, 0, 0, 0);
    if (pid == 0)
        try_listener();
    host->listener_errno = EPERM;
    while (pid > 0 && sys(SYS_wait4, pid, &status, __WALL, NULL) == -EINTR)
        continue;
    if (pid > 0 && WIFEXITED(status))
        host->listener_errno = WEXITSTATUS(status);
}

/* ---- prepare -------------------------------------------------------------------------------- */

/* The listener takes the number of a descriptor, while the program's limit is in force already. */
enum { LISTENER_FILES = 4 };

static const char *no_listener(const struct sbx_policy *policy, const struct host *host)
{
    if (host->listener_errno)
        return "a filter around this process has a listener already, or refuses one";
    if (policy->limits_open_files.v < LISTENER_FILES)
        return "limits.open_files leaves no descriptor for the listener of the filter";
    return NULL;
}

/* Of several filters the kernel takes the strongest answer: one of the program's own that fails a
 * call would keep it from the launcher, but not from the kernel's own kill. So where a program may
 * have filters, a kill is the kernel's, and is not told by name. */
static void settle_kills(struct plan *plan, struct call_table *table)
{
    if (table->tell == TELL_NONE || !rules_may_pass(plan->policy, table, SYS_seccomp))
        return;
    plan->seccomp.kernel_kills = true;
    table->tell = (enum tell)(table->tell | TELL_BUT_KILLS);
    if (table->i386)
        table->i386->tell = (enum tell)(table->i386->tell | TELL_BUT_KILLS);
}

/* What can't be told is denied all the same, by the kernel alone. Only where the profile itself
 * speaks of telling is that a promise which is not kept. */
static int settle_tell(struct plan *plan, const struct host *host, struct call_table *table,
                       struct sbx_error *error)
{
    const struct sbx_policy *policy = plan->policy;
    if (plan->command && plan->command->watch) {
        table->tell = policy->namespaces_nested.v == YESNO_YES ? TELL_ALL : TELL_WATCH;
        if (table->i386)
            table->i386->tell = TELL_ALL; /* its calls that pass are not looked at */
    }
    const char *why = table->tell == TELL_NONE ? NULL : no_listener(policy, host);
    const struct origin *asks = reports(policy);
    if (plan->command && plan->command->watch && why) {
        err_set(error, SBX_E_HOST, host->listener_errno, "seccomp",
                "the program can't be watched: %s", why);
        return -1;
    }
    if (!why) {
        settle_kills(plan, table);
        return 0;
    }
    if (!asks && policy->syscalls_tell.origin.file)
        asks = &policy->syscalls_tell.origin;
    if (asks && policy->limits_enforce.v == ENFORCE_STRICT) {
        err_set(error, SBX_E_HOST, host->listener_errno, "seccomp",
                "denied calls can't be told by name: %s", why);
        err_hint(error, "limits.enforce = best-effort goes on without, and says so in the report");
        return err_at(error, *asks);
    }
    plan->seccomp.unnamed = why;
    plan->seccomp.unnamed_asked = asks != NULL;
    table->tell = TELL_NONE;
    if (table->i386)
        table->i386->tell = TELL_NONE;
    return 0;
}

static bool hands_over(const struct sock_fprog *program)
{
    for (size_t i = 0; i < program->len; i++)
        if (program->filter[i].code == (BPF_RET | BPF_K) &&
            program->filter[i].k == SECCOMP_RET_USER_NOTIF)
            return true;
    return false;
}

/* What the payload still does behind its own filter. */
static bool tells_exec(const struct sbx_policy *policy, const struct call_table *table)
{
    static const int numbers[] = {SYS_execve, SYS_exit_group};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        const struct call_rules *rules = table->of[numbers[i]].rules;
        for (size_t j = 0; rules && j < rules->count; j++)
            if (action_told(rules->of[j].action, calls_tell(table, numbers[i])))
                return true;
        if (action_told(calls_action(policy, table, numbers[i]), calls_tell(table, numbers[i])))
            return true;
    }
    return false;
}

/* What is proved is the very copy that will be installed. */
static int keep(struct plan *plan, const struct call_table *table, const struct filter *filter,
                struct sbx_error *error)
{
    struct sock_filter *code = arena_array(&plan->arena, filter->count, sizeof(*code));
    if (!code)
        return err_memory(error, "seccomp");
    memcpy(code, filter->code, filter->count * sizeof(*code));
    if (proof_check(plan->policy, table, code, filter->count, error) != 0)
        return -1;
    plan->seccomp.program =
        (struct sock_fprog){.len = (unsigned short)filter->count, .filter = code};
    return 0;
}

static unsigned count_allowed(const struct sbx_policy *policy, const struct call_table *table)
{
    unsigned count = 0;
    for (int number = 0; number < CALLS_MAX; number++)
        if ((table->of[number].rank != RANK_NONE || table->of[number].rules) &&
            rules_may_pass(policy, table, number))
            count++;
    return count;
}

static int seccomp_prepare(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    const struct sbx_policy *policy = plan->policy;
    struct call_table table;
    struct filter filter;
    struct diag diag = {.error = error};
    if (filter_settle(policy, &plan->arena, &table, &diag) != 0 ||
        settle_tell(plan, host, &table, error) != 0 ||
        filter_write(policy, &table, &filter, &diag) != 0 ||
        keep(plan, &table, &filter, error) != 0)
        return -1;
    plan->seccomp.on = true;
    plan->seccomp.message_queues = rules_may_pass(policy, &table, SYS_mq_open);
    plan->seccomp.listener = hands_over(&plan->seccomp.program);
    plan->seccomp.tells_exec = tells_exec(policy, &table);
    plan->seccomp.log = table.tell == TELL_NONE && (policy->syscalls_log.count > 0 ||
                                                    policy->syscalls_default.kind == ACTION_LOG);
    plan->seccomp.allowed_calls = count_allowed(policy, &table);
    return 0;
}

/* ---- enter, explain, observe ---------------------------------------------------------------- */

/* With a listener: Linux 5.19 keeps signals that don't kill from interrupting a call that waits for
 * its answer. Returns the listener's descriptor. */
static long install_with_listener(const struct sock_fprog *program)
{
    const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    long ret = sys(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                   flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, program);
    if (ret == -EINVAL)
        ret = sys(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);
    return ret;
}

static int seccomp_enter(const struct plan *plan, int *item)
{
    unsigned flags = plan->seccomp.log ? SECCOMP_FILTER_FLAG_LOG : 0;
    *item = 0;
    if (!plan->seccomp.on)
        return 0;
    if (plan->seccomp.listener)
        return (int)install_with_listener(&plan->seccomp.program);
    return (int)sys(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &plan->seccomp.program);
}

static void seccomp_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    (void)item;
    if (plan->seccomp.listener && (error->sys_errno == EBUSY || error->sys_errno == EMFILE)) {
        snprintf(error->text, sizeof(error->text),
                 "the kernel gave the seccomp filter no listener, so that no denied call could be "
                 "told by name");
        err_at(error, plan->policy->syscalls_tell.origin);
        err_hint(error, "syscalls.tell = none needs none");
        return;
    }
    snprintf(error->text, sizeof(error->text),
             "the seccomp filter of %u instructions was refused by the kernel",
             (unsigned)plan->seccomp.program.len);
    err_at(error, plan->policy->syscalls_allow.origin);
    err_hint(error,
             "the kernel must have CONFIG_SECCOMP_FILTER, and a sandbox around this one must "
             "not deny seccomp(2)");
}

#define UNNAMED "; denials are not told by name"

static void seccomp_observe(const struct plan *plan, struct sbx_report *report)
{
    enum action_kind kind = plan->policy->syscalls_default.kind;
    const bool open = kind == ACTION_ALLOW || kind == ACTION_LOG;
    const unsigned length = plan->seccomp.program.len;
    char fingerprint[FINGERPRINT_SIZE];
    const char *unnamed = plan->seccomp.unnamed;
    if (unnamed && plan->seccomp.unnamed_asked)
        guard_unkept(report, "syscalls.tell: denied calls are not told by name: %s", unnamed);
    if (!plan->seccomp.on)
        guard_report(report, "seccomp", SBX_STATE_OFF, "no filter");
    else if (open)
        guard_report(report, "seccomp", SBX_STATE_ENFORCED,
                     "filter of %u instructions, all calls allowed but those that the profile or "
                     "the house rules deny%s; proved, fingerprint %s",
                     length, unnamed ? UNNAMED : "", seccomp_fingerprint(plan, fingerprint));
    else
        guard_report(
            report, "seccomp", SBX_STATE_ENFORCED,
            "filter of %u instructions, %u calls allowed, others %s%s; proved, fingerprint "
            "%s",
            length, plan->seccomp.allowed_calls, kind == ACTION_KILL ? "killed" : "refused",
            unnamed ? UNNAMED : "", seccomp_fingerprint(plan, fingerprint));
}

const struct guard guard_seccomp = {
    .name = "seccomp",
    .names = seccomp_names,
    .check = seccomp_check,
    .review = seccomp_review,
    .probe = seccomp_probe,
    .prepare = seccomp_prepare,
    .enter = seccomp_enter,
    .explain = seccomp_explain,
    .observe = seccomp_observe,
    .describe = seccomp_describe,
    .wall = seccomp_wall,
};
