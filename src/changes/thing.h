/* SPDX-License-Identifier: MIT
 *
 * thing.h - what stands at a name: type, size, times. Follows no link, starts no automount.
 */
#ifndef CHANGES_THING_H
#define CHANGES_THING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

struct thing {
    mode_t mode;
    uint64_t size;
    struct timespec mtime;
    uint64_t device, inode; /* which file it is */
    uint64_t links;
    uint64_t rdev; /* of a device node */
    uid_t uid;
    gid_t gid;
};

/* What `name` in a directory is; "" means the directory itself. Returns 0 or -errno. */
int thing_look(int dirfd, const char *name, struct thing *thing);

/* Whether two of them are the same file. */
bool thing_is(const struct thing *a, const struct thing *b);

/* A path for the calls that take no directory's descriptor: of `name` in it. Nothing but /proc is
 * resolved on the way to the name. */
enum { THING_PATH_SIZE = 300 };
const char *thing_path(char path[THING_PATH_SIZE], int dirfd, const char *name);

/* What of overlayfs stands in a directory of a layer, mounted with `userxattr`. */

/* Whether `name` is a whiteout: it hides what the layers below have at this name. Returns 1, 0 or
 * -errno. */
int thing_is_whiteout(int dirfd, const char *name, const struct thing *thing);

/* Whether a directory hides what the layers below have in theirs. Returns 1, 0 or -errno. */
int thing_is_opaque(int dirfd);

/* Whether a directory of the upper layer is known to be a program's: a copy that overlayfs has made
 * of one below, or one that was found to be new. Returns 1, 0 or -errno. */
int thing_is_programs(int dirfd);

/* Notes that it was found to be new. Returns 0 or -errno. */
int thing_note_new(int dirfd);

#endif
