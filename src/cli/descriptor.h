/* SPDX-License-Identifier: MIT
 *
 * descriptor.h - paths that mean a descriptor that is open already.
 */
#ifndef CLI_DESCRIPTOR_H
#define CLI_DESCRIPTOR_H

/* The descriptor that `path` means: /dev/stdin, /dev/stdout, /dev/stderr, /dev/fd/N,
 * /proc/self/fd/N, and links that lead to one of them. -1 where it means none. Says nothing on
 * whether that descriptor is open. */
int descriptor_meant(const char *path);

/* A second descriptor for the same open file, closed by exec. Returns it; -EBADF where `number` is
 * not open, or not open for writing. */
int descriptor_share(int number);

#endif
