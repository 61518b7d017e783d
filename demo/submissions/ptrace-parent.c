/* SPDX-License-Identifier: MIT
 * verdict: DENIED
 *
 * Takes hold of the program that started it, to learn or to change the verdict.
 */
#include <stdio.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(void)
{
    printf("%ld\n", ptrace(PTRACE_ATTACH, getppid(), 0, 0));
    return 0;
}
