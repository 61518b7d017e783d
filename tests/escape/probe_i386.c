/* SPDX-License-Identifier: MIT
 *
 * probe_i386.c - makes a call of the i386 ABI, whose numbers mean something else: 20 is getpid
 * there, and writev here.
 */
#include "escape/probe.h"
#include <unistd.h>

int main(void)
{
#ifdef __x86_64__
    long result;

    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
    if (result == getpid())
        return escaped("an i386 call was made");
    errno = (int)-result;
    return blocked("int 0x80");
#else
    return broken("no such ABI on this machine");
#endif
}
