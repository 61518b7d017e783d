/* SPDX-License-Identifier: MIT
 *
 * crowd.c - has many children: crowd NUMBER last|all|none. All of them use up CPU time without end,
 * or the last two, or none, and then it ends when all are there.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void child(int spins)
{
    volatile unsigned count = 0;

    while (spins)
        count++;
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    int number, i;

    if (argc < 3)
        return 2;
    number = atoi(argv[1]);
    for (i = 0; i < number; i++) {
        pid_t pid = fork();

        if (pid == 0)
            child(strcmp(argv[2], "all") == 0 || (strcmp(argv[2], "last") == 0 && i >= number - 2));
        if (pid < 0)
            return 3;
    }
    if (strcmp(argv[2], "none") == 0)
        return 0;
    for (;;)
        pause();
}
