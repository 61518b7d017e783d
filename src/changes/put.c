/* SPDX-License-Identifier: MIT
 *
 * put.c - puts one thing into a directory.
 */
#include "changes/put.h"
#include "base/fd.h"
#include "base/sys.h"
#include "changes/attributes.h"
#include "changes/content.h"
#include "changes/remove.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/xattr.h>

/* ---- into its place ------------------------------------------------------------------------- */

enum { TEMPORARY_SIZE = 32 };

static int make_temporary_name(char name[TEMPORARY_SIZE])
{
    uint64_t number;
    if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
        return -EIO;
    snprintf(name, TEMPORARY_SIZE, ".sandbox-%016llx", (unsigned long long)number);
    return 0;
}

/* Renames what was made as `temporary`. A directory can't be replaced by a file, nor the reverse:
 * the two change places, and the old one goes. */
static int move_in(const struct put *put, const char *temporary)
{
    bool old_directory = put->old && S_ISDIR(put->old->mode);
    bool new_directory = S_ISDIR(put->thing->mode);
    int result = 0;
    if (put->old && (old_directory || new_directory)) {
        if (renameat2(put->to, temporary, put->to, put->name, RENAME_EXCHANGE) == 0)
            return remove_tree(put->to, temporary);
        if (errno == EINVAL || errno == ENOSYS) /* this file system has no exchange */
            result = remove_tree(put->to, put->name);
        else
            result = -errno;
    }
    if (result == 0 && renameat(put->to, temporary, put->to, put->name) != 0)
        result = -errno;
    /* what is renamed to another name of the same file stays */
    unlinkat(put->to, temporary, new_directory ? AT_REMOVEDIR : 0);
    return result;
}

/* Gives an open file its name. */
static int name_in(const struct put *put, int fd)
{
    char path[THING_PATH_SIZE], temporary[TEMPORARY_SIZE];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (!put->old) {
        if (linkat(AT_FDCWD, path, put->to, put->name, AT_SYMLINK_FOLLOW) == 0)
            return 0;
        return -errno;
    }
    int result = make_temporary_name(temporary);
    if (result != 0)
        return result;
    if (linkat(AT_FDCWD, path, put->to, temporary, AT_SYMLINK_FOLLOW) != 0)
        return -errno;
    return move_in(put, temporary);
}

int put_name(const struct put *put, int fd)
{
    return name_in(put, fd);
}

/* ---- files ---------------------------------------------------------------------------------- */

mode_t put_mode(const struct thing *thing)
{
    mode_t mode = thing->mode & 07777 & ~(mode_t)S_ISUID;
    return S_ISDIR(thing->mode) ? mode : mode & ~(mode_t)S_ISGID;
}

/* The time of modification alone. */
static void fill_times(struct timespec times[2], const struct thing *thing)
{
    times[0] = (struct timespec){.tv_nsec = UTIME_OMIT};
    times[1] = thing->mtime;
}

/* All of a file but its name. What replaces a file of somebody else's stays his where the caller
 * may give it to him. */
static int fill_file(const struct put *put, int from, int to)
{
    struct timespec times[2];
    fill_times(times, put->thing);
    if (put->old && (put->old->uid != geteuid() || put->old->gid != getegid()) &&
        fchown(to, put->old->uid, put->old->gid) != 0 && errno != EPERM && errno != EINVAL)
        return -errno;
    int result = content_copy(from, to, put->thing->size);
    if (result == 0)
        result = attributes_copy(from, to);
    if (result == 0 && (fchmod(to, put_mode(put->thing)) != 0 || futimens(to, times) != 0))
        result = -errno;
    return result;
}

/* On a file system that has no files without a name. */
static int put_named_file(const struct put *put, int from)
{
    char temporary[TEMPORARY_SIZE];
    int result = make_temporary_name(temporary);
    if (result != 0)
        return result;
    autofd to =
        openat(put->to, temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (to < 0)
        return -errno;
    result = fill_file(put, from, to);
    if (result == 0)
        return move_in(put, temporary);
    unlinkat(put->to, temporary, 0);
    return result;
}

int put_file(const struct put *put)
{
    autofd from = content_open(put->from, put->name, put->thing);
    if (from < 0)
        return from;
    autofd to = openat(put->to, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
    if (to < 0)
        return errno == EOPNOTSUPP || errno == EISDIR || errno == ENOENT ? put_named_file(put, from)
                                                                         : -errno;
    int result = fill_file(put, from, to);
    return result != 0 ? result : name_in(put, to);
}

/* ---- what has no content -------------------------------------------------------------------- */

/* Times for what was made as `temporary`, and its place. */
static int finish(const struct put *put, const char *temporary)
{
    struct timespec times[2];
    fill_times(times, put->thing);
    if (utimensat(put->to, temporary, times, AT_SYMLINK_NOFOLLOW) != 0) {
        int result = -errno;
        unlinkat(put->to, temporary, 0);
        return result;
    }
    return move_in(put, temporary);
}

int put_link(const struct put *put)
{
    char temporary[TEMPORARY_SIZE];
    autofree char *text = content_link(put->from, put->name);
    if (!text)
        return -errno;
    int result = make_temporary_name(temporary);
    if (result != 0)
        return result;
    return symlinkat(text, put->to, temporary) == 0 ? finish(put, temporary) : -errno;
}

/* mkfifo(3) heeds the umask; chmod(2) would follow a link. */
static int set_fifo_mode(const struct put *put, const char *temporary)
{
    char path[THING_PATH_SIZE];
    struct thing made;
    autofd fd = openat(put->to, temporary, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || thing_look(fd, "", &made) != 0)
        return -errno;
    if (!S_ISFIFO(made.mode))
        return -ESTALE;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return chmod(path, put_mode(put->thing)) == 0 ? 0 : -errno;
}

int put_fifo(const struct put *put)
{
    char temporary[TEMPORARY_SIZE];
    int result = make_temporary_name(temporary);
    if (result != 0)
        return result;
    if (mkfifoat(put->to, temporary, 0600) != 0)
        return -errno;
    result = set_fifo_mode(put, temporary);
    if (result == 0)
        return finish(put, temporary);
    unlinkat(put->to, temporary, 0);
    return result;
}

/* ---- directories ---------------------------------------------------------------------------- */

int put_opaque(int dirfd)
{
    return fsetxattr(dirfd, "user.overlay.opaque", "y", 1, 0) == 0 ? 0 : -errno;
}

/* Marks a directory that was just made, and is no link. */
static int mark(int dirfd, const char *name)
{
    long fd = sys_openat2(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0,
                          RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
    if (fd < 0)
        return (int)fd;
    int result = put_opaque((int)fd);
    close((int)fd);
    return result;
}

int put_directory(const struct put *put, bool opaque)
{
    char temporary[TEMPORARY_SIZE];
    int result = make_temporary_name(temporary);
    if (result != 0)
        return result;
    const char *made = put->old || opaque ? temporary : put->name;
    if (mkdirat(put->to, made, 0700) != 0)
        return -errno;
    result = opaque ? mark(put->to, made) : 0;
    if (result == 0)
        return made == temporary ? move_in(put, temporary) : 0;
    unlinkat(put->to, made, AT_REMOVEDIR);
    return result;
}
