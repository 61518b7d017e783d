/* SPDX-License-Identifier: MIT
 *
 * attributes.h - the extended attributes that are a program's own: user.*, but for what overlayfs
 * keeps there, and POSIX access lists, without which the mode would mean another thing.
 */
#ifndef CHANGES_ATTRIBUTES_H
#define CHANGES_ATTRIBUTES_H

/* What is open; or, where there is a name, what has it in that directory, and is no link. */
struct attributed {
    int fd;
    const char *name;
};

/* Whether two have different ones. Returns 1, 0 or -errno. */
int attributes_differ(struct attributed a, struct attributed b);

/* Gives what is open as `to` the ones of `from`, and no other. Returns 0 or -errno. */
int attributes_copy(int from, int to);

#endif
