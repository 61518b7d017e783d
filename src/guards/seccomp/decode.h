/* SPDX-License-Identifier: MIT
 *
 * decode.h - the arguments of a call that was made, as people write them: AF_INET, SOCK_STREAM, 0.
 *
 * What stands in registers is exact. What lies behind an address is the program's memory, which may
 * change at any time: it is for people, and no decision may rest on it.
 */
#ifndef GUARDS_SECCOMP_DECODE_H
#define GUARDS_SECCOMP_DECODE_H

#include "guards/seccomp/table.h"
#include "guards/syscalls.h"

/* Writes the arguments of a call into `text`, of `size` bytes, at least 16, with the final NUL;
 * what does not fit is cut off with "...". Known values get their names, joined by '|', and the
 * rest is in hex; paths are read, quoted and escaped.
 *
 * abi      on which the call was made
 * memory   where paths are read; NULL: they stay addresses
 * path     receives the first path as it was read, in `path_size` bytes; "" where there is none
 */
void decode_arguments(enum call_abi abi, const char *call, const uint64_t args[6],
                      const struct call_memory *memory, char *text, size_t size, char *path,
                      size_t path_size);

#endif
