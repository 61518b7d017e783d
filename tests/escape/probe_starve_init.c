/* SPDX-License-Identifier: MIT
 *
 * probe_starve_init.c - outlives the limit of time. Inside, its parent is the sandbox's PID 1,
 * which has the same user: it is put behind all others, on one processor, and that one is kept
 * busy.
 */
#include "escape/probe.h"
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { CROWD = 12, DURATION_MS = 2000 };

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void put_behind(pid_t pid, char **argv, const cpu_set_t *one)
{
    const struct sched_param none = {0};

    sched_setaffinity(pid, sizeof(*one), one);
    if (is_variant(argv, "idle"))
        sched_setscheduler(pid, SCHED_IDLE, &none);
    else
        setpriority(PRIO_PROCESS, (id_t)pid, 19);
}

int main(int argc, char **argv)
{
    const int64_t end = now_ms() + DURATION_MS;
    cpu_set_t one;
    sigset_t all;
    int i, cpu = sched_getcpu();

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (getppid() != 1)
        return broken("the parent is not PID 1");
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    CPU_ZERO(&one);
    CPU_SET((size_t)(cpu < 0 ? 0 : cpu), &one);
    put_behind(1, argv, &one);
    sched_setaffinity(0, sizeof(one), &one);
    for (i = 0; i < CROWD; i++) {
        if (fork() == 0)
            break;
    }
    while (now_ms() < end)
        ;
    return escaped("it lives");
}
