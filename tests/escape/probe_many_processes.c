/* SPDX-License-Identifier: MIT
 *
 * probe_many_processes.c - has 200 processes, or threads, at once.
 */
#include "escape/probe.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 200 };

static void *stay(void *unused)
{
    for (;;)
        pause();
    return unused;
}

int main(int argc, char **argv)
{
    pid_t pids[MANY] = {0};
    pthread_t thread;
    int i, count = 0, error = 0;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    for (; count < MANY && error == 0; count++) {
        if (is_variant(argv, "thread")) {
            error = pthread_create(&thread, NULL, stay, NULL);
            continue;
        }
        pids[count] = fork();
        if (pids[count] == 0)
            stay(NULL);
        if (pids[count] < 0)
            error = errno;
    }
    for (i = 0; i < count && is_variant(argv, "fork"); i++) {
        if (pids[i] > 0) {
            kill(pids[i], SIGKILL);
            waitpid(pids[i], NULL, 0);
        }
    }
    printf("%d\n", count);
    errno = error;
    return error == 0 ? escaped("as many as it liked") : blocked(argv[VARIANT]);
}
