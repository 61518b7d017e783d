/* SPDX-License-Identifier: MIT
 *
 * probe_vm_readv.c - reads or writes the memory of its parent, which inside is the sandbox's
 * PID 1. A bad address is as good as a right one: the kernel looks at rights first.
 */

#include "escape/probe.h"
#include <sys/uio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char byte = 0;
    struct iovec here = {&byte, 1}, there = {NULL, 1};
    ssize_t result;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "write"))
        result = process_vm_writev(getppid(), &here, 1, &there, 1, 0);
    else
        result = process_vm_readv(getppid(), &here, 1, &there, 1, 0);
    return result >= 0 || errno == EFAULT ? escaped(argv[VARIANT]) : blocked(argv[VARIANT]);
}
