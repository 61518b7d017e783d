/* SPDX-License-Identifier: MIT
 *
 * process.c - what the program finds itself with: environment, session, umask, priority, signals.
 */
#include "base/sys.h"
#include "guards/guard.h"
#include "policy/policy.h"
#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>

/* ---- what a variable gives away ------------------------------------------------------------- */

/* Variables by their names, as fnmatch(3) has it. The first that fits is told. */
static const struct {
    enum sbx_severity severity;
    enum rule rule;
    const char *name, *what;
} telling[] = {
    {SBX_SEVERITY_NOTE, RULE_secret_environment, "SSH_AUTH_SOCK",
     "is where the SSH agent listens: a program that reaches it logs in as the user"},
    {SBX_SEVERITY_NOTE, RULE_secret_environment, "DBUS_*_BUS_ADDRESS",
     "is where the D-Bus listens: a program that reaches it starts others outside"},
    {SBX_SEVERITY_NOTE, RULE_x11, "DISPLAY",
     "is where the X server listens: a program that reaches it reads all keys and screens"},
    {SBX_SEVERITY_NOTE, RULE_x11, "XAUTHORITY",
     "is where the X server's key lies: a program that reaches it reads all keys and screens"},
    {SBX_SEVERITY_NOTE, RULE_loader_environment, "LD_*",
     "decides which libraries the program loads, by paths that may mean others inside"},
    {SBX_SEVERITY_WARNING, RULE_secret_environment, "AWS_*", "may be a credential of a cloud"},
    {SBX_SEVERITY_WARNING, RULE_secret_environment, "*_TOKEN*", "may be a credential"},
    {SBX_SEVERITY_WARNING, RULE_secret_environment, "TOKEN", "may be a credential"},
    {SBX_SEVERITY_WARNING, RULE_secret_environment, "*SECRET*", "may be a credential"},
    {SBX_SEVERITY_WARNING, RULE_secret_environment, "*PASSWORD*", "may be a password"},
    {SBX_SEVERITY_WARNING, RULE_secret_environment, "*PASSWD*", "may be a password"},
    {SBX_SEVERITY_WARNING, RULE_secret_environment, "*_API_KEY", "may be a credential"},
    {SBX_SEVERITY_WARNING, RULE_secret_environment, "*_PRIVATE_KEY", "may be a private key"},
    {SBX_SEVERITY_WARNING, RULE_secret_environment, "*CREDENTIALS*", "may be a credential"},
};

/* Of a value that the profile itself holds, only the name can tell: it is a note. */
static void review_variable(const struct item *item, const char *key, bool own, struct diag *diag)
{
    for (size_t i = 0; i < sizeof(telling) / sizeof(telling[0]); i++) {
        if (fnmatch(telling[i].name, item->first, 0) != 0)
            continue;
        diag_lint(diag, own ? SBX_SEVERITY_NOTE : telling[i].severity, telling[i].rule,
                  item->origin, "take it away, unless the program can't do without", "%s: %s %s%s",
                  key, item->first, telling[i].what,
                  own ? "; and whoever reads the profile sees it" : "");
        return;
    }
}

static bool is_set(const struct sbx_policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->environment_set.count; i++)
        if (strcmp(policy->environment_set.items[i].first, name) == 0)
            return true;
    return false;
}

/* A variable that passes and is set is the one that is set: env_put() replaces it. */
static void review_pass(const struct sbx_policy *policy, const struct item *item, struct diag *diag)
{
    if (is_set(policy, item->first))
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, item->origin, "take one of the two away",
                  "environment.pass: %s has no effect: environment.set gives it a value",
                  item->first);
    else if (policy->environment_clear.v == YESNO_NO)
        diag_lint(
            diag, SBX_SEVERITY_NOTE, RULE_no_effect, item->origin,
            "set environment.clear = yes, or take the word away",
            "environment.pass: %s has no effect: environment.clear = no passes every variable",
            item->first);
    else
        review_variable(item, "environment.pass", false, diag);
}

static void process_review(const struct sbx_policy *policy, struct diag *diag)
{
    if (policy->environment_clear.v == YESNO_NO)
        diag_lint(diag, SBX_SEVERITY_WARNING, RULE_environment_kept,
                  policy->environment_clear.origin,
                  "name the variables that the program needs in environment.pass",
                  "environment.clear = no: the program gets all variables of whoever starts it, "
                  "tokens and passwords among them");
    for (size_t i = 0; i < policy->environment_pass.count; i++)
        review_pass(policy, &policy->environment_pass.items[i], diag);
    for (size_t i = 0; i < policy->environment_set.count; i++)
        review_variable(&policy->environment_set.items[i], "environment.set", true, diag);
}

