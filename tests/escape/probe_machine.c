/* SPDX-License-Identifier: MIT
 *
 * probe_machine.c - administers the machine. As a control it does what changes nothing, or ends
 * a namespace of its own; that a file is not there is found after the rights.
 */

#include "escape/own_ns.h"
#include "escape/probe.h"
#include <signal.h>
#include <sys/klog.h>
#include <sys/reboot.h>
#include <sys/swap.h>
#include <sys/wait.h>

static const char nowhere[] = "/nonexistent/sandbox-probe";

static int reached(const char *way, int result)
{
    return result >= 0 || errno == ENOENT ? escaped(way) : blocked(way);
}

/* In a process namespace this ends its PID 1, by SIGHUP. */
static int reboot_own(void)
{
    int status = 0;
    pid_t first;

    if (own_ns(CLONE_NEWPID) != 0 || (first = fork()) < 0)
        return broken("no namespace");
    if (first == 0) {
        reboot(RB_AUTOBOOT);
        _exit(0);
    }
    waitpid(first, &status, 0);
    errno = EPERM;
    return WIFSIGNALED(status) ? escaped("reboot") : blocked("reboot");
}

int main(int argc, char **argv)
{
    const char *way;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    way = argv[VARIANT];
    if (strcmp(way, "control-reboot") == 0)
        return reboot_own();
    if (strcmp(way, "reboot") == 0) {
        if (getppid() != 1)
            return broken("not in a sandbox");
        return judge_call(way, reboot(RB_AUTOBOOT));
    }
    if (strcmp(way, "acct") == 0)
        return reached(way, acct(nowhere));
    if (strcmp(way, "swapon") == 0)
        return reached(way, swapon(nowhere, 0));
    if (strcmp(way, "swapoff") == 0)
        return reached(way, swapoff(nowhere));
    return judge_call(way, klogctl(10 /* the size of the kernel's log */, NULL, 0));
}
