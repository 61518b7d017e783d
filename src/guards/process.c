/* SPDX-License-Identifier: MIT
 *
 * process.c - what the program finds itself with: environment, session, umask, priority, signals.
 */
#include "base/sys.h"
#include "guards/guard.h"
#include "policy/policy.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>

/* Whether `entry` is NAME=... */
static bool env_is(const char *entry, const char *name)
{
    size_t length = strlen(name);
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

/* Adds or replaces NAME=... in a list that has room. */
static size_t env_put(const char **list, size_t count, const char *name, const char *entry)
{
    for (size_t i = 0; i < count; i++)
        if (env_is(list[i], name)) {
            list[i] = entry;
            return count;
        }
    list[count] = entry;
    return count + 1;
}

static const char *env_find(const char *const *envp, const char *name)
{
    for (; envp && *envp; envp++)
        if (env_is(*envp, name))
            return *envp;
    return NULL;
}

static size_t vector_length(const char *const *vector)
{
    size_t length = 0;
    while (vector && vector[length])
        length++;
    return length;
}

/* The environment: the caller's unless cleared, then what passes, then what is set. */
static int prepare_environment(struct plan *plan, struct sbx_error *error)
{
    const struct sbx_policy *policy = plan->policy;
    const struct value_list *pass = &policy->environment_pass, *set = &policy->environment_set;
    const char *const *caller = plan->command->envp;
    size_t inherited = policy->environment_clear.v == YESNO_NO ? vector_length(caller) : 0;
    const char **list =
        arena_array(&plan->arena, inherited + pass->count + set->count + 1, sizeof(*list));
    size_t count = inherited;
    if (!list)
        return err_memory(error, "process");
    if (inherited)
        memcpy(list, caller, inherited * sizeof(*list));
    for (size_t i = 0; i < pass->count; i++) {
        const char *entry = env_find(caller, pass->items[i].first);
        if (entry)
            count = env_put(list, count, pass->items[i].first, entry);
    }
    for (size_t i = 0; i < set->count; i++) {
        char *entry =
            arena_printf(&plan->arena, "%s=%s", set->items[i].first, set->items[i].second);
        if (!entry)
            return err_memory(error, "process");
        count = env_put(list, count, set->items[i].first, entry);
    }
    list[count] = NULL;
    plan->exec.envp = (char *const *)list;
    return 0;
}

static int process_prepare(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    (void)host;
    if (!plan->command->argv || !plan->command->argv[0] || !plan->command->argv[0][0])
        return err_set(error, SBX_E_USAGE, 0, "process", "no program is named");
    plan->exec.argv = (char *const *)plan->command->argv;
    plan->process.umask = plan->policy->process_umask.v;
    plan->process.nice = plan->policy->process_nice.v;
    return prepare_environment(plan, error);
}

enum process_item {
    PROCESS_STDIO,
    PROCESS_SESSION,
    PROCESS_PERSONALITY,
    PROCESS_NICE,
    PROCESS_SIGNALS,
};

/* Signals start as after a boot: a launcher that ignores one must not hand that on. */
static long reset_signals(void)
{
    struct { /* struct sigaction as the kernel has it; all zero is SIG_DFL */
        uint64_t words[4];
    } standard = {{0}};
    uint64_t none = 0;
    for (int number = 1; number <= 64; number++) {
        if (number == SIGKILL || number == SIGSTOP)
            continue;
        long ret = sys(SYS_rt_sigaction, number, &standard, NULL, sizeof(none));
        if (ret < 0)
            return ret;
    }
    return sys(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
}

static int process_enter(const struct plan *plan, int *item)
{
    long ret;
    for (int fd = 0; fd < 3; fd++) {
        *item = PROCESS_STDIO;
        if (plan->stdio[fd] >= 0 && (ret = sys(SYS_dup3, plan->stdio[fd], fd, 0)) < 0)
            return (int)ret;
    }
    *item = PROCESS_SESSION;
    if ((ret = sys(SYS_setsid)) < 0)
        return (int)ret;
    sys(SYS_umask, plan->process.umask);
    /* setarch(8) around the launcher must not switch address randomisation off inside. */
    *item = PROCESS_PERSONALITY;
    if ((ret = sys(SYS_personality, PER_LINUX)) < 0)
        return (int)ret;
    *item = PROCESS_NICE;
    if (plan->process.nice && (ret = sys(SYS_setpriority, PRIO_PROCESS, 0, plan->process.nice)) < 0)
        return (int)ret;
    *item = PROCESS_SIGNALS;
    return (int)reset_signals();
}

static void process_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    static const char *const what[] = {
        [PROCESS_STDIO] = "connect the program's stdin, stdout and stderr",
        [PROCESS_SESSION] = "start a new session",
        [PROCESS_PERSONALITY] = "reset the personality",
        [PROCESS_NICE] = "set the nice value",
        [PROCESS_SIGNALS] = "reset the signals",
    };
    if (item < PROCESS_STDIO || item > PROCESS_SIGNALS)
        return;
    snprintf(error->text, sizeof(error->text), "could not %s", what[item]);
    if (item == PROCESS_NICE)
        err_at(error, plan->policy->process_nice.origin);
}

static void process_observe(const struct plan *plan, struct sbx_report *report)
{
    guard_report(report, "process", SBX_STATE_ENFORCED,
                 "no_new_privs; new session without a terminal; other fds closed; new session "
                 "keyring");
    (void)plan;
}

const struct guard guard_process = {
    .name = "process",
    .prepare = process_prepare,
    .enter = process_enter,
    .explain = process_explain,
    .observe = process_observe,
};