/* ---- the environment ------------------------------------------------------------------------ */

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
    const char *const *caller = plan->command ? plan->command->envp : NULL;
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
    const struct sbx_command *command = plan->command;
    (void)host;
    if (command && (!command->argv || !command->argv[0] || !command->argv[0][0]))
        return err_set(error, SBX_E_USAGE, 0, "process", "no program is named");
    plan->exec.argv = command ? (char *const *)command->argv : NULL; /* NULL: it is never run */
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

/* Where a variable's value comes from; nowhere for the caller's, which all pass. */
static struct origin variable_origin(const struct sbx_policy *policy, const char *entry)
{
    const struct value_list *lists[] = {&policy->environment_set, &policy->environment_pass};
    for (size_t list = 0; list < 2; list++)
        for (size_t i = lists[list]->count; i-- > 0;)
            if (env_is(entry, lists[list]->items[i].first))
                return lists[list]->items[i].origin;
    return policy->environment_clear.origin;
}

static void describe_environment(const struct plan *plan, FILE *out)
{
    const struct value_list *pass = &plan->policy->environment_pass;
    for (char *const *entry = plan->exec.envp; entry && *entry; entry++)
        guard_line(out, variable_origin(plan->policy, *entry), "variable %s", *entry);
    for (size_t i = 0; !plan->command && i < pass->count; i++)
        guard_line(out, pass->items[i].origin, "variable %s of whoever starts it, if it is set",
                   pass->items[i].first);
    if (!plan->command && plan->policy->environment_clear.v == YESNO_NO)
        guard_line(out, plan->policy->environment_clear.origin,
                   "every other variable of whoever starts it");
}

static void process_describe(const struct plan *plan, FILE *out)
{
    const struct sbx_policy *policy = plan->policy;
    const struct origin nowhere = {.file = NULL};
    for (int fd = 1; fd < 3; fd++)
        if (plan->limits.relay[fd])
            guard_line(out, policy->limits_output.origin, "dup3 a pipe of the launcher's to %s",
                       fd == 1 ? "stdout" : "stderr");
    guard_line(out, nowhere, "setsid: a new session, without a terminal");
    guard_line(out, policy->process_umask.origin, "umask %03o", plan->process.umask);
    guard_line(out, nowhere, "personality PER_LINUX: address randomisation stays on");
    if (plan->process.nice)
        guard_line(out, policy->process_nice.origin, "setpriority %d", plan->process.nice);
    guard_line(out, nowhere, "every signal at its default, none blocked");
    describe_environment(plan, out);
    for (size_t i = 0; plan->exec.argv && plan->exec.argv[i]; i++)
        guard_line(out, nowhere, "argument %zu: %s", i, plan->exec.argv[i]);
}

static bool process_wall(const struct plan *plan, enum key_id key, struct wall *wall)
{
    const struct sbx_policy *policy = plan->policy;
    switch (key) {
    case KEY_environment_clear:
        return policy->environment_clear.v == YESNO_YES
                   ? guard_wall(wall, SBX_STATE_ENFORCED,
                                "execve with an environment of the launcher's own making")
                   : guard_wall(wall, SBX_STATE_OFF, "execve with the caller's variables");
    case KEY_environment_pass:
        return guard_wall(wall, policy->environment_pass.count ? SBX_STATE_ENFORCED : SBX_STATE_OFF,
                          "execve with %zu of the caller's variables by name",
                          policy->environment_pass.count);
    case KEY_environment_set:
        return guard_wall(wall, policy->environment_set.count ? SBX_STATE_ENFORCED : SBX_STATE_OFF,
                          "execve with %zu variables of the profile's",
                          policy->environment_set.count);
    case KEY_process_umask:
        return guard_wall(wall, SBX_STATE_ENFORCED, "umask(2), which the program may change");
    case KEY_process_nice:
        return plan->process.nice ? guard_wall(wall, SBX_STATE_ENFORCED, "setpriority(2)")
                                  : guard_wall(wall, SBX_STATE_OFF, "the caller's own nice value");
    default:
        return false;
    }
}

const struct guard guard_process = {
    .name = "process",
    .review = process_review,
    .prepare = process_prepare,
    .enter = process_enter,
    .explain = process_explain,
    .observe = process_observe,
    .describe = process_describe,
    .wall = process_wall,
};
