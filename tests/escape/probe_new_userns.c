/* SPDX-License-Identifier: MIT
 *
 * probe_new_userns.c - makes a user namespace, and with it gets all rights in there.
 */
#include "escape/probe.h"
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWUSER
#define CLONE_NEWUSER 0x10000000
#endif
extern int unshare(int flags);

static long make_child(int by_clone3)
{
    struct clone_args arguments = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
    long pid = by_clone3 ? syscall(SYS_clone3, &arguments, sizeof(arguments))
                         : syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

    if (pid == 0)
        _exit(0);
    if (pid > 0)
        waitpid((pid_t)pid, NULL, 0);
    return pid;
}

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "clone"))
        return judge_call("clone", make_child(0));
    if (is_variant(argv, "clone3"))
        return judge_call("clone3", make_child(1));
    return judge_call("unshare", unshare(CLONE_NEWUSER));
}
