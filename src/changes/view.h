/* SPDX-License-Identifier: MIT
 *
 * view.h - several layers of overlayfs seen as one tree, without mounting them.
 *
 * It goes down and comes up one directory at a time, as a trail does, in all layers at once.
 */
#ifndef CHANGES_VIEW_H
#define CHANGES_VIEW_H

#include "changes/names.h"
#include "changes/thing.h"
#include "changes/trail.h"

struct view {
    struct trail *layers; /* topmost first */
    size_t count;
    size_t depth; /* a layer has this directory where its own depth is the same */
};

/* Starts at the roots of `count` layers, topmost first; `count` may be 0. The descriptors are
 * duplicated. Returns 0 or -errno; end it in any case. */
int view_start(struct view *view, const int *fds, size_t count);

/* Looks for a name in this directory. Returns 1 with *thing, and in *dirfd, which may be NULL, the
 * directory that has it, borrowed; 0 where there is none; or -errno. */
int view_find(const struct view *view, const char *name, struct thing *thing, int *dirfd);

/* Goes down, also where no layer has such a directory: then it is empty. What is mounted in a layer
 * is a part of it, as it is to the program. Returns 0 or -errno. */
int view_enter(struct view *view, const char *name);

/* Comes up. Returns 0 or -errno. */
int view_leave(struct view *view);

/* The topmost layer's directory here; -1 where no layer has it. */
int view_top(const struct view *view);

/* Adds all names that a layer has here; view_find() says which of them are to be seen. Returns 0 or
 * -errno. */
int view_names(const struct view *view, struct names *names);

void view_end(struct view *view);

#endif
