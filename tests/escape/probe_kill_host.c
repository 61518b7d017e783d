/* SPDX-License-Identifier: MIT
 *
 * probe_kill_host.c - kills a process of the host, by every call that sends signals.
 */

#include "escape/probe.h"
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    siginfo_t info = {.si_code = SI_QUEUE};
    pid_t victim;
    long fd;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    victim = atoi(argv[VICTIM]);
    if (is_variant(argv, "kill"))
        return judge_call("kill", kill(victim, SIGKILL));
    if (is_variant(argv, "tgkill"))
        return judge_call("tgkill", syscall(SYS_tgkill, victim, victim, SIGKILL));
    if (is_variant(argv, "queue"))
        return judge_call("rt_sigqueueinfo", syscall(SYS_rt_sigqueueinfo, victim, SIGKILL, &info));
    fd = syscall(SYS_pidfd_open, victim, 0);
    if (fd < 0)
        return blocked("pidfd_open");
    return judge_call("pidfd_send_signal", syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0));
}
