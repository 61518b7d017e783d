/* SPDX-License-Identifier: MIT
 *
 * trail.h - one descriptor that goes down a tree of directories and comes up again, however deep
 * the tree is. It follows no link, and never comes up in another directory than the one it went
 * down from.
 */
#ifndef CHANGES_TRAIL_H
#define CHANGES_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trail {
    int fd;       /* the directory where it is; -1 where there is none */
    bool bounded; /* it crosses no mount */
    size_t depth; /* how many names below its root */
    struct trail_place {
        uint64_t device, inode;
    } * places; /* from the root to where it is */
    size_t room;
};

/* Starts at a directory, whose descriptor it takes in any case. Returns 0 or -errno. */
int trail_start(struct trail *trail, int fd, bool bounded);

/* Goes down into `name`. Returns 0; or -errno, and is where it was: -ENOTDIR for a link or a file,
 * -EXDEV where something is mounted on it and the trail is bounded. */
int trail_enter(struct trail *trail, const char *name);

/* Comes up. Returns 0; or -errno, after which it can only be ended: -ESTALE where the directory has
 * been moved meanwhile. */
int trail_leave(struct trail *trail);

/* Closes it. What was never started must be zero but for fd = -1. */
void trail_end(struct trail *trail);

#endif
