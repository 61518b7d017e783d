/* SPDX-License-Identifier: MIT
 *
 * limits.c - what bounds resources without a cgroup: resource limits of each process, and the
 * figures that the supervisor's timers and the output relay go by.
 *
 * What counts the whole tree and what only each process:
 *   wall_time, cpu_time, output   the supervisor, for all processes together
 *   pids                          RLIMIT_NPROC, which counts by user namespace since Linux 5.14
 *   memory                        a cgroup alone can bound the tree; `best-effort` falls back to
 *                                 RLIMIT_DATA for each process, and sampling
 *   file_size, open_files, stack, core   each process
 *
 * Source: getrlimit(2), user_namespaces(7).
 */
#include "base/fd.h"
#include "base/sys.h"
#include "guards/guard.h"
#include "policy/policy.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* RLIMIT_DATA counts what is reserved, not what is used. It stands above limits.memory by an
 * eighth, 16 MiB at least, because only usage that was seen above the limit is called `memory`, so
 * there must be room to be seen in; and by one stack for each thread that limits.pids allows,
 * because libc reserves that much for each. */
static uint64_t data_limit(const struct sbx_policy *policy)
{
    const uint64_t least = UINT64_C(16) << 20, memory = policy->limits_memory.v;
    const uint64_t stack = policy->limits_stack.v, pids = policy->limits_pids.v;
    uint64_t data = memory / 8 > least ? memory / 8 : least, stacks = 0;
    if (stack != POLICY_UNLIMITED && pids != POLICY_UNLIMITED &&
        __builtin_mul_overflow(stack, pids, &stacks))
        return RLIM_INFINITY;
    if (__builtin_add_overflow(data, memory, &data) || __builtin_add_overflow(data, stacks, &data))
        return RLIM_INFINITY;
    return data;
}

/* Whether /proc has a hidepid= that is on. Where that can't be found out, it counts as on. */
static bool proc_hides(void)
{
    char line[4096];
    bool found = false, hides = false;
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    if (!mounts)
        return true;
    while (fgets(line, sizeof(line), mounts)) {
        if (!strstr(line, " /proc ") || !strstr(line, " - proc "))
            continue;
        const char *option = strstr(line, "hidepid=");
        found = true;
        hides = option && strncmp(option + 8, "0", 1) != 0 && strncmp(option + 8, "off", 3) != 0;
    }
    fclose(mounts);
    return !found || hides;
}

/* The supervisor must see PID 1 of the sandbox, which may not be traced, and its children. If it
 * can see a process of another user, it can; else whoever may trace any process sees all, and else
 * the mount's options tell. */
static bool proc_shows_tree(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    struct stat status;
    autofd own = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (own < 0)
        return false; /* a kernel without CONFIG_PROC_CHILDREN, or no /proc of ours */
    autofd other = open("/proc/1/task/1/children", O_RDONLY | O_CLOEXEC);
    if (other >= 0 && fstat(other, &status) == 0 && status.st_uid != geteuid())
        return true;
    if (syscall(SYS_capget, &header, data) == 0 && data[0].effective >> CAP_SYS_PTRACE & 1)
        return true;
    return !proc_hides();
}

static void limits_probe(struct host *host)
{
    cpu_set_t set;
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        online = CPU_COUNT(&set);
    host->cpus = online > 0 ? (unsigned)online : 1;
    host->cgroup = false;
    host->proc_shows_tree = proc_shows_tree();
}

static bool is_limit(uint64_t value)
{
    return value != POLICY_UNLIMITED;
}

/* ---- review --------------------------------------------------------------------------------- */

/* Whether a verdict rests on this profile: it limits CPU time, or one of the files that it is made
 * of is called judge-something. */
static bool is_judge(const struct sbx_policy *policy)
{
    if (is_limit(policy->limits_cpu_time.v))
        return true;
    for (const struct text *text = policy->texts.first; text; text = text->next) {
        const char *slash = strrchr(text->file, '/');
        if (strncmp(slash ? slash + 1 : text->file, "judge", 5) == 0)
            return true;
    }
    return false;
}

