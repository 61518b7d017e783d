/* SPDX-License-Identifier: MIT
 *
 * peek.c - peek MILLISECONDS TEXT PATH...: reads the files over and over; "seen PATH" and exit
 * status 9 as soon as one begins with the text.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int begins(const char *path, const char *text)
{
    char bytes[256] = "";
    int fd = open(path, O_RDONLY);
    ssize_t got = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes) - 1);

    if (fd >= 0)
        close(fd);
    return got > 0 && strncmp(bytes, text, strlen(text)) == 0;
}

static long now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
    long end = now_ms() + (argc > 1 ? strtol(argv[1], NULL, 10) : 0);
    int i;

    do {
        for (i = 3; i < argc; i++) {
            if (begins(argv[i], argv[2])) {
                printf("seen %s\n", argv[i]);
                return 9;
            }
        }
    } while (now_ms() < end);
    printf("not seen\n");
    return 0;
}
