/* SPDX-License-Identifier: MIT
 *
 * probe_read_cmdline.c - reads how its parent, which inside is the sandbox's PID 1, was started:
 * the launcher's command line, with paths of the host in it.
 */
#include "escape/probe.h"
#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char path[64], byte;
    int fd;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)getppid(), argv[VARIANT]);
    fd = open(path, O_RDONLY);
    if (fd < 0)
        return blocked(path);
    errno = 0;
    return read(fd, &byte, 1) == 1 ? escaped(path) : blocked(path);
}
