/* SPDX-License-Identifier: MIT
 *
 * probe_i386.c - makes a call of the i386 ABI, whose numbers mean something else: 20 is getpid
 * there, and writev here. The kernel looks at the low half of the number; the variant "high" sets
 * more.
 */
#include "escape/probe.h"
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
#ifdef __x86_64__
    long result, number = is_variant(argv, "high") ? 20 | 1L << 32 : 20;

    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number) : "memory", "r8", "r9", "r10", "r11");
    if (result == getpid())
        return escaped("an i386 call was made");
    errno = (int)-result;
    return blocked("int 0x80");
#else
    return broken("no such ABI on this machine");
#endif
}
