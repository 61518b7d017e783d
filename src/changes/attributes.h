/* SPDX-License-Identifier: MIT
 *
 * attributes.h - the extended attributes that are a program's own: user.*, but for what overlayfs
 * keeps there, and POSIX access lists, without which the mode would mean another thing.
 */
#ifndef CHANGES_ATTRIBUTES_H
#define CHANGES_ATTRIBUTES_H

/* A file or directory: an open descriptor, or a path that names no link, which goes first. */
struct attributed {
    int fd;
    const char *path;
};

/* Whether two have different ones. Returns 1, 0 or -errno. */
int attributes_differ(struct attributed a, struct attributed b);

/* Gives `to` the ones of `from`, and no other. Returns 0 or -errno. */
int attributes_copy(struct attributed from, struct attributed to);

#endif
