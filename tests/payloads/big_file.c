/* SPDX-License-Identifier: MIT
 *
 * big_file.c - writes a file of as many megabytes as its argument says: big_file PATH MEGABYTES.
 * Exit status 3 where the file system has no more room, 4 for any other error.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static char piece[1 << 20];
    int fd, left;

    if (argc < 3)
        return 2;
    fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0)
        return 4;
    memset(piece, 1, sizeof(piece));
    for (left = atoi(argv[2]); left > 0; left--) {
        if (write(fd, piece, sizeof(piece)) != (ssize_t)sizeof(piece))
            return errno == ENOSPC ? 3 : 4;
    }
    return 0;
}
