/* SPDX-License-Identifier: MIT
 *
 * probe_high_number.c - makes a forbidden call by a number whose high half is not zero; the kernel
 * looks at the low half.
 */
#include "escape/probe.h"
#include <sys/ptrace.h>
#include <sys/syscall.h>

int main(void)
{
#ifdef __x86_64__
    long result;
    register long arg4 __asm__("r10") = 0;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(SYS_ptrace | 1L << 32), "D"((long)PTRACE_TRACEME), "S"(0L), "d"(0L),
                       "r"(arg4)
                     : "rcx", "r11", "memory");
    errno = (int)-result;
    return result >= 0 ? escaped("ptrace") : blocked("ptrace");
#else
    return broken("a number is 32 bits on this machine");
#endif
}
