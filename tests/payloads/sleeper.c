/* SPDX-License-Identifier: MIT
 *
 * sleeper.c - sleeps for its argument's milliseconds, or for ever.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    long left = argc > 1 ? atol(argv[1]) : -1;
    struct timespec time = {.tv_sec = left / 1000, .tv_nsec = (left % 1000) * 1000000};

    puts("ready");
    fflush(stdout);
    while (left < 0)
        pause();
    return nanosleep(&time, NULL) == 0 ? 0 : 1;
}
