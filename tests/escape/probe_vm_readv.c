/* SPDX-License-Identifier: MIT
 *
 * probe_vm_readv.c - reads the memory of its parent. A bad address is as good as a right one: the
 * kernel looks at rights first.
 */
#include "escape/probe.h"
#include <sys/uio.h>
#include <unistd.h>

int main(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {NULL, 1};

    if (process_vm_readv(getppid(), &here, 1, &there, 1, 0) >= 0 || errno == EFAULT)
        return escaped("process_vm_readv");
    return blocked("process_vm_readv");
}
