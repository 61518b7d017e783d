/* SPDX-License-Identifier: MIT
 *
 * confine.h - what reads hostile archives gives up, before it reads them, all that it does not
 * need.
 */
#ifndef IMAGE_CONFINE_H
#define IMAGE_CONFINE_H

#include <sandbox/sandbox.h>
#include <stdint.h>

/* Confines this process for good:
 *   - no_new_privs, no core dump, no file longer than `file_bytes`, little memory;
 *   - as root: no capability but that of reading the image, whoever's it is;
 *   - Landlock, where the kernel has enough of it: `image` may be read, `cache` be changed, both
 *     with what is beneath, and nothing else be opened; no TCP, no signals to others;
 *   - seccomp: the system calls that it needs, with no way to run code that is not there yet.
 *
 * image   -1 where no image is read. Both are descriptors of directories, borrowed
 *
 * Errors: SBX_E_HOST. A kernel without Landlock is none. */
int confine(int image, int cache, uint64_t file_bytes, struct sbx_error *error);

#endif
