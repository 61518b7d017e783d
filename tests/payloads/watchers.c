/* SPDX-License-Identifier: MIT
 *
 * watchers.c - takes as many inotify instances as it gets, in up to four processes, says "has N."
 * and keeps them until it is ended.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { PROCESSES = 4 };

int main(void)
{
    int *count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int i;

    if (count == MAP_FAILED)
        return 2;
    for (i = 0; i < PROCESSES; i++) {
        while (inotify_init1(0) >= 0)
            ++*count;
        if (i < PROCESSES - 1) {
            pid_t pid = fork();

            if (pid < 0)
                return 3;
            if (pid > 0) {
                for (;;)
                    pause();
            }
            prctl(PR_SET_PDEATHSIG, SIGKILL);
        }
    }
    printf("has %d.\n", *count);
    fflush(stdout);
    for (;;)
        pause();
}
