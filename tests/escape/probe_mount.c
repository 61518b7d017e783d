/* SPDX-License-Identifier: MIT
 *
 * probe_mount.c - mounts something, by the old call or by the new ones.
 */
#include "escape/own_ns.h"
#include "escape/probe.h"
#include <sys/syscall.h>

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (strncmp(argv[VARIANT], "control", 7) == 0 && own_ns(0) != 0)
        return broken("no namespace");
    if (strstr(argv[VARIANT], "fsopen") != NULL)
        return judge_call("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
    if (strstr(argv[VARIANT], "open_tree") != NULL)
        return judge_call("open_tree", syscall(SYS_open_tree, -100, "/tmp", 1 /* CLONE */));
    return judge_call("mount", mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
}
