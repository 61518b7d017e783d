/* SPDX-License-Identifier: MIT
 *
 * probe_pidfd_getfd.c - takes an open file from its parent.
 */
#include "escape/probe.h"
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    int fd, pidfd = (int)syscall(SYS_pidfd_open, getppid(), 0);

    if (pidfd < 0)
        return blocked("pidfd_open");
    for (fd = 0; fd < 16; fd++) {
        if (syscall(SYS_pidfd_getfd, pidfd, fd, 0) >= 0)
            return escaped("pidfd_getfd");
    }
    return blocked("pidfd_getfd");
}
