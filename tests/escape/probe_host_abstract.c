/* SPDX-License-Identifier: MIT
 *
 * probe_host_abstract.c - connects to an abstract unix socket of the host, which no file hides.
 */
#include "escape/probe.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0)
        return blocked("socket");
    strncpy(address.sun_path + 1, argv[ABSTRACT], sizeof(address.sun_path) - 2);
    return judge_call("connect", connect(fd, (struct sockaddr *)&address,
                                         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                                                     strlen(argv[ABSTRACT]))));
}
