/* SPDX-License-Identifier: MIT
 *
 * order.c - THE launch order.
 *
 * Everything in this file runs between clone and exec: raw system calls only, no heap, no errno, no
 * lock of libc. Each row either succeeds or ends the launch; none is skipped on failure.
 */
#include "launch/order.h"
#include "base/sys.h"
#include "launch/handover.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>

/* ---- steps of PID 1 ------------------------------------------------------------------------- */

/* All signals stay blocked in PID 1: init_main() takes them one by one. The umask would otherwise
 * cut the modes that the fs plan gives. */
static int step_quiet(struct child *child, int *item)
{
    uint64_t all = ~UINT64_C(0);
    (void)child;
    (void)item;
    sys(SYS_umask, 0);
    return (int)sys(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all));
}

static int step_await_maps(struct child *child, int *item)
{
    char byte = 0;
    (void)item;
    sys(SYS_close, child->barrier[1]);
    long got = sys(SYS_read, child->barrier[0], &byte, 1);
    if (got == 0)
        sys(SYS_exit_group, 1); /* the parent is gone: nobody is left to tell */
    return got < 0 ? (int)got : 0;
}

/* The kernel forgets the death signal at each change of credentials, so this comes after the last
 * one that matters; a parent that died before is seen by the closed pipe. */
