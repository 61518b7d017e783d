/* SPDX-License-Identifier: MIT
 *
 * links.h - remembers files that have several names, so that the copies are one file again.
 */
#ifndef CHANGES_LINKS_H
#define CHANGES_LINKS_H

#include "changes/thing.h"

/* Zero-initialise it. */
struct links {
    void *tree;
};

/* Notes that the file `of` was written at `path`, which begins with '/', and is `copy` there.
 * Returns 0 or -errno. */
int links_note(struct links *links, const struct thing *of, const char *path,
               const struct thing *copy);

/* The copy of a file, opened with O_PATH beneath `root`; -ENOENT where none is noted, -ESTALE where
 * it is no longer where it was written; or another -errno. */
int links_open(const struct links *links, const struct thing *of, int root);

void links_free(struct links *links);

#endif
