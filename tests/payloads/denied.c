/* SPDX-License-Identifier: MIT
 *
 * denied.c - makes one system call that a judge has no use for, then says that it got through.
 */
#include <stdio.h>
#include <sys/ptrace.h>

int main(void)
{
    long result = ptrace(PTRACE_TRACEME, 0, 0, 0);

    printf("ptrace %ld\n", result);
    return 0;
}
