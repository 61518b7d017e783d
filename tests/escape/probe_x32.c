/* SPDX-License-Identifier: MIT
 *
 * probe_x32.c - makes a call of the x32 ABI. What matters is that it reaches the kernel's own
 * table: a kernel that has none there says ENOSYS. It looks at the low half of the number.
 */
#include "escape/probe.h"
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
#ifdef __x86_64__
    long number = 0x40000000 | SYS_getpid;
    long result = syscall(is_variant(argv, "high") ? number | 1L << 32 : number);

    if (result >= 0 || errno == ENOSYS)
        return escaped(result >= 0 ? "an x32 call was made" : "an x32 call reached the kernel");
    return blocked("x32");
#else
    return broken("no such ABI on this machine");
#endif
}
