/* SPDX-License-Identifier: MIT
 *
 * probe_ptrace_child.c - traces a child of its own: one that was not asked, one that offers itself
 * to all the world, or one that wants to be traced. A tracer changes calls behind the filter.
 */

#include "escape/probe.h"
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ends with status 0 where it is traced. */
static void wait_for_tracer(char **argv)
{
    if (is_variant(argv, "wanted"))
        _exit(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0 ? 0 : errno);
    if (is_variant(argv, "offered")) {
        prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        prctl(PR_SET_PTRACER, -1L, 0, 0, 0);
    }
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    int result, status = 0;
    pid_t child;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    child = fork();
    if (child == 0)
        wait_for_tracer(argv);
    if (is_variant(argv, "wanted")) {
        waitpid(child, &status, 0);
        errno = EPERM;
        return status == 0 ? escaped("PTRACE_TRACEME") : blocked("PTRACE_TRACEME");
    }
    usleep(2000);
    result = judge_call("PTRACE_SEIZE", ptrace(PTRACE_SEIZE, child, 0, 0));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return result;
}
