/* SPDX-License-Identifier: MIT
 *
 * place.h - where a path of a stranger's leads, seen from inside its sandbox without being in it.
 *
 * Opens nothing but names (O_PATH), so that looking has no effect on what is there. The caller may
 * change all of it at any time: the answer is for people.
 */
#ifndef LAUNCH_PLACE_H
#define LAUNCH_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct place {
    char path[PATH_MAX]; /* absolute, inside, as it was asked for; normal, as text */
    char real[PATH_MAX]; /* where it is, or would be, behind all links */
    int error;           /* why it can't be reached: an errno value; 0: it is there */
    int fd;              /* what is there, or the deepest directory above that is; else -1 */
    mode_t type;         /* of that: S_IFREG ... */
    uint64_t flags;      /* of its mount: ST_* */
    bool direct;         /* with an error: only the last part of the path is missing */
};

/* Looks at a path that a thread names, relative to one of its descriptors or AT_FDCWD. Returns -1
 * where nothing can be told: then *place holds nothing. place->fd is owned: place_close(). */
int place_look(pid_t tid, int directory, const char *path, bool is_link, struct place *place);
void place_close(struct place *place);

/* Whether the user that this process acts as may do so with what place->fd is: 0 or an errno value.
 * EROFS comes only where all else would do. */
int place_permits(const struct place *place, int mode);

/* A path without "//", "." and "..", which are taken as text. Returns false where it is too long.
 */
bool place_normal(const char *path, char normal[PATH_MAX]);

#endif
