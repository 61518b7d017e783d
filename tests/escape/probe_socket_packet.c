/* SPDX-License-Identifier: MIT
 *
 * probe_socket_packet.c - makes a packet socket, which sees all that a network carries.
 */

#include "escape/try_socket.h"

int main(int argc, char **argv)
{
    return try_socket(argc, argv);
}
