/* SPDX-License-Identifier: MIT
 *
 * probe_mknod.c - makes a device node of its own and opens it.
 */
#include "escape/probe.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int main(void)
{
    int fd;

    if (mknod("/tmp/sandbox-probe-node", S_IFCHR | 0600, makedev(1, 3)) != 0)
        return blocked("mknod");
    fd = open("/tmp/sandbox-probe-node", O_RDWR);
    unlink("/tmp/sandbox-probe-node");
    return judge_call("open", fd);
}
