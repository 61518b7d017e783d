/* SPDX-License-Identifier: MIT
 *
 * probe_socket.c - makes a socket of a family that every machine has.
 */

#include "escape/try_socket.h"

int main(int argc, char **argv)
{
    return try_socket(argc, argv);
}
