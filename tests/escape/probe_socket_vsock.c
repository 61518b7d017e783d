/* SPDX-License-Identifier: MIT
 *
 * probe_socket_vsock.c - makes a socket to the machine that this virtual machine runs on.
 */

#include "escape/try_socket.h"

int main(int argc, char **argv)
{
    return try_socket(argc, argv);
}
