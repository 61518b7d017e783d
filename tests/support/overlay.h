/* SPDX-License-Identifier: MIT
 *
 * overlay.h - a user namespace in which a test may mount, and trees as text.
 */
#ifndef SUPPORT_OVERLAY_H
#define SUPPORT_OVERLAY_H

#include <stdbool.h>

/* Runs `body` in a process of its own, in new user and mount namespaces, as the root of its own
 * files. Returns its exit status; -1 where that can't be, which is told. */
int in_namespace(int (*body)(const void *data), const void *data);

/* Mounts overlayfs on `target`, as a sandbox does: `lowers` with ':' between them, topmost first;
 * `upper` and `work` may be NULL. Returns 0, or -1 with errno. For use in in_namespace(). */
int overlay_mount(const char *lowers, const char *upper, const char *work, const char *target);

/* Writes a tree into a file, a line for each name, sorted: type, mode, size, times, number of
 * names, content or target, and user attributes. Returns 0, or -1. */
int tree_print(const char *tree, const char *file);

/* Whether two such files are the same; says where they are not. */
bool tree_prints_equal(const char *a, const char *b);

#endif
