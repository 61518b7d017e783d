/* SPDX-License-Identifier: MIT
 *
 * ticks.c - says "tick" each 10 ms, for as many milliseconds as its argument says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int left = argc > 1 ? atoi(argv[1]) / 10 : 100;

    for (; left > 0; left--) {
        puts("tick");
        fflush(stdout);
        usleep(10000);
    }
    return 0;
}