static void review_missing(const struct sbx_policy *policy, struct diag *diag)
{
    const struct {
        uint64_t value;
        struct origin origin;
        const char *key, *what;
    } wanted[] = {
        {policy->limits_cpu_time.v, policy->limits_cpu_time.origin, "limits.cpu_time",
         "a verdict should rest on it, not on the clock"},
        {policy->limits_wall_time.v, policy->limits_wall_time.origin, "limits.wall_time",
         "a program that only waits never ends"},
        {policy->limits_memory.v, policy->limits_memory.origin, "limits.memory",
         "a program can take all memory of the machine"},
        {policy->limits_pids.v, policy->limits_pids.origin, "limits.pids",
         "a program can start processes until the machine has no more"},
        {policy->limits_output.v, policy->limits_output.origin, "limits.output",
         "a program can print until the disk is full"},
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (!is_limit(wanted[i].value))
            diag_lint(
                diag, SBX_SEVERITY_WARNING, RULE_missing_limits,
                wanted[i].origin.file ? wanted[i].origin : (struct origin){.file = policy->file},
                "set it; the profile judge has a value for each",
                "%s is unlimited in a profile that judges: %s", wanted[i].key, wanted[i].what);
}

static void review_enforce(const struct sbx_policy *policy, struct diag *diag)
{
    const struct value_enum *enforce = &policy->limits_enforce;
    bool needed = is_limit(policy->limits_cpu_time.v) || is_limit(policy->limits_memory.v);
    if (!enforce->origin.file)
        return;
    if (!needed)
        diag_lint(
            diag, SBX_SEVERITY_NOTE, RULE_no_effect, enforce->origin,
            "take it away, or set one of the two",
            "limits.enforce has no effect: it is about limits.cpu_time and limits.memory, and "
            "neither is set");
    else if (enforce->v == ENFORCE_BEST_EFFORT)
        diag_lint(
            diag, SBX_SEVERITY_NOTE, RULE_weaker_limits, enforce->origin,
            "say strict if a verdict must never rest on weaker means",
            "limits.enforce = best-effort: without a cgroup, limits.cpu_time and limits.memory "
            "are held by sampling and by resource limits of each process");
}

static void limits_review(const struct sbx_policy *policy, struct diag *diag)
{
    const struct value_duration *cpu = &policy->limits_cpu_time, *wall = &policy->limits_wall_time;
    const struct value_size *stack = &policy->limits_stack, *memory = &policy->limits_memory;
    if (is_judge(policy))
        review_missing(policy, diag);
    review_enforce(policy, diag);
    if (is_limit(cpu->v) && wall->v <= cpu->v)
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_unreachable_limit, cpu->origin,
                  "set limits.wall_time to some three times of it",
                  "limits.cpu_time is not reached by a program of one thread: limits.wall_time, "
                  "which is not longer, ends it before");
    if (is_limit(stack->v) && stack->origin.file && stack->v >= memory->v)
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_unreachable_limit, stack->origin,
                  "set it well below limits.memory",
                  "limits.stack is not reached: limits.memory, which is not larger, ends the "
                  "program before");
}

/* ---- prepare -------------------------------------------------------------------------------- */

/* Adds one rlimit to the plan. A hard limit of the launcher's own that is lower can't be raised:
 * the promise "no more than this" holds, but the program gets less than the profile says. */
static int add_rlimit(struct plan *plan, int resource, uint64_t soft, uint64_t hard,
                      const char *key, struct origin origin, struct sbx_error *error)
{
    struct limits_plan *limits = &plan->limits;
    struct rlimit own;
    if (getrlimit((__rlimit_resource_t)resource, &own) != 0)
        return err_set(error, SBX_E_SETUP, errno, "limits", "%s: the current limit can't be read",
                       key);
    if (own.rlim_max != RLIM_INFINITY && hard > own.rlim_max) {
        err_set(error, SBX_E_HOST, EPERM, "limits",
                "%s: the launcher's own hard limit is %llu, and it can't give more", key,
                (unsigned long long)own.rlim_max);
        err_at(error, origin);
        return err_hint(error, "raise the hard limit (ulimit -H, limits.conf), or ask for less");
    }
    limits->rlimits[limits->count].resource = resource;
    limits->rlimits[limits->count].value.rlim_cur = soft;
    limits->rlimits[limits->count].value.rlim_max = hard;
    limits->rlimits[limits->count].key = key;
    limits->rlimits[limits->count].origin = origin;
    limits->count++;
    return 0;
}

