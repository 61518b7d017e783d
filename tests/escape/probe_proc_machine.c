/* SPDX-License-Identifier: MIT
 *
 * probe_proc_machine.c - reads what /proc tells of the whole machine, and others on it.
 */
#include "escape/probe.h"
#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char byte;
    int fd;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    fd = open(argv[VARIANT], O_RDONLY);
    if (fd < 0)
        return blocked(argv[VARIANT]);
    return judge_call(argv[VARIANT], read(fd, &byte, 1) == 1 ? 0 : -1);
}
