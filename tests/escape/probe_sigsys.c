/* SPDX-License-Identifier: MIT
 *
 * probe_sigsys.c - makes a call that ends it, and means to go on: by a handler for SIGSYS, with the
 * signal blocked, or in a thread that leaves the others alive. As a control the call is forbidden
 * by a filter that lets it do so.
 */

#include "escape/own_filter.h"
#include "escape/probe.h"
#include <pthread.h>
#include <signal.h>
#include <sys/ptrace.h>

static volatile sig_atomic_t heard;

static void hear(int number)
{
    heard = number;
}

static void *make_call(void *unused)
{
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    return unused;
}

static int in_thread(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, make_call, NULL) != 0)
        return broken("no thread");
    pthread_join(thread, NULL);
    return escaped("the other threads live on");
}

int main(int argc, char **argv)
{
    const char *way;
    sigset_t set;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    way = argv[VARIANT];
    if (strncmp(way, "control-", 8) == 0) {
        way += 8;
        if (own_filter(SYS_ptrace,
                       strcmp(way, "thread") == 0 ? SECCOMP_RET_KILL_THREAD : SECCOMP_RET_TRAP,
                       0) != 0)
            return broken("no filter");
    }
    signal(SIGSYS, strcmp(way, "ignore") == 0 ? SIG_IGN : hear);
    if (strcmp(way, "block") == 0) {
        sigfillset(&set);
        sigprocmask(SIG_SETMASK, &set, NULL);
    }
    if (strcmp(way, "thread") == 0)
        return in_thread();
    make_call(NULL);
    return escaped(heard ? "its handler took the signal" : "it went on");
}
