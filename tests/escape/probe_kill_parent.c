/* SPDX-License-Identifier: MIT
 *
 * probe_kill_parent.c - kills its parent, which inside is the sandbox's PID 1, and everything that
 * it can name by -1. As a control it makes a parent of its own to kill.
 */
#include "escape/probe.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Whether the parent is gone after all signals were tried. */
static int kills_parent(void)
{
    pid_t parent = getppid();
    int number;

    for (number = 1; number < 65; number++) {
        if (number != SIGSTOP && number != SIGTSTP)
            kill(parent, number);
    }
    usleep(50000);
    return getppid() != parent;
}

static int in_a_family(void)
{
    int ends[2];
    char verdict = 0;

    if (pipe(ends) != 0)
        return broken("pipe");
    if (fork() == 0) {
        if (fork() == 0) {
            verdict = (char)kills_parent();
            if (write(ends[1], &verdict, 1) != 1)
                _exit(1);
            _exit(0);
        }
        for (;;)
            pause();
    }
    close(ends[1]);
    if (read(ends[0], &verdict, 1) != 1)
        return broken("no verdict");
    return verdict ? escaped("the parent is dead") : blocked("the parent is alive");
}

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "control"))
        return in_a_family();
    signal(SIGTERM, SIG_IGN);
    kill(0, SIGTERM);
    kill(-1, SIGTERM);
    return kills_parent() ? escaped("the parent is dead") : blocked("the parent is alive");
}
