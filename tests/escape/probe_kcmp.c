/* SPDX-License-Identifier: MIT
 *
 * probe_kcmp.c - learns from its parent where the kernel keeps things, and what is shared.
 */

#include "escape/probe.h"
#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    return judge_call("kcmp", syscall(SYS_kcmp, getpid(), getppid(), KCMP_VM, 0, 0));
}
