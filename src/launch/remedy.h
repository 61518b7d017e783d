/* SPDX-License-Identifier: MIT
 *
 * remedy.h - an obstacle in words: which wall, which line of the profile, and the least change of
 * the profile that would take it away. Pure, but for one look at what the host has.
 */
#ifndef LAUNCH_REMEDY_H
#define LAUNCH_REMEDY_H

#include "guards/plan.h"
#include <sandbox/sandbox.h>

enum wall_kind {
    WALL_NONE,
    WALL_VIEW,        /* not shown, and the host has it */
    WALL_HIDDEN,      /* covered by something empty */
    WALL_READ_ONLY,   /* the mount */
    WALL_NO_EXEC,     /* the mount */
    WALL_NO_LINKS,    /* the mount */
    WALL_PERMISSIONS, /* of the file itself, or of a directory above it */
    WALL_LANDLOCK,
    WALL_NETWORK,  /* the network namespace */
    WALL_CONNECTS, /* Landlock, for ports */
    WALL_BINDS,
};

/* What a call has met. */
struct met {
    enum wall_kind wall;
    const char *path;  /* what it is about; of an address its text */
    const char *where; /* the same behind all links; the place that is to be changed */
    bool writes;       /* it wanted to change something */
    bool makes;        /* something that is not there yet, in `where` */
    bool is_local;     /* an address of the loopback */
    int port;
};

/* What stands in sbx_obstacle.wall. */
const char *remedy_wall(enum wall_kind wall);

/* The step of the plan that an inside path belongs to; NULL: the root's own tmpfs. */
const struct fs_step *remedy_cover(const struct plan *plan, const char *path);

/* Fills in why, origin, fix and settings. */
void remedy_tell(const struct plan *plan, const struct met *met, struct sbx_obstacle *obstacle);

#endif
