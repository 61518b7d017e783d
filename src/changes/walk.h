/* SPDX-License-Identifier: MIT
 *
 * walk.h - goes through what a run has changed, name by name, beside what lies below it.
 *
 * It holds one directory of each tree open at a time and calls itself never, so that neither depth
 * nor size of what an untrusted program left there matters. It changes nothing.
 */
#ifndef CHANGES_WALK_H
#define CHANGES_WALK_H

#include "base/error.h"
#include "changes/view.h"

/* One name. */
struct entry {
    const char *name; /* "" for the root */
    bool own;         /* the upper layer has it; else an opaque directory above hides it */
    bool whiteout;    /* it is there to hide what is below */
    bool opaque;      /* a directory: it, or one above it, hides what is below */
    bool frame; /* a directory that is the launcher's, where there is one below: no copy, and not
                   opaque */
    bool found; /* the layers below have it */
    struct thing upper; /* where it is own */
    struct thing lower; /* where it is found */
    int lower_dir;      /* the directory that has it below; for `entry` only */
};

struct walk;

/* Each returns 0, or -1 with the error filled in, which ends the walk. */
struct walk_hooks {
    /* What is no directory of the upper layer, while its directory is open. */
    int (*entry)(struct walk *walk, const struct entry *entry, struct sbx_error *error);
    /* A directory of the upper layer, which is open; its names are read. Not for the root. */
    int (*enter)(struct walk *walk, const struct entry *entry, struct sbx_error *error);
    /* The same, after all that is in it. */
    int (*leave)(struct walk *walk, const struct entry *entry, struct sbx_error *error);
};

struct frame {
    struct entry entry;
    struct names names;
    size_t next;
    size_t length; /* of the path */
};

struct walk {
    const struct walk_hooks *hooks;
    void *data;
    bool hidden; /* show what opaque directories hide, too */
    struct trail upper;
    struct view below;
    struct frame *frames; /* from the root to where it is */
    size_t depth, room;   /* how many frames */
    char *path;           /* of the entry, from the root, with a '/' in front */
    size_t path_length, path_room;
};

/* Walks the tree `upper` beside the layers `below`, topmost first, in the order of the names; a
 * directory comes before what is in it. Returns 0, or -1 with the error. */
int walk_run(struct walk *walk, int upper, const int *below, size_t count, struct sbx_error *error);

/* An error about the entry: its path is put behind `what`. Returns -1. */
int walk_fail(const struct walk *walk, int sys_errno, const char *what, struct sbx_error *error);

/* The names in the directory where it is. */
const struct names *walk_names(const struct walk *walk);

#endif
