/* SPDX-License-Identifier: MIT
 *
 * eat_memory.c - eats memory without end, or up to a size in each of some processes:
 * eat_memory [MEGABYTES [PROCESSES]]. It stops to eat for good where the kernel gives no more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PIECE = 1 << 20 };

static void eat(long megabytes)
{
    long eaten;

    for (eaten = 0; megabytes == 0 || eaten < megabytes; eaten++) {
        char *piece = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (piece == MAP_FAILED) {
            printf("no more after %ld MB\n", eaten);
            fflush(stdout);
            break;
        }
        memset(piece, 0x5a, PIECE);
        usleep(100); /* slowly enough to be seen before the machine is full */
    }
}

int main(int argc, char **argv)
{
    long megabytes = argc > 1 ? atol(argv[1]) : 0;
    int processes = argc > 2 ? atoi(argv[2]) : 1;

    for (; processes > 1; processes--) {
        if (fork() == 0)
            break;
    }
    eat(megabytes);
    if (megabytes == 0)
        return 3;
    printf("full\n");
    fflush(stdout);
    sleep(argc > 3 ? (unsigned)atoi(argv[3]) : 100);
    return 0;
}
