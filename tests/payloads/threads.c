/* SPDX-License-Identifier: MIT
 *
 * threads.c - has as many threads at once as its argument says, with the stacks that the C library
 * gives them, and does a little work in each: exit status 0, or 3 where it does not get them.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_barrier_t all;

static void *work(void *unused)
{
    char bytes[65536];

    memset(bytes, 1, sizeof(bytes));
    pthread_barrier_wait(&all);
    return unused;
}

int main(int argc, char **argv)
{
    unsigned i, number = argc > 1 ? (unsigned)atoi(argv[1]) : 32;
    pthread_t *threads = calloc(number, sizeof(*threads));

    if (threads == NULL || pthread_barrier_init(&all, NULL, number + 1) != 0)
        return 2;
    for (i = 0; i < number; i++) {
        if (pthread_create(&threads[i], NULL, work, NULL) != 0)
            return 3;
    }
    pthread_barrier_wait(&all);
    for (i = 0; i < number; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    return 0;
}
