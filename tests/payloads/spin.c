/* SPDX-License-Identifier: MIT
 *
 * spin.c - uses up CPU time for ever: spin THREADS [PROCESSES].
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *spin(void *unused)
{
    volatile unsigned count = 0;

    (void)unused;
    for (;;)
        count++;
    return NULL;
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 1;
    int processes = argc > 2 ? atoi(argv[2]) : 1;
    pthread_t thread;

    puts("ready");
    fflush(stdout);
    for (; processes > 1; processes--) {
        if (fork() == 0)
            break;
    }
    for (; threads > 1; threads--) {
        if (pthread_create(&thread, NULL, spin, NULL) != 0)
            return 2;
    }
    spin(NULL);
    return 0;
}
