/* SPDX-License-Identifier: MIT
 *
 * thing.c - what stands at a name, and what overlayfs means by it.
 *
 * Source: Documentation/filesystems/overlayfs.rst of Linux, "whiteouts and opaque directories".
 */
#include "changes/thing.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

int thing_look(int dirfd, const char *name, struct thing *thing)
{
    struct statx status;
    if (statx(dirfd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (*name ? 0 : AT_EMPTY_PATH),
              STATX_BASIC_STATS, &status) != 0)
        return -errno;
    *thing = (struct thing){
        .mode = status.stx_mode,
        .size = status.stx_size,
        .mtime = {status.stx_mtime.tv_sec, status.stx_mtime.tv_nsec},
        .device = makedev(status.stx_dev_major, status.stx_dev_minor),
        .inode = status.stx_ino,
        .links = status.stx_nlink,
        .rdev = makedev(status.stx_rdev_major, status.stx_rdev_minor),
        .uid = status.stx_uid,
        .gid = status.stx_gid,
    };
    return 0;
}

bool thing_is(const struct thing *a, const struct thing *b)
{
    return a->device == b->device && a->inode == b->inode;
}

const char *thing_path(char path[THING_PATH_SIZE], int dirfd, const char *name)
{
    snprintf(path, THING_PATH_SIZE, "/proc/self/fd/%d/%s", dirfd, name);
    return path;
}

/* What the mark of a directory says: one byte; 0 where there is none, or where the file system
 * knows no attributes. */
static int mark_of(int dirfd)
{
    unsigned char value;
    ssize_t length = fgetxattr(dirfd, "user.overlay.opaque", &value, 1);
    if (length == 1)
        return value;
    return length == 0 || errno == ENODATA || errno == EOPNOTSUPP || errno == ERANGE ? 0 : -errno;
}

/* A directory that holds whiteouts of the second kind says so. */
static int has_marked_whiteouts(int dirfd)
{
    int mark = mark_of(dirfd);
    if (mark != 0)
        return mark < 0 ? mark : mark == 'x';
    ssize_t length = fgetxattr(dirfd, "user.overlay.whiteouts", NULL, 0);
    if (length >= 0)
        return 1;
    return errno == ENODATA || errno == EOPNOTSUPP ? 0 : -errno;
}

int thing_is_whiteout(int dirfd, const char *name, const struct thing *thing)
{
    char path[THING_PATH_SIZE];
    if (S_ISCHR(thing->mode))
        return thing->rdev == 0;
    if (!S_ISREG(thing->mode) || thing->size != 0)
        return 0;
    if (lgetxattr(thing_path(path, dirfd, name), "user.overlay.whiteout", NULL, 0) < 0) {
        /* one that can't be read is none: overlayfs could not read it either */
        bool none = errno == ENODATA || errno == EOPNOTSUPP || errno == EACCES || errno == EPERM;
        return none ? 0 : -errno;
    }
    return has_marked_whiteouts(dirfd);
}

int thing_is_opaque(int dirfd)
{
    int mark = mark_of(dirfd);
    return mark < 0 ? mark : mark == 'y';
}

/* overlayfs shows nobody what begins with user.overlay. */
static const char new_mark[] = "user.overlay.sandbox-new";

static int has(int dirfd, const char *name)
{
    if (fgetxattr(dirfd, name, NULL, 0) >= 0)
        return 1;
    return errno == ENODATA || errno == EOPNOTSUPP ? 0 : -errno;
}

int thing_is_programs(int dirfd)
{
    int copy = has(dirfd, "user.overlay.origin");
    return copy != 0 ? copy : has(dirfd, new_mark);
}

int thing_note_new(int dirfd)
{
    return fsetxattr(dirfd, new_mark, "y", 1, 0) == 0 || errno == EOPNOTSUPP ? 0 : -errno;
}