/* Limits of the whole tree that only a cgroup keeps without a gap: strict refuses them where there
 * is none, best-effort needs at least sight of the processes. */
static int check_tree_limit(const struct plan *plan, const struct host *host, const char *key,
                            const char *weaker, struct origin origin, struct sbx_error *error)
{
    if (host->cgroup)
        return 0;
    if (plan->policy->limits_enforce.v == ENFORCE_STRICT) {
        err_set(error, SBX_E_HOST, 0, "limits",
                "%s can't be enforced strictly: that takes a cgroup v2, and none can be used here",
                key);
        err_at(error, origin);
        return err_hint(error, "limits.enforce = best-effort %s; the report then says so", weaker);
    }
    if (host->proc_shows_tree)
        return 0;
    err_set(error, SBX_E_HOST, 0, "limits",
            "%s can't be watched: this machine's /proc hides the sandbox's processes", key);
    err_at(error, origin);
    return err_hint(error,
                    "mount /proc without hidepid=, or with gid= of a group that this user is "
                    "in; or set %s = unlimited",
                    key);
}

/* The supervisor's clock ends the whole tree on time; RLIMIT_CPU, in whole seconds and for each
 * process, stands behind it. */
static int prepare_cpu(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    const struct value_duration *limit = &plan->policy->limits_cpu_time;
    if (!is_limit(limit->v))
        return 0;
    if (check_tree_limit(plan, host, "limits.cpu_time",
                         "reads the clocks of all processes, and loses what a process uses between "
                         "two looks if its parent ignores SIGCHLD",
                         limit->origin, error) != 0)
        return -1;
    plan->limits.cpu_ns = limit->v;
    uint64_t seconds = limit->v / 1000000000 + 2;
    struct rlimit own;
    if (getrlimit(RLIMIT_CPU, &own) == 0 && own.rlim_max < seconds + 1)
        return 0; /* the launcher's own limit is tighter already, and is inherited */
    return add_rlimit(plan, RLIMIT_CPU, seconds, seconds + 1, "limits.cpu_time", limit->origin,
                      error);
}

static int prepare_memory(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    const struct value_size *limit = &plan->policy->limits_memory;
    if (!is_limit(limit->v))
        return 0;
    if (check_tree_limit(plan, host, "limits.memory",
                         "bounds each process by RLIMIT_DATA and samples the whole tree",
                         limit->origin, error) != 0)
        return -1;
    plan->limits.memory_bytes = limit->v;
    plan->limits.memory_by_sampling = !host->cgroup;
    uint64_t data = data_limit(plan->policy);
    return add_rlimit(plan, RLIMIT_DATA, data, data, "limits.memory", limit->origin, error);
}

