/* SPDX-License-Identifier: MIT
 *
 * try_socket.h - makes a socket of some family: the variant is the number. The kernel takes an int,
 * so a filter that compares 64 bits misses a number with a high half.
 *
 * Each group of families whose control needs something of its own is a probe of its own.
 */
#ifndef ESCAPE_TRY_SOCKET_H
#define ESCAPE_TRY_SOCKET_H

#include "escape/probe.h"
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int try_socket(int argc, char **argv)
{
    static const long types[] = {SOCK_RAW, SOCK_DGRAM, SOCK_STREAM, SOCK_SEQPACKET};
    unsigned long family;
    long fd = -1;
    size_t i;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    family = strtoul(argv[VARIANT], NULL, 0);
    for (i = 0; i < sizeof(types) / sizeof(*types) && fd < 0; i++)
        fd = syscall(SYS_socket, family, types[i], 0);
    return judge_call("socket", fd);
}

#endif
