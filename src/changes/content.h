/* SPDX-License-Identifier: MIT
 *
 * content.h - what is in files: compared and copied, holes left out.
 */
#ifndef CHANGES_CONTENT_H
#define CHANGES_CONTENT_H

#include "changes/thing.h"

/* Opens a regular file for reading; never waits for a FIFO, follows no link. Returns the descriptor
 * or -errno; -ESTALE where it is no longer the file that was looked at. */
int content_open(int dirfd, const char *name, const struct thing *thing);

/* Whether two files of the same size differ. Returns 1, 0 or -errno. */
int content_differs(int a, int b, uint64_t size);

/* Copies all of a file to an empty one: shares the blocks where the file system can, and leaves
 * holes where there are some. Returns 0 or -errno. */
int content_copy(int from, int to, uint64_t size);

/* The target of a symbolic link, to be given to free(); NULL with errno. */
char *content_link(int dirfd, const char *name);

/* Whether two links lead to different texts. Returns 1, 0 or -errno. */
int content_links_differ(int a_dir, int b_dir, const char *name);

#endif
