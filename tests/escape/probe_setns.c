/* SPDX-License-Identifier: MIT
 *
 * probe_setns.c - joins its parent's namespaces, by their files or by the process itself. As a
 * control it does so with rights of its own.
 */

#include "escape/own_ns.h"
#include "escape/probe.h"
#include <sys/syscall.h>

static int open_namespace(int by_pidfd, pid_t pid)
{
    char path[64];

    if (by_pidfd)
        return (int)syscall(SYS_pidfd_open, pid, 0);
    snprintf(path, sizeof(path), "/proc/%d/ns/uts", (int)pid);
    return open(path, O_RDONLY);
}

int main(int argc, char **argv)
{
    int fd, by_pidfd;
    pid_t whose = getppid();

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    by_pidfd = strstr(argv[VARIANT], "pidfd") != NULL;
    if (strncmp(argv[VARIANT], "control", 7) == 0) {
        if (own_ns(CLONE_NEWUTS) != 0)
            return broken("no namespace");
        whose = getpid();
    }
    fd = open_namespace(by_pidfd, whose);
    if (fd < 0) /* the call itself must be refused too */
        fd = open_namespace(by_pidfd, getpid());
    return judge_call("setns", setns(fd, CLONE_NEWUTS));
}
