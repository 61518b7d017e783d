/* SPDX-License-Identifier: MIT
 *
 * probe_process_madvise.c - has the kernel drop memory of its parent, which inside is the
 * sandbox's PID 1. What is named is no memory at all; the kernel looks at rights first.
 */

#include "escape/probe.h"
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void)
{
    const struct iovec nothing = {(void *)4096, 4096};
    long pidfd = syscall(SYS_pidfd_open, getppid(), 0);

    if (pidfd < 0)
        return blocked("pidfd_open");
    if (syscall(SYS_process_madvise, pidfd, &nothing, 1, MADV_COLD, 0) >= 0 || errno == ENOMEM)
        return escaped("process_madvise");
    return blocked("process_madvise");
}