static bool is_null_device(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

/* With a limit on output the program gets pipes, whatever stdout and stderr are: the sum is counted
 * to the byte, and a file of the host behind them stays out of reach. /dev/null swallows all. */
static int prepare_sizes(struct plan *plan, struct sbx_error *error)
{
    const struct sbx_policy *policy = plan->policy;
    const struct value_size *output = &policy->limits_output, *file = &policy->limits_file_size;
    if (is_limit(output->v)) {
        plan->limits.output_bytes = output->v;
        for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
            plan->limits.relay[fd] = !is_null_device(fd);
    }
    if (!is_limit(file->v))
        return 0;
    return add_rlimit(plan, RLIMIT_FSIZE, file->v, file->v, "limits.file_size", file->origin,
                      error);
}

static int limits_prepare(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    const struct sbx_policy *policy = plan->policy;
    const struct {
        int resource;
        uint64_t value;
        const char *key;
        struct origin origin;
    } plain[] = {
        {RLIMIT_NOFILE, policy->limits_open_files.v, "limits.open_files",
         policy->limits_open_files.origin},
        {RLIMIT_STACK, policy->limits_stack.v, "limits.stack", policy->limits_stack.origin},
        /* 0 stops files alone; with 1 the kernel starts no core_pattern program either, core(5) */
        {RLIMIT_CORE, policy->limits_core.v ? policy->limits_core.v : 1, "limits.core",
         policy->limits_core.origin},
        /* PID 1 of the sandbox counts too, and is not the program's */
        {RLIMIT_NPROC, is_limit(policy->limits_pids.v) ? policy->limits_pids.v + 1 : RLIM_INFINITY,
         "limits.pids", policy->limits_pids.origin},
    };
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (is_limit(plain[i].value) &&
            add_rlimit(plan, plain[i].resource, plain[i].value, plain[i].value, plain[i].key,
                       plain[i].origin, error) != 0)
            return -1;
    if (is_limit(policy->limits_wall_time.v))
        plan->limits.wall_ns = policy->limits_wall_time.v;
    if (prepare_cpu(plan, host, error) != 0 || prepare_memory(plan, host, error) != 0)
        return -1;
    return prepare_sizes(plan, error);
}

static int limits_enter(const struct plan *plan, int *item)
{
    for (size_t i = 0; i < plan->limits.count; i++) {
        *item = (int)i;
        long ret = sys(SYS_prlimit64, 0, plan->limits.rlimits[i].resource,
                       &plan->limits.rlimits[i].value, NULL);
        if (ret < 0)
            return (int)ret;
    }
    return 0;
}

static void limits_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    if (item < 0 || (size_t)item >= plan->limits.count)
        return;
    snprintf(error->text, sizeof(error->text), "%s could not be set to %llu",
             plan->limits.rlimits[item].key,
             (unsigned long long)plan->limits.rlimits[item].value.rlim_cur);
    err_at(error, plan->limits.rlimits[item].origin);
}

static void limits_observe(const struct plan *plan, struct sbx_report *report)
{
    const struct limits_plan *limits = &plan->limits;
    bool any = limits->count || limits->wall_ns || limits->output_bytes;
    if (!any) {
        guard_report(report, "limits", SBX_STATE_OFF, "no limit is set");
        return;
    }
    guard_report(report, "limits",
                 limits->memory_by_sampling || limits->cpu_ns ? SBX_STATE_PARTIAL
                                                              : SBX_STATE_ENFORCED,
                 "%zu rlimits%s%s%s%s", limits->count, limits->wall_ns ? "; wall timer" : "",
                 limits->cpu_ns ? "; CPU clock of the whole tree" : "",
                 limits->relay[1] || limits->relay[2] ? "; output relay" : "",
                 limits->memory_by_sampling ? "; memory of the whole tree by sampling" : "");
    if (limits->cpu_ns)
        guard_unkept(report, "limits.cpu_time: no cgroup; what a process uses between two looks is "
                             "lost if its parent ignores SIGCHLD");
    if (limits->memory_by_sampling)
        guard_unkept(report,
                     "limits.memory: no cgroup; RLIMIT_DATA bounds each process and the tree is "
                     "sampled every 10 ms; files in a tmpfs or memfd count only against their own "
                     "sizes");
}

/* ---- for people ----------------------------------------------------------------------------- */

static const char *rlimit_name(int resource)
{
    static const char *const names[] = {
        [RLIMIT_CPU] = "RLIMIT_CPU",     [RLIMIT_DATA] = "RLIMIT_DATA",
        [RLIMIT_FSIZE] = "RLIMIT_FSIZE", [RLIMIT_NOFILE] = "RLIMIT_NOFILE",
        [RLIMIT_STACK] = "RLIMIT_STACK", [RLIMIT_CORE] = "RLIMIT_CORE",
        [RLIMIT_NPROC] = "RLIMIT_NPROC",
    };
    bool known = resource >= 0 && (size_t)resource < sizeof(names) / sizeof(names[0]);
    return known && names[resource] ? names[resource] : "RLIMIT_?";
}

