/* SPDX-License-Identifier: MIT
 *
 * probe_ptrace_child.c - traces a child of its own.
 */
#include "escape/probe.h"
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        for (;;)
            pause();
    }
    status = judge_call("PTRACE_SEIZE", ptrace(PTRACE_SEIZE, child, 0, 0));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return status;
}
