/* SPDX-License-Identifier: MIT
 *
 * stamp.c - the program that bench/launch starts: writes the time of its first instruction to
 * stdout, as 8 bytes, and ends.
 */
#include <stdint.h>
#include <time.h>
#include <unistd.h>

int main(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    return write(STDOUT_FILENO, &ns, sizeof(ns)) == sizeof(ns) ? 0 : 1;
}
