/* SPDX-License-Identifier: MIT
 *
 * tree.h - the files of one layer, made below one directory, and removed again.
 *
 * Every step goes down by one plain component from a directory that is held open, and none follows
 * a link: whatever an archive has made so far, nothing outside of the directory is ever named.
 * Functions return 0 or -errno.
 */
#ifndef IMAGE_TREE_H
#define IMAGE_TREE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

struct tree {
    int root;             /* borrowed */
    int parent;           /* the directory that was asked for last; -1: none */
    char path[PATH_MAX];  /* its path */
    char wrong[PATH_MAX]; /* after a failure: the path of the component that is in the way */
};

void tree_start(struct tree *tree, int root);
void tree_end(struct tree *tree);

/* Opens (O_PATH) the directory at `path`, as names.h makes such paths. It is the tree's, and stands
 * until the next call. `make` makes what is missing. -ENOTDIR, -ELOOP: something else is in the
 * way; -ENOENT: it is missing. */
int tree_folder(struct tree *tree, const char *path, bool make, int *fd);

/* Removes `name` in the directory `parent`, whatever it is, with all that it holds. That it is not
 * there is no error. */
int tree_remove_at(int parent, const char *name);

/* How much a directory holds. */
struct tree_size {
    unsigned long long entries, bytes;
};

int tree_measure(int parent, const char *name, struct tree_size *size);

#endif
