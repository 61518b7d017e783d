/* SPDX-License-Identifier: MIT
 *
 * probe_ptrace_parent.c - traces its parent, which inside is the sandbox's PID 1.
 */

#include "escape/probe.h"
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    pid_t parent = getppid();

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "seize"))
        return judge_call("PTRACE_SEIZE", ptrace(PTRACE_SEIZE, parent, 0, 0));
    if (ptrace(PTRACE_ATTACH, parent, 0, 0) != 0)
        return blocked("PTRACE_ATTACH");
    waitpid(parent, NULL, __WALL); /* it stops, and must go on */
    ptrace(PTRACE_DETACH, parent, 0, 0);
    return escaped("PTRACE_ATTACH");
}
