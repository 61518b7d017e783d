/* SPDX-License-Identifier: MIT
 * verdict: TLE
 *
 * Never ends, in two threads at once.
 */
#include <pthread.h>

static void *loop(void *argument)
{
    volatile unsigned count = 0;

    for (;;)
        count++;
    return argument;
}

int main(void)
{
    pthread_t thread;

    pthread_create(&thread, 0, loop, 0);
    loop(0);
    return 0;
}
