/* SPDX-License-Identifier: MIT
 *
 * reportfile.c - the file that --report names.
 */
#include "reportfile.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SET_ASIDE = 16 * 1024 };

/* A report is no secret, but nobody else may write it. */
static int open_temporary(struct report_file *file)
{
    if (asprintf(&file->temporary, "%s.XXXXXX", file->path) < 0) {
        file->temporary = NULL;
        report_file_abandon(file);
        return -ENOMEM;
    }
    file->fd = mkostemp(file->temporary, O_CLOEXEC);
    if (file->fd < 0) {
        int error = errno;
        free(file->temporary);
        file->temporary = NULL;
        report_file_abandon(file);
        return -error;
    }
    mode_t mask = umask(0);
    umask(mask);
    int ret = posix_fallocate(file->fd, 0, SET_ASIDE);
    if (fchmod(file->fd, 0644 & ~mask) == 0 && (ret == 0 || ret == EOPNOTSUPP || ret == EINVAL))
        return 0;
    ret = ret ? ret : errno;
    report_file_abandon(file);
    return -ret;
}

int report_file_open(struct report_file *file, const char *path)
{
    struct stat status;
    *file = (struct report_file){.path = path, .fd = -1};
    if (!path)
        return 0;
    /* A link stays a link: what it leads to is replaced. */
    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
        file->resolved = realpath(path, NULL);
        if (!file->resolved)
            return -errno;
        file->path = path = file->resolved;
    }
    if (stat(path, &status) != 0 || S_ISREG(status.st_mode))
        return open_temporary(file);
    int ret = -EISDIR;
    if (!S_ISDIR(status.st_mode)) {
        file->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        ret = file->fd < 0 ? -errno : 0;
    }
    if (ret < 0)
        report_file_abandon(file);
    return ret;
}

void report_file_abandon(struct report_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->temporary)
        unlink(file->temporary);
    free(file->temporary);
    free(file->resolved);
    file->temporary = file->resolved = NULL;
    file->fd = -1;
}

static int write_whole(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(fd, text, length);
        if (wrote < 0 && errno != EINTR)
            return -errno;
        if (wrote > 0) {
            text += wrote;
            length -= (size_t)wrote;
        }
    }
    return 0;
}

int report_file_finish(struct report_file *file, const char *text, size_t length)
{
    int ret = write_whole(file->fd, text, length);
    if (ret == 0 && file->temporary && ftruncate(file->fd, (off_t)length) != 0)
        ret = -errno;
    if (ret == 0 && file->temporary && rename(file->temporary, file->path) != 0)
        ret = -errno;
    if (ret == 0) {
        free(file->temporary);
        file->temporary = NULL;
    }
    report_file_abandon(file);
    return ret;
}
