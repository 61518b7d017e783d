/* SPDX-License-Identifier: MIT
 *
 * probe_socket_alg.c - makes a socket to the kernel's ciphers, a part with a bad record.
 */

#include "escape/try_socket.h"

int main(int argc, char **argv)
{
    return try_socket(argc, argv);
}