static int step_die_with_parent(struct child *child, int *item)
{
    struct pollfd parent = {.fd = child->barrier[0]};
    struct timespec now = {0, 0};
    (void)item;
    long ret = sys(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (ret < 0)
        return (int)ret;
    ret = sys(SYS_ppoll, &parent, 1, &now, NULL, 0);
    if (ret > 0 && parent.revents & POLLHUP)
        sys(SYS_exit_group, 1);
    return ret < 0 ? (int)ret : 0;
}

static int step_new_keyring(struct child *child, int *item)
{
    (void)child;
    (void)item;
    long ret = sys(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    /* A kernel without keys has none to share; a filter around us denies keyctl to all inside. */
    return ret < 0 && ret != -ENOSYS && ret != -EPERM ? (int)ret : 0;
}

static int step_no_new_privs(struct child *child, int *item)
{
    (void)child;
    (void)item;
    return (int)sys(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static int step_undumpable(struct child *child, int *item)
{
    (void)child;
    (void)item;
    return (int)sys(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int step_fork(struct child *child, int *item)
{
    (void)item;
    const int ready = handover_try(child);
    if (ready < 0)
        return ready;
    long pid = sys(SYS_clone, handover_clone_flags(child->plan), 0, 0, 0, 0);
    if (pid < 0)
        return (int)pid;
    child->payload = (pid_t)pid;
    if (pid > 0)
        atomic_store(&child->board->payload, (int)pid);
    return 0;
}

/* ---- steps of the payload ------------------------------------------------------------------- */

/* What exec closes can't leak, and what is still needed until then keeps working. */
static int step_close_fds(struct child *child, int *item)
{
    (void)child;
    (void)item;
    return (int)sys(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
}

enum read_back { BACK_IDS, BACK_PRIVS, BACK_CAPS, BACK_BOUNDING, BACK_AMBIENT, BACK_LIMITS };

static bool caps_read_back(const struct caps_plan *caps)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    if (sys(SYS_capget, &header, data) < 0)
        return false;
    uint64_t permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
    uint64_t effective = data[0].effective | (uint64_t)data[1].effective << 32;
    uint64_t inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
    return permitted == caps->keep && effective == caps->keep && inheritable == caps->ambient;
}

static bool limits_read_back(const struct limits_plan *limits)
{
    struct rlimit64 now = {0};
    for (size_t i = 0; i < limits->count; i++)
        if (sys(SYS_prlimit64, 0, limits->rlimits[i].resource, NULL, &now) < 0 ||
            now.rlim_cur != limits->rlimits[i].value.rlim_cur ||
            now.rlim_max != limits->rlimits[i].value.rlim_max)
            return false;
    return true;
}

/* What the kernel says is in force must be what the plan says; EBADE where it is not. */
static int step_read_back(struct child *child, int *item)
{
    const struct plan *plan = child->plan;
    *item = BACK_IDS;
    if (sys(SYS_getuid) != (long)plan->ns.inner_uid || sys(SYS_getgid) != (long)plan->ns.inner_gid)
        return -EBADE;
    *item = BACK_PRIVS;
    if (sys(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ||
        sys(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
        return -EBADE;
    *item = BACK_CAPS;
    if (!caps_read_back(&plan->caps))
        return -EBADE;
    for (unsigned cap = 0; cap <= plan->caps.last; cap++) {
        *item = BACK_BOUNDING;
        if (sys(SYS_prctl, PR_CAPBSET_READ, cap, 0, 0, 0) != (long)(plan->caps.keep >> cap & 1))
            return -EBADE;
        *item = BACK_AMBIENT;
        if (sys(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) !=
            (long)(plan->caps.ambient >> cap & 1))
            return -EBADE;
    }
    *item = BACK_LIMITS;
    return limits_read_back(&plan->limits) ? 0 : -EBADE;
}

static int step_ready(struct child *child, int *item)
{
    struct timespec now = {0};
    (void)item;
    long ret = sys(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    if (ret < 0)
        return (int)ret;
    atomic_store(&child->board->ready_ns, (long long)now.tv_sec * 1000000000 + now.tv_nsec -
                                              child->plan->ns.monotonic_offset_ns);
    return 0;
}

static int step_exec(struct child *child, int *item)
{
    const struct exec_plan *exec = &child->plan->exec;
    (void)item;
    return (int)sys(SYS_execve, exec->path, exec->argv, exec->envp);
}

/* ---- the order ------------------------------------------------------------------------------ */

/* clang-format off */
const struct row launch_order[] = {
    /* PID 1 of the new namespaces: builds the walls with the rights that its user namespace gives */
    {IN_INIT, "quiet", NULL, step_quiet,
     "no signal and no umask of the caller may change what follows"},
    {IN_INIT, "await maps", NULL, step_await_maps,
     "until the parent has written the id maps this process is nobody and may do nothing"},
    {IN_INIT, "fs sources", &guard_fs_sources, NULL,
     "what the profile shows of the host is opened while this is still the caller's own user"},
    {IN_INIT, "stdin", &guard_stdin, NULL,
     "for the same reason, and while the host's paths are still in sight"},
    {IN_INIT, "ns", &guard_ns, NULL,
     "the identity first: the new root's files belong to it"},
    {IN_INIT, "die with parent", NULL, step_die_with_parent,
     "after the last change of ids, which makes the kernel forget it"},
    {IN_INIT, "net", &guard_net, NULL,
     "takes CAP_NET_ADMIN, so before capabilities go"},
    {IN_INIT, "fs", &guard_fs, NULL,
     "takes CAP_SYS_ADMIN; procfs needs the pid namespace, and the old root still in sight"},
    {IN_INIT, "landlock rules", &guard_landlock_rules, NULL,
     "the new root stands, and every place in it can still be reached"},
    {IN_INIT, "keyring", NULL, step_new_keyring,
     "the caller's session keyring would be readable and writable inside"},
    {IN_INIT, "caps", &guard_caps, NULL,
     "nothing after this needs a right"},
    {IN_INIT, "no_new_privs", NULL, step_no_new_privs,
     "no exec may give a right back; seccomp asks for it too"},
    {IN_INIT, "undumpable", NULL, step_undumpable,
     "the payload runs as the same user: it must not trace or read PID 1"},
    {IN_INIT, "fork", NULL, step_fork,
     "the payload must not be PID 1: the kernel ignores signals to it, abort() included"},

    /* PID 2: the payload, which has no right left and only ties its own hands */
    {IN_PAYLOAD, "process", &guard_process, NULL,
     "stdin, stdout and stderr, session, umask, priority, signals"},
    {IN_PAYLOAD, "room", NULL, handover_room,
     "before the limit on open files: the filter's listener takes a descriptor"},
    {IN_PAYLOAD, "limits", &guard_limits, NULL,
     "in the payload alone: PID 1 is not bounded by them"},
    {IN_PAYLOAD, "close fds", NULL, step_close_fds,
     "whatever the caller left open, the program does not get"},
    {IN_PAYLOAD, "landlock", &guard_landlock, NULL,
     "takes no_new_privs, and stdio as the program gets it; PID 1 stays outside, for the payload "
     "may then not signal it"},
    {IN_PAYLOAD, "read back", NULL, step_read_back,
     "last look before the filter forbids looking"},
    {IN_PAYLOAD, "ready", NULL, step_ready,
     "the clock starts; what dies after this is the program's own doing"},
    {IN_PAYLOAD, "seccomp", &guard_seccomp, NULL,
     "last: every step above makes calls that the filter may forbid"},
    {IN_PAYLOAD, "exec", NULL, step_exec,
     "the program"},
};
/* clang-format on */
const int launch_row_count = sizeof(launch_order) / sizeof(launch_order[0]);

/* Does the rows of one place; on failure leaves the record and ends this process. */
static void do_rows(struct child *child, enum place place)
{
    for (int i = 0; i < launch_row_count; i++) {
        const struct row *row = &launch_order[i];
        int item = 0;
        if (row->place != place)
            continue;
        atomic_store(&child->board->row, i);
        int ret = row->guard ? row->guard->enter(child->plan, &item) : row->step(child, &item);
        if (ret < 0) {
            atomic_store(&child->board->item, item);
            atomic_store(&child->board->error, -ret);
            atomic_store(&child->board->failed, 1);
            sys(SYS_exit_group, 1);
            /* A rule on exit_group may be about this very status; no filter is asked about an
             * instruction that there is not. */
            __builtin_trap();
        }
        if (row->guard == &guard_seccomp && ret > 0)
            atomic_store(&child->board->listener, ret); /* a store is all that it still can do */
        if (row->step == step_fork && child->payload == 0)
            return;
    }
}

void launch_child(struct child *child)
{
    do_rows(child, IN_INIT);
    if (child->payload != 0) {
        const struct fs_kept *kept = &child->plan->fs.kept;
        if (handover_send(child) < 0)
            sys(SYS_exit_group, 1); /* and all ends with it */
        init_main(child->board, child->payload,
                  kept->path ? handover_moved(child, kept->lock) : -1);
    }
    do_rows(child, IN_PAYLOAD);
    __builtin_unreachable(); /* the last row is the exec */
}

void launch_explain(const struct plan *plan, int row, int item, struct sbx_error *error)
{
    static const char *const back[] = {
        [BACK_IDS] = "the user and group id",
        [BACK_PRIVS] = "no_new_privs and the dumpable flag",
        [BACK_CAPS] = "the permitted, effective and inheritable capabilities",
        [BACK_BOUNDING] = "the capability bounding set",
        [BACK_AMBIENT] = "the ambient capabilities",
        [BACK_LIMITS] = "the resource limits",
    };
    if (launch_order[row].step == step_read_back && item >= BACK_IDS && item <= BACK_LIMITS) {
        snprintf(error->text, sizeof(error->text),
                 "%s read back from the kernel are not what was set", back[item]);
    } else if (launch_order[row].step == step_exec) {
        error->code = SBX_E_NOT_EXECUTABLE;
        snprintf(error->text, sizeof(error->text), "%s could not be executed",
                 plan->exec.source ? plan->exec.source : plan->exec.path);
        if (error->sys_errno == E2BIG)
            snprintf(error->hint, sizeof(error->hint),
                     "arguments and environment together may take a quarter of limits.stack, and "
                     "6 MiB at the most");
        else if (error->sys_errno == ENOEXEC)
            snprintf(
                error->hint, sizeof(error->hint),
                "it is no program of this machine: is it for another architecture, or a script "
                "without a #! line?");
        else if (error->sys_errno == EACCES)
            snprintf(error->hint, sizeof(error->hint),
                     "host user %u must be allowed to read and execute it, and its mount must not "
                     "be noexec",
                     plan->ns.outer_uid);
        else if (plan->exec.interpreter)
            snprintf(error->hint, sizeof(error->hint),
                     "its interpreter is %s: is it visible inside?", plan->exec.interpreter);
    } else {
        snprintf(error->text, sizeof(error->text), "the step \"%s\" failed",
                 launch_order[row].name);
    }
}
