/* SPDX-License-Identifier: MIT
 *
 * probe_host_tcp.c - connects to a TCP service of the host.
 */
#include "escape/probe.h"
#include <arpa/inet.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    address.sin_port = htons((uint16_t)atoi(argv[PORT]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return blocked("socket");
    return judge_call("connect", connect(fd, (struct sockaddr *)&address, sizeof(address)));
}
