/* SPDX-License-Identifier: MIT
 *
 * probe_new_userns.c - makes namespaces of its own: in a user namespace it would have every
 * right again. Its variant is the call, and the namespace that is asked for beside the user's.
 */

#include "escape/probe.h"
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static const struct {
    const char *name;
    unsigned long flag;
} kinds[] = {{"-mount", CLONE_NEWNS},  {"-pid", CLONE_NEWPID}, {"-net", CLONE_NEWNET},
             {"-ipc", CLONE_NEWIPC},   {"-uts", CLONE_NEWUTS}, {"-cgroup", CLONE_NEWCGROUP},
             {"-time", CLONE_NEWTIME}, {"-high", 1UL << 40}}; /* a bit that clone(2) drops, to hide
                                                                 the others behind */

static unsigned long flags_of(const char *variant)
{
    unsigned long flags = CLONE_NEWUSER;
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strstr(variant, kinds[i].name) != NULL)
            flags |= kinds[i].flag;
    }
    return flags;
}

static long make_child(int by_clone3, unsigned long flags)
{
    struct clone_args arguments = {.flags = flags, .exit_signal = SIGCHLD};
    long pid = by_clone3 ? syscall(SYS_clone3, &arguments, sizeof(arguments))
                         : syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

    if (pid == 0)
        _exit(0);
    if (pid > 0)
        waitpid((pid_t)pid, NULL, 0);
    return pid;
}

int main(int argc, char **argv)
{
    unsigned long flags;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    flags = flags_of(argv[VARIANT]);
    if (strncmp(argv[VARIANT], "unshare", 7) == 0)
        return judge_call("unshare", syscall(SYS_unshare, flags));
    return judge_call(argv[VARIANT], make_child(strncmp(argv[VARIANT], "clone3", 6) == 0, flags));
}
