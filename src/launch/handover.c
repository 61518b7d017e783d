/* SPDX-License-Identifier: MIT
 *
 * handover.c - the listener of the filter on its way from the payload to the launcher.
 *
 * Sources: clone(2) (CLONE_FILES, CLONE_VFORK), seccomp_unotify(2), unix(7).
 */
#include "launch/handover.h"
#include "base/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

enum { PLACE = 3, LOOK_NS = 50 * 1000 };

unsigned long handover_clone_flags(const struct plan *plan)
{
    if (!plan->seccomp.listener)
        return SIGCHLD;
    return SIGCHLD | CLONE_FILES | (plan->seccomp.tells_exec ? 0 : CLONE_VFORK);
}

int handover_room(struct child *child, int *item)
{
    const struct plan *plan = child->plan;
    (void)item;
    if (!plan->seccomp.listener)
        return 0;
    long moved = sys(SYS_fcntl, PLACE, F_DUPFD_CLOEXEC, PLACE + 1);
    if (moved == -EBADF)
        return 0; /* it is free */
    if (moved < 0)
        return (int)moved;
    if (plan->landlock.ruleset && *plan->landlock.ruleset == PLACE)
        *plan->landlock.ruleset = (int)moved;
    atomic_store(&child->board->moved, (int)moved);
    return (int)sys(SYS_close, PLACE);
}

int handover_moved(const struct child *child, int fd)
{
    const int moved = atomic_load(&child->board->moved);
    return fd == PLACE && moved ? moved : fd;
}

/* Whether the payload is dead already; it stays to be reaped. */
static bool payload_dead(const struct child *child)
{
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    return sys(SYS_waitid, P_PID, child->payload, &info, WEXITED | WNOHANG | WNOWAIT, NULL) < 0 ||
           info.si_pid != 0;
}

/* Nobody wakes PID 1 here: behind the filter the payload can't, and it must not exec before
 * somebody listens. */
static void await_listener(const struct child *child)
{
    const struct timespec moment = {0, LOOK_NS};
    while (!atomic_load(&child->board->listener) && !payload_dead(child))
        sys(SYS_nanosleep, &moment, NULL);
}

/* What a user has under way in sockets is bounded by the open files of whoever sends, and is the
 * sum of all that he runs: another sandbox's program may have used up the usual soft limit. */
static bool raise_limit(void)
{
    struct rlimit64 files = {0, 0};
    if (sys(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &files) < 0 || files.rlim_cur == files.rlim_max)
        return false;
    files.rlim_cur = files.rlim_max;
    return sys(SYS_prlimit64, 0, RLIMIT_NOFILE, &files, NULL) == 0;
}

static long send_fd(int channel, int fd)
{
    char byte = 0;
    struct iovec data = {&byte, 1};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof(control));
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&control.header), &fd, sizeof(int));
    const struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    long sent = sys(SYS_sendmsg, channel, &message, MSG_NOSIGNAL);
    if (sent == -ETOOMANYREFS && raise_limit())
        sent = sys(SYS_sendmsg, channel, &message, MSG_NOSIGNAL);
    return sent;
}

int handover_try(struct child *child)
{
    int sockets[2] = {-1, -1}, pipe[2] = {-1, -1};
    struct rlimit64 files = {0, 0};
    if (!child->plan->seccomp.listener)
        return 0;
    long ret = sys(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &files);
    if (ret < 0)
        return (int)ret;
    ret = sys(SYS_socketpair, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sockets);
    if (ret == 0)
        ret = sys(SYS_pipe2, pipe, O_CLOEXEC);
    if (ret == 0)
        ret = send_fd(sockets[0], pipe[0]);
    for (int i = 0; i < 2; i++) {
        if (sockets[i] >= 0)
            sys(SYS_close, sockets[i]);
        if (pipe[i] >= 0)
            sys(SYS_close, pipe[i]);
    }
    sys(SYS_prlimit64, 0, RLIMIT_NOFILE, &files, NULL); /* the payload inherits it */
    if (ret < 0)
        atomic_store(&child->board->unsent, (int)-ret);
    return ret < 0 ? (int)ret : 0;
}

int handover_send(const struct child *child)
{
    if (!child->plan->seccomp.listener)
        return 0;
    if (child->plan->seccomp.tells_exec)
        await_listener(child);
    const int listener = atomic_load(&child->board->listener);
    const long sent = listener ? send_fd(handover_moved(child, child->channel), listener) : 0;
    if (sent < 0 && !atomic_load(&child->board->failed)) {
        /* As long as the listener is open here, a denied call waits; with the last copy of it gone
         * it would merely fail, and what runs behind the filter would go on. */
        sys(SYS_kill, -1, SIGKILL);
        atomic_store(&child->board->unsent, (int)-sent);
        atomic_store(&child->board->failed, 1);
        return (int)sent;
    }
    /* A payload that has not come to its exec yet still needs what PID 1 is about to close. */
    return (int)sys(SYS_unshare, CLONE_FILES);
}

int handover_receive(int channel)
{
    char byte;
    int fd = -ENODATA;
    struct iovec data = {&byte, 1};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    const struct cmsghdr *header;
    if (recvmsg(channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != 1)
        return fd;
    header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
        header->cmsg_len != CMSG_LEN(sizeof(int)))
        return -EMFILE;
    memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    return fd;
}
