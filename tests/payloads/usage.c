/* SPDX-License-Identifier: MIT
 *
 * usage.c - uses CPU time, then says what getrusage(2) says: usage own|child|orphan MILLISECONDS.
 * With "child" it waits for the process that does the work; with "orphan" it leaves that to whoever
 * reaps.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long used_us(int who)
{
    struct rusage usage;

    getrusage(who, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
}

static void work(long milliseconds)
{
    volatile unsigned count = 0;
    char bytes[4096];
    int zero = open("/dev/zero", O_RDONLY);
    int i;

    while (used_us(RUSAGE_SELF) < milliseconds * 1000) {
        for (i = 0; i < 100000; i++)
            count++;
        if (read(zero, bytes, sizeof(bytes)) < 0)
            exit(2);
    }
    close(zero);
}

int main(int argc, char **argv)
{
    int ends[2];
    char byte;

    if (argc < 3 || pipe(ends) != 0)
        return 2;
    if (strcmp(argv[1], "own") == 0) {
        work(atol(argv[2]));
        printf("cpu_us %ld\n", used_us(RUSAGE_SELF));
        return 0;
    }
    if (strcmp(argv[1], "orphan") == 0 && fork() != 0) {
        /* The parent waits for the end of the grandchild, without reaping it. */
        close(ends[1]);
        return read(ends[0], &byte, 1) == 0 ? usleep(20000) : 2;
    }
    if (fork() == 0) {
        work(atol(argv[2]));
        printf("cpu_us %ld\n", used_us(RUSAGE_SELF));
        return 0;
    }
    if (strcmp(argv[1], "child") == 0)
        wait(NULL);
    return 0;
}
