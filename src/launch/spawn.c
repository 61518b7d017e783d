/* SPDX-License-Identifier: MIT
 *
 * spawn.c - clone3 into the new namespaces, and the id maps.
 *
 * Sources: clone(2), user_namespaces(7).
 */
#include "launch/spawn.h"
#include "base/fd.h"
#include "base/sys.h"
#include "launch/order.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif

enum { GROUPS_MAX = 65536 };

/* Root's supplementary groups must not be inherited, and once setgroups is denied the child can't
 * drop them: so they are gone for the moment of the clone. setgroups(2) by itself, not libc's,
 * which would ask every thread. Returns what to restore; *count is -1 where nothing was dropped. */
static gid_t *drop_groups(const struct plan *plan, long *count, struct sbx_error *error)
{
    *count = -1;
    long own = sys(SYS_getgroups, 0, NULL);
    gid_t *groups = calloc(own > 0 ? (size_t)own : 1, sizeof(*groups));
    if (!groups || own < 0 || own > GROUPS_MAX) {
        err_memory(error, "clone");
        free(groups);
        return NULL;
    }
    if (!plan->ns.drop_groups)
        return groups;
    own = sys(SYS_getgroups, own, groups);
    long ret = own < 0 ? own : sys(SYS_setgroups, 0, NULL);
    if (ret < 0) {
        err_set(error, SBX_E_HOST, (int)-ret, "clone",
                "the supplementary groups of root can't be dropped");
        err_hint(error, "give the launcher CAP_SETGID, or run it as an ordinary user");
        free(groups);
        return NULL;
    }
    *count = own;
    return groups;
}

/* What a refused clone3 means for the user. */
static void explain_clone(const struct plan *plan, int sys_errno, struct sbx_error *error)
{
    err_set(error, SBX_E_HOST, sys_errno, "clone", "the kernel gave no new namespaces");
    if (sys_errno == EPERM && plan->host->uid != 0)
        err_hint(error,
                 "unprivileged user namespaces are off here, or a filter around this process "
                 "(a container?) denies them: allow clone3 and unshare there");
    else if (sys_errno == EPERM)
        err_hint(error, "is this a chroot or a container? The kernel gives no user namespace in a "
                        "chroot, and a container's filter may deny it");
    else if (sys_errno == ENOSPC)
        err_hint(error, "the limit of namespaces is reached: see /proc/sys/user/max_*_namespaces, "
                        "and user namespaces nest 32 deep at the most");
    else if (sys_errno == EAGAIN)
        err_hint(error, "the limit of processes is reached: see ulimit -u and "
                        "/proc/sys/kernel/pid_max");
    else if (sys_errno == ENOSYS)
        err_hint(error, "a filter around this process (a container?) hides clone3: allow it there");
}

static int write_map(pid_t pid, const char *file, const char *text, struct sbx_error *error)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
    autofd fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t length = strlen(text);
    if (fd >= 0 && write(fd, text, length) == (ssize_t)length)
        return 0;
    err_set(error, SBX_E_SETUP, errno, "id maps",
            "\"%.*s\" could not be written to the new process's %s", (int)strcspn(text, "\n"), text,
            file);
    if (errno == ENOENT)
        return err_hint(error, "is /proc mounted here, and of this pid namespace?");
    return -1;
}

static int write_maps(const struct plan *plan, pid_t pid, struct sbx_error *error)
{
    if (write_map(pid, "setgroups", "deny", error) != 0 ||
        write_map(pid, "gid_map", plan->ns.gid_map, error) != 0 ||
        write_map(pid, "uid_map", plan->ns.uid_map, error) != 0)
        return -1;
    return 0;
}

static pid_t clone_init(const struct plan *plan, struct child *child, int *pidfd)
{
    struct clone_args args = {
        .flags = plan->ns.clone_flags | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
        .pidfd = (uint64_t)(uintptr_t)pidfd,
        .exit_signal = SIGCHLD,
    };
    long pid = sys(SYS_clone3, &args, sizeof(args));
    if (pid == 0)
        launch_child(child);
    return (pid_t)pid;
}

/* Ends a child that must not go on. */
static void reap(int pidfd, pid_t pid)
{
    sys(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
        continue;
}

int spawn(const struct plan *plan, struct board *board, struct spawned *spawned,
          struct sbx_error *error)
{
    struct child child = {.plan = plan, .board = board, .barrier = {-1, -1}};
    autofd status_read = -1, status_write = -1, go_read = -1, go_write = -1, pidfd = -1;
    int ends[2];
    long group_count;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set(error, SBX_E_RESOURCE, errno, "clone", "no pipe can be made");
    status_read = ends[0];
    status_write = ends[1];
    if (pipe2(child.barrier, O_CLOEXEC) != 0)
        return err_set(error, SBX_E_RESOURCE, errno, "clone", "no pipe can be made");
    go_read = child.barrier[0];
    go_write = child.barrier[1];
    autofree gid_t *groups = drop_groups(plan, &group_count, error);
    if (!groups)
        return -1;
    pid_t pid = clone_init(plan, &child, &pidfd);
    if (group_count >= 0 && sys(SYS_setgroups, group_count, groups) < 0 && pid > 0) {
        reap(pidfd, pid);
        return err_set(error, SBX_E_SETUP, EPERM, "clone", "the groups can't be taken back");
    }
    if (pid < 0) {
        explain_clone(plan, -pid, error);
        return -1;
    }
    close_fd(&status_write);
    close_fd(&go_read);
    if (write_maps(plan, pid, error) != 0) {
        reap(pidfd, pid);
        return -1;
    }
    /* From here on nobody of the same user may trace or read this process. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (write(go_write, "", 1) != 1) {
        err_set(error, SBX_E_SETUP, errno, "clone", "the new process can't be told to go on");
        reap(pidfd, pid);
        return -1;
    }
    spawned->init = pid;
    spawned->init_pidfd = take_fd(&pidfd);
    spawned->status_fd = take_fd(&status_read);
    spawned->alive_fd = take_fd(&go_write);
    return 0;
}
