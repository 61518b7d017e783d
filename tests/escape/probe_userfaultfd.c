/* SPDX-License-Identifier: MIT
 *
 * probe_userfaultfd.c - gets an fd by which it stops the kernel in the middle of a copy.
 */
#include "escape/probe.h"
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    return judge_call("userfaultfd", syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */));
}
