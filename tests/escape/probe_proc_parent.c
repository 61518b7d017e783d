/* SPDX-License-Identifier: MIT
 *
 * probe_proc_parent.c - opens what /proc shows of its parent, which inside is the sandbox's PID 1.
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
    if (is_variant(argv, "mem"))
        return judge_call(path, open(path, O_RDWR));
    if (is_variant(argv, "root") || is_variant(argv, "cwd"))
        return judge_call(path, open(path, O_RDONLY | O_DIRECTORY));
    fd = open(path, O_RDONLY);
    return fd >= 0 && read(fd, &byte, 1) == 1 ? escaped(path) : blocked(path);
}
