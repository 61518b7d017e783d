/* SPDX-License-Identifier: MIT
 *
 * flood.c - writes bytes whose values follow from their place: flood out|err|both [BYTES].
 * Without a number it goes on for ever. A line on what happened goes nowhere: the exit status is 0
 * when all is written, 3 when a write failed.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The same sequence is in the test. */
static unsigned char pattern(uint64_t place)
{
    return (unsigned char)((place * 2654435761U) >> 13);
}

static int write_all(int fd, const unsigned char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = write(fd, bytes, length);

        if (count <= 0)
            return -1;
        bytes += count;
        length -= (size_t)count;
    }
    return 0;
}

int main(int argc, char **argv)
{
    unsigned char piece[10007];
    uint64_t left, place = 0;
    size_t i, length;

    if (argc < 2)
        return 2;
    left = argc > 2 ? strtoull(argv[2], NULL, 10) : UINT64_MAX;
    while (left > 0) {
        length = left < sizeof(piece) ? (size_t)left : sizeof(piece);
        for (i = 0; i < length; i++)
            piece[i] = pattern(place + i);
        if (strcmp(argv[1], "err") != 0 && write_all(1, piece, length) != 0)
            return 3;
        if (strcmp(argv[1], "out") != 0 && write_all(2, piece, length) != 0)
            return 3;
        place += length;
        left -= length;
    }
    return 0;
}
