/* SPDX-License-Identifier: MIT
 *
 * put.h - puts one thing into a directory: made beside its place, whole, and renamed in. What is
 * there before is there until then. Follows no link.
 */
#ifndef CHANGES_PUT_H
#define CHANGES_PUT_H

#include "changes/thing.h"

/* What is to be put where. */
struct put {
    int from; /* the directory that has it */
    int to;   /* the directory that gets it */
    const char *name;
    const struct thing *thing;
    const struct thing *old; /* what is in its place; NULL where nothing is */
};

/* The mode that a file gets: never set-user-id or set-group-id. A directory may keep the latter,
 * which gives nobody a right. */
mode_t put_mode(const struct thing *thing);

/* Each returns 0 or -errno; in either case nothing else is left. */
int put_file(const struct put *put);
int put_link(const struct put *put);
int put_fifo(const struct put *put);

/* Another name of the file that `fd` is. */
int put_name(const struct put *put, int fd);

/* A new directory, for the owner alone. Where `opaque` is set, it hides what lower layers have. */
int put_directory(const struct put *put, bool opaque);

/* Makes a directory hide what lower layers have in theirs. Returns 0 or -errno. */
int put_opaque(int dirfd);

#endif
