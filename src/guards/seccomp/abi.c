/* SPDX-License-Identifier: MIT
 *
 * abi.c - the names of the ABIs, for the program and for what makes its tables.
 */
#include "guards/seccomp/table.h"

const char *abi_name(enum call_abi abi)
{
    static const char names[ABIS][8] = {"x86_64", "aarch64", "i386"};
    return names[abi];
}
