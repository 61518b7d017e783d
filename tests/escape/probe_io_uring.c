/* SPDX-License-Identifier: MIT
 *
 * probe_io_uring.c - gets a ring, through which calls are made that no filter sees.
 */
#include "escape/probe.h"
#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    struct io_uring_params parameters = {0};

    return judge_call("io_uring_setup", syscall(SYS_io_uring_setup, 4, &parameters));
}
