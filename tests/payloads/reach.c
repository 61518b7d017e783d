/* SPDX-License-Identifier: MIT
 *
 * reach.c - `reach ADDRESS PORT` connects by TCP and says what came of it. Exit status 0 where
 * somebody answered, else 3.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (argc != 3 || fd < 0 || inet_pton(AF_INET, argv[1], &address.sin_addr) != 1)
        return 4;
    address.sin_port = htons((unsigned short)atoi(argv[2]));
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        printf("%s: %s\n", argv[1], strerror(errno));
        return 3;
    }
    printf("%s: connected\n", argv[1]);
    return 0;
}
