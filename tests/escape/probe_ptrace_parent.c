/* SPDX-License-Identifier: MIT
 *
 * probe_ptrace_parent.c - traces its parent, which inside is the sandbox's PID 1.
 */
#include "escape/probe.h"
#include <sys/ptrace.h>
#include <unistd.h>

int main(void)
{
    return judge_call("PTRACE_SEIZE", ptrace(PTRACE_SEIZE, getppid(), 0, 0));
}
