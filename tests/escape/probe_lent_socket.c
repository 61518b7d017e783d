/* SPDX-License-Identifier: MIT
 *
 * probe_lent_socket.c - reaches a TCP service of the host through its stdin, a socket that was made
 * in the host's network and is not connected yet.
 */
#include "escape/probe.h"
#include <arpa/inet.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    address.sin_port = htons((uint16_t)atoi(argv[PORT]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return judge_call("connect", connect(0, (struct sockaddr *)&address, sizeof(address)));
}
