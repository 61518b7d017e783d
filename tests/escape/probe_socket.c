/* SPDX-License-Identifier: MIT
 *
 * probe_socket.c - makes a socket of some family: its variant is the number.
 */
#include "escape/probe.h"
#include <sys/socket.h>

int main(int argc, char **argv)
{
    int fd;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    fd = socket(atoi(argv[VARIANT]), SOCK_RAW, 0);
    if (fd < 0)
        fd = socket(atoi(argv[VARIANT]), SOCK_DGRAM, 0);
    return judge_call("socket", fd);
}
