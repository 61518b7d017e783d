/* SPDX-License-Identifier: MIT
 *
 * steps.h - what steps.c and scaffold.c share: lists of steps under construction.
 */
#ifndef GUARDS_FS_STEPS_H
#define GUARDS_FS_STEPS_H

#include "guards/fs/fs.h"

struct steps {
    const struct fs_build *build;
    struct arena *arena;
    struct fs_step *list;
    size_t count, room;
    size_t seals; /* how many FS_HIDE_DIR are to be sealed at the end */
    struct stage *stage;
};

/* What is done in the stage, a tmpfs that is seen by nobody, before the new root is built. Each
 * overlay has a directory there, whose name is its number:
 *     m          where it is mounted
 *     s          its topmost lower layer, the scaffold: the mount points that no layer has
 *     0, 1 ...   the layers that the profile names
 *     u, w       the upper and work directories, or links to them
 * So no name of the host's ever stands in the options of a mount. */
struct stage {
    const struct plan *plan;
    struct steps layout, scaffold, mounts; /* carried out in this order */
    size_t overlays;
};

/* Adds a copy of a step; NULL where memory has run out. */
struct fs_step *fs_steps_add(struct steps *steps, const struct fs_step *step,
                             struct sbx_error *error);

/* Whether a step makes `path`, of `length` bytes, already. */
bool fs_steps_make(const struct steps *steps, const char *path, size_t length);

/* Whether a claim is mounted on a file, not on a directory. */
bool fs_claim_is_file(const struct fs_claim *claim);

/* The overlay of a claim (scaffold.c): adds what the stage needs for it, and the step that shows
 * it. */
int fs_scaffold_overlay(struct steps *steps, const struct fs_claim *claim, struct sbx_error *error);

/* What a claim that lies in an overlay needs there (scaffold.c): makes its place where there is
 * none. *done: that was all. Errors: SBX_E_PROFILE, SBX_E_HOST, SBX_E_RESOURCE. */
int fs_scaffold_place(struct steps *steps, const struct fs_claim *claim,
                      const struct fs_claim *cover, bool *done, struct sbx_error *error);

#endif
