/* SPDX-License-Identifier: MIT
 *
 * probe_move_pages.c - moves the memory of its parent, which inside is the sandbox's PID 1. The
 * kernel looks at rights before it looks at what shall be moved.
 */

#include "escape/probe.h"
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const unsigned long no_nodes = 0;
    long result;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "move"))
        result = syscall(SYS_move_pages, getppid(), 0, NULL, NULL, NULL, 0);
    else
        result = syscall(SYS_migrate_pages, getppid(), 64, &no_nodes, &no_nodes);
    return result >= 0 || errno == EINVAL ? escaped(argv[VARIANT]) : blocked(argv[VARIANT]);
}
