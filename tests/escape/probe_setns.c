/* SPDX-License-Identifier: MIT
 *
 * probe_setns.c - joins its parent's namespaces. As a control it does so with rights of its own.
 */
#include "escape/own_ns.h"
#include "escape/probe.h"

int main(int argc, char **argv)
{
    char path[64];
    int fd;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    snprintf(path, sizeof(path), "/proc/%d/ns/uts", (int)getppid());
    if (is_variant(argv, "control")) {
        if (own_ns(CLONE_NEWUTS) != 0)
            return broken("no namespace");
        snprintf(path, sizeof(path), "/proc/self/ns/uts");
    }
    fd = open(path, O_RDONLY);
    if (fd < 0) /* the call itself must be refused too */
        fd = open("/proc/self/ns/uts", O_RDONLY);
    return judge_call("setns", setns(fd, CLONE_NEWUTS));
}
