/* SPDX-License-Identifier: MIT
 *
 * probe_io_uring.c - opens, or gets at, a ring of calls that no filter sees.
 */

#include "escape/probe.h"
#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NO_FD = 1000000 }; /* -1 means something to io_uring_register */

int main(int argc, char **argv)
{
    struct io_uring_params parameters = {0};
    long result;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "setup"))
        return judge_call("io_uring_setup", syscall(SYS_io_uring_setup, 4, &parameters));
    /* Without a ring: that there is none is what the kernel says, where it was asked. */
    if (is_variant(argv, "enter"))
        result = syscall(SYS_io_uring_enter, NO_FD, 0, 0, 0, NULL, 0);
    else
        result = syscall(SYS_io_uring_register, NO_FD, IORING_UNREGISTER_BUFFERS, NULL, 0);
    return result >= 0 || errno == EBADF ? escaped(argv[VARIANT]) : blocked(argv[VARIANT]);
}
