/* SPDX-License-Identifier: MIT
 *
 * tree.c - copies and removes folders. It follows no symbolic link below the folder that it is
 * given.
 */
#include "support/tree.h"

#include "base/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

/* nftw(3) gives its callback no argument. */
static const char *copy_from, *copy_to;

static int copy_file(const char *from, const char *to, mode_t mode)
{
    struct stat status;
    off_t left;
    autofd source = open(from, O_RDONLY | O_CLOEXEC);
    autofd target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (source < 0 || target < 0 || fstat(source, &status) != 0)
        return -1;
    for (left = status.st_size; left > 0;) {
        ssize_t count = sendfile(target, source, NULL, (size_t)left);

        if (count <= 0)
            return -1;
        left -= count;
    }
    return fchmod(target, (mode & 0100) != 0 ? 0755 : 0644);
}

static int copy_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    char to[PATH_MAX];

    (void)where;
    if (snprintf(to, sizeof(to), "%s%s", copy_to, path + strlen(copy_from)) >= (int)sizeof(to)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (type == FTW_D)
        return mkdir(to, 0755);
    if (type == FTW_F)
        return copy_file(path, to, status->st_mode);
    errno = EINVAL;
    return -1;
}

int tree_copy(const char *from, const char *to)
{
    copy_from = from;
    copy_to = to;
    return nftw(from, copy_entry, 16, FTW_PHYS);
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

int tree_remove(const char *path)
{
    return nftw(path, remove_entry, 16, FTW_PHYS | FTW_DEPTH | FTW_MOUNT);
}
