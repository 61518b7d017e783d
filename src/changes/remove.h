/* SPDX-License-Identifier: MIT
 *
 * remove.h - removes trees that a stranger has made: follows no link, crosses no mount, however
 * deep they are.
 */
#ifndef CHANGES_REMOVE_H
#define CHANGES_REMOVE_H

/* Removes all that is in a directory. Directories in it that can't be read or written are made so
 * first. Returns 0; or -errno, and some of it is left: -EXDEV or -EBUSY where something is mounted
 * in it. */
int remove_content(int dirfd);

/* Removes a name with all that is in it. That it is not there is no failure. Returns as above. */
int remove_tree(int dirfd, const char *name);

#endif
