/* SPDX-License-Identifier: MIT
 *
 * loopback.c - talks to itself by TCP over 127.0.0.1. Exit status 0 where that works, else 3.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    char text[6] = "";
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    int server;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0 ||
        connect(client, (struct sockaddr *)&address, sizeof(address)) != 0) {
        perror("127.0.0.1");
        return 3;
    }
    server = accept(listener, NULL, NULL);
    if (write(client, "hello", 5) != 5 || read(server, text, 5) != 5)
        return 4;
    return strcmp(text, "hello") == 0 ? 0 : 5;
}