static void limits_describe(const struct plan *plan, FILE *out)
{
    const struct sbx_policy *policy = plan->policy;
    const struct limits_plan *limits = &plan->limits;
    for (size_t i = 0; i < limits->count; i++)
        guard_line(out, limits->rlimits[i].origin, "prlimit64 %s %llu, hard %llu",
                   rlimit_name(limits->rlimits[i].resource),
                   (unsigned long long)limits->rlimits[i].value.rlim_cur,
                   (unsigned long long)limits->rlimits[i].value.rlim_max);
    if (limits->wall_ns)
        guard_line(out, policy->limits_wall_time.origin,
                   "launcher: a timer of %llu ms by the clock",
                   (unsigned long long)(limits->wall_ns / 1000000));
    if (limits->cpu_ns)
        guard_line(out, policy->limits_cpu_time.origin,
                   "launcher: the CPU clocks of all processes, up to %llu ms",
                   (unsigned long long)(limits->cpu_ns / 1000000));
    if (limits->memory_by_sampling)
        guard_line(out, policy->limits_memory.origin,
                   "launcher: the memory of all processes, sampled, up to %llu bytes",
                   (unsigned long long)limits->memory_bytes);
    if (limits->output_bytes)
        guard_line(out, policy->limits_output.origin,
                   "launcher: a relay for stdout and stderr, up to %llu bytes",
                   (unsigned long long)limits->output_bytes);
}

/* What one resource limit keeps by itself. */
static bool wall_rlimit(const struct limits_plan *limits, const char *key, struct wall *wall)
{
    for (size_t i = 0; i < limits->count; i++)
        if (strcmp(limits->rlimits[i].key, key) == 0)
            return guard_wall(wall, SBX_STATE_ENFORCED, "%s %llu",
                              rlimit_name(limits->rlimits[i].resource),
                              (unsigned long long)limits->rlimits[i].value.rlim_cur);
    return guard_wall(wall, SBX_STATE_OFF, "unlimited");
}

static bool wall_memory(const struct limits_plan *limits, struct wall *wall)
{
    if (!limits->memory_bytes)
        return guard_wall(wall, SBX_STATE_OFF, "unlimited");
    return limits->memory_by_sampling
               ? guard_wall(wall, SBX_STATE_PARTIAL,
                            "no cgroup: RLIMIT_DATA of each process, and a look at the tree each "
                            "10 ms")
               : guard_wall(wall, SBX_STATE_ENFORCED, "cgroup memory.max");
}

static bool wall_enforce(const struct plan *plan, struct wall *wall)
{
    if (plan->policy->limits_enforce.v == ENFORCE_STRICT)
        return guard_wall(wall, SBX_STATE_ENFORCED,
                          "a limit that can't be kept here refuses the launch");
    return guard_wall(wall, SBX_STATE_OFF, "weaker means are allowed, and the report names them");
}

static bool limits_wall(const struct plan *plan, enum key_id key, struct wall *wall)
{
    const struct limits_plan *limits = &plan->limits;
    switch (key) {
    case KEY_limits_cpu_time:
        return limits->cpu_ns
                   ? guard_wall(wall, SBX_STATE_PARTIAL,
                                "no cgroup: the CPU clocks of all processes, and RLIMIT_CPU")
                   : guard_wall(wall, SBX_STATE_OFF, "unlimited");
    case KEY_limits_wall_time:
        return limits->wall_ns ? guard_wall(wall, SBX_STATE_ENFORCED, "a timer of the launcher's")
                               : guard_wall(wall, SBX_STATE_OFF, "unlimited");
    case KEY_limits_memory:
        return wall_memory(limits, wall);
    case KEY_limits_output:
        return limits->output_bytes ? guard_wall(wall, SBX_STATE_ENFORCED,
                                                 "pipes through the launcher, which counts")
                                    : guard_wall(wall, SBX_STATE_OFF, "unlimited");
    case KEY_limits_pids:
    case KEY_limits_file_size:
    case KEY_limits_open_files:
    case KEY_limits_stack:
    case KEY_limits_core: {
        char name[64];
        snprintf(name, sizeof(name), "limits.%s", policy_keys[key].name);
        return wall_rlimit(limits, name, wall);
    }
    case KEY_limits_enforce:
        return wall_enforce(plan, wall);
    default:
        return false;
    }
}

const struct guard guard_limits = {
    .name = "limits",
    .review = limits_review,
    .probe = limits_probe,
    .prepare = limits_prepare,
    .enter = limits_enter,
    .explain = limits_explain,
    .observe = limits_observe,
    .describe = limits_describe,
    .wall = limits_wall,
};
