/* SPDX-License-Identifier: MIT
 *
 * layers.h - what an overlay is made of: its layers, and where the host's mounts divide them. Both
 * are looked at on the host, and nothing is mounted for it.
 */
#ifndef GUARDS_FS_LAYERS_H
#define GUARDS_FS_LAYERS_H

#include "base/arena.h"
#include "base/error.h"
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* ---- the layers of an overlay (layers.c) ----------------------------------------------------- */

/* One directory of an overlay. */
struct fs_layer {
    const char *path; /* real, on the host */
    uint64_t device, inode;
    struct origin origin;
};

/* The directories that are one inside, the topmost first. */
struct fs_layers {
    const struct fs_layer *list;
    size_t count;
    bool kept;       /* the first is what earlier runs have changed */
    const char *sub; /* where it is in the whole root: "" or "home/me" */
    mode_t mode;     /* of the topmost */
    uid_t uid;
    gid_t gid;
    size_t number; /* of its overlay, once that has its steps */
};

/* What the layers have at a path. */
struct fs_found {
    struct stat st;
    bool kept; /* it lies, or is hidden, in what earlier runs have changed */
    char host[PATH_MAX];
};

/* Looks for a path, none of whose parents is a symbolic link; "" is the whole. Returns 0 or an
 * errno value: ENOENT where there is none, or a whiteout. */
int fs_layers_find(const struct fs_layers *layers, const char *path, struct fs_found *found);

/* The layers of a directory below. Returns 0 or an errno value: ENOTDIR where it is none. */
int fs_layers_below(struct arena *arena, const struct fs_layers *layers, const char *path,
                    struct fs_layers *below);

/* ---- the host's mounts (mounts.c) ----------------------------------------------------------- */

struct fs_mounts {
    struct fs_mount {
        const char *point, *type;
    } * list;
    size_t count;
};

/* Reads a table as /proc/self/mountinfo is one. Returns 0 or an errno value. */
int fs_mounts_read(struct arena *arena, const char *file, struct fs_mounts *mounts);

/* Whether anything is mounted strictly below a directory. */
bool fs_mounts_below(const struct fs_mounts *mounts, const char *path);

/* Whether a path is the root of a mount that overlayfs does not take, such as a vfat. */
bool fs_mounts_no_layer(const struct fs_mounts *mounts, const char *path);

/* Whether a path is the root of a mount that only the kernel fills, such as a procfs. */
bool fs_mounts_kernels_own(const struct fs_mounts *mounts, const char *path);

#endif
