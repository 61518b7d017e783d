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
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif

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

/* Root's supplementary groups must not be inherited, and once setgroups is denied the child can't
 * drop them: so they are gone for the moment of the clone. setgroups(2) by itself, not libc's,
 * which would ask every thread. Returns the child's pid or -errno; 0 in *dropped where the groups
 * could not be changed or taken back: then a child may be there, and must not go on. */
static pid_t clone_without_groups(const struct plan *plan, struct child *child, int *pidfd,
                                  bool *dropped)
{
    *dropped = false;
    long count = sys(SYS_getgroups, 0, NULL);
    gid_t *groups = count < 0 ? NULL : calloc((size_t)count + 1, sizeof(*groups));
    if (!groups)
        return -ENOMEM;
    pid_t pid = -EPERM;
    if (sys(SYS_getgroups, count, groups) == count && sys(SYS_setgroups, 0, NULL) == 0) {
        pid = clone_init(plan, child, pidfd);
        *dropped = sys(SYS_setgroups, count, groups) == 0;
    }
    free(groups);
    return pid;
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
    struct child child = {.plan = plan, .board = board, .barrier = {-1, -1}, .channel = -1};
    autofd status_read = -1, status_write = -1, go_read = -1, go_write = -1, pidfd = -1;
    autofd channel = -1, channel_end = -1;
    int ends[2];
    bool dropped = false;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set(error, SBX_E_RESOURCE, errno, "clone", "no pipe can be made");
    status_read = ends[0];
    status_write = ends[1];
    if (pipe2(child.barrier, O_CLOEXEC) != 0)
        return err_set(error, SBX_E_RESOURCE, errno, "clone", "no pipe can be made");
    go_read = child.barrier[0];
    go_write = child.barrier[1];
    if (plan->seccomp.listener) {
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
            return err_set(error, SBX_E_RESOURCE, errno, "clone", "no socket can be made");
        channel = ends[0];
        child.channel = channel_end = ends[1];
    }
    pid_t pid = plan->ns.drop_groups ? clone_without_groups(plan, &child, &pidfd, &dropped)
                                     : clone_init(plan, &child, &pidfd);
    if (plan->ns.drop_groups && !dropped) {
        if (pid > 0)
            reap(pidfd, pid);
        err_set(error, SBX_E_HOST, pid < 0 ? -pid : EPERM, "clone",
                "the supplementary groups of root can't be dropped for the program");
        return err_hint(error, "give the launcher CAP_SETGID, or run it as an ordinary user");
    }
    if (pid < 0) {
        explain_clone(plan, -pid, error);
        return -1;
    }
    close_fd(&status_write);
    close_fd(&go_read);
    close_fd(&channel_end);
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
    spawned->channel = take_fd(&channel);
    return 0;
}
