/* SPDX-License-Identifier: MIT
 *
 * probe_socketpair.c - makes a pair of sockets of a family that it must not have.
 */
#include "escape/probe.h"
#include <sys/socket.h>

int main(void)
{
    int ends[2];

    return judge_call("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
}
