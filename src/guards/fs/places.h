/* SPDX-License-Identifier: MIT
 *
 * places.h - a set of paths, each with a number of the caller's. What is asked of thousands of
 * claims about one path takes time by the length of that path alone.
 *
 * Paths have no leading '/' and no empty component; "" is the root, and lies above all others.
 */
#ifndef GUARDS_FS_PLACES_H
#define GUARDS_FS_PLACES_H

#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fs_place {
    const char *path; /* its first `length` bytes; borrowed */
    size_t length;
    uint64_t hash;
    uint32_t parent; /* the place of the directory that it is in; the root's is its own */
    uint32_t number; /* the caller's; 0 for a place that only lies above another one */
    bool above;      /* of another place, now or once */
};

struct fs_places {
    struct arena *arena;   /* borrowed */
    struct fs_place *list; /* parents first */
    uint32_t count, room;
    uint32_t *slots; /* by hash: one more than the place; 0 is free */
    uint32_t slot_count;
    size_t looks; /* places that were compared with a path so far */
};

enum { FS_NO_PLACE = UINT32_MAX };

/* The place of a path, which must live as long as the set; made with all that are above it where
 * there is none. FS_NO_PLACE where memory has run out. */
uint32_t fs_places_add(struct fs_places *places, const char *path, size_t length);

/* The place of a path; FS_NO_PLACE where there is none. */
uint32_t fs_places_find(struct fs_places *places, const char *path, size_t length);

/* The deepest place with a number on this path or above it; FS_NO_PLACE where there is none. */
uint32_t fs_places_cover(struct fs_places *places, const char *path, size_t length);

/* The next place with a number above this one; FS_NO_PLACE where there is none. */
uint32_t fs_places_above(const struct fs_places *places, uint32_t place);

#endif
