/* SPDX-License-Identifier: MIT
 *
 * stdio.c - says which of the fds 0, 1 and 2 are open, and what a read of stdin gives, by its exit
 * status: 1, 2 and 4 for the fds, 8 for bytes on stdin, 16 for an error there.
 */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    char byte;
    ssize_t count;
    int fd, status = 0;

    for (fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            status |= 1 << fd;
    }
    count = read(0, &byte, 1);
    if (count > 0)
        status |= 8;
    if (count < 0)
        status |= 16;
    return status;
}
