/* SPDX-License-Identifier: MIT
 *
 * tree.h - copies and removes folders, for the staging folder of the tests.
 */
#ifndef SUPPORT_TREE_H
#define SUPPORT_TREE_H

/* Copies a file or a folder with all that is in it. Files become readable and, where they were
 * executable, executable for all. Returns 0, or -1 with errno. */
int tree_copy(const char *from, const char *to);

/* Removes a folder with all that is in it; never crosses into another file system. Returns 0, or -1
 * with errno. */
int tree_remove(const char *path);

#endif
