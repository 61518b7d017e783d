/* SPDX-License-Identifier: MIT
 *
 * reportfile.c - the file that --report names.
 */
#include "reportfile.h"
#include "descriptor.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SET_ASIDE = 16 * 1024 };

/* Nobody can foresee the name, so nothing stands there. It does not grow with the report's own. */
static int choose_name(struct report_file *file)
{
    unsigned long long bits;
    if (getrandom(&bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
        return -EIO;
    snprintf(file->temporary, sizeof(file->temporary), ".report-%016llx", bits);
    return 0;
}

/* The directory, and the name there, of the file that `path` leads to: a link stays a link. */
static int find_folder(struct report_file *file, const char *path)
{
    struct stat status;
    bool is_link = lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
    char *whole = is_link ? realpath(path, NULL) : strdup(path);
    if (!whole)
        return -errno;
    char *slash = strrchr(whole, '/');
    file->name = strdup(slash ? slash + 1 : whole);
    if (slash)
        slash[1] = '\0';
    int ret = -ENOMEM;
    if (file->name) {
        file->folder = open(slash ? whole : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
        ret = file->folder < 0 ? -errno : *file->name ? 0 : -ENOENT;
    }
    free(whole);
    return ret;
}

/* A file without a name leaves nothing behind when the launcher is killed. Not every file system
 * has them, nor does each that has none say so with the same error. */
static int open_successor(struct report_file *file)
{
    file->fd = openat(file->folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (file->fd >= 0)
        return 0;
    int ret = choose_name(file);
    if (ret < 0) {
        file->temporary[0] = '\0';
        return ret;
    }
    file->fd = openat(file->folder, file->temporary,
                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file->fd >= 0)
        return 0;
    ret = -errno;
    file->temporary[0] = '\0';
    return ret;
}

/* A report is no secret, but nobody else may write it. */
static int prepare_successor(struct report_file *file, const char *path)
{
    int ret = find_folder(file, path);
    if (ret == 0)
        ret = open_successor(file);
    if (ret < 0)
        return ret;
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(file->fd, 0644 & ~mask) != 0)
        return -errno;
    ret = posix_fallocate(file->fd, 0, SET_ASIDE);
    return ret == EOPNOTSUPP || ret == EINVAL ? 0 : -ret;
}

/* main() has put something in the place of a closed stdin, stdout or stderr: a report written there
 * would be lost. */
static int open_descriptor(int number, unsigned closed)
{
    return number < 3 && (closed & 1U << number) ? -EBADF : descriptor_share(number);
}

static int open_path(struct report_file *file, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return errno == ENOENT ? prepare_successor(file, path) : -errno;
    if (S_ISREG(status.st_mode))
        return prepare_successor(file, path);
    if (S_ISDIR(status.st_mode))
        return -EISDIR;
    file->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return file->fd < 0 ? -errno : 0;
}

int report_file_open(struct report_file *file, const char *path, unsigned closed)
{
    int ret = 0;
    *file = (struct report_file){.fd = -1, .folder = -1};
    if (!path)
        return 0;
    int number = descriptor_meant(path);
    if (number < 0)
        ret = open_path(file, path);
    else
        ret = file->fd = open_descriptor(number, closed);
    if (ret < 0)
        report_file_abandon(file);
    return ret < 0 ? ret : 0;
}

void report_file_abandon(struct report_file *file)
{
    if (file->temporary[0])
        unlinkat(file->folder, file->temporary, 0);
    if (file->fd >= 0)
        close(file->fd);
    if (file->folder >= 0)
        close(file->folder);
    free(file->name);
    *file = (struct report_file){.fd = -1, .folder = -1};
}

/* The program may have made a pipe that it shared with us non-blocking. */
static int write_whole(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(fd, text, length);
        struct pollfd room = {.fd = fd, .events = POLLOUT};
        if (wrote > 0) {
            text += wrote;
            length -= (size_t)wrote;
        } else if (wrote < 0 && errno == EAGAIN) {
            poll(&room, 1, -1);
        } else if (wrote < 0 && errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

/* Only the rename is seen by those who look at `path`, so that it never is absent or half there. A
 * file that has no name can't replace another one at once. */
static int replace(struct report_file *file, size_t length)
{
    char own[sizeof("/proc/self/fd/-2147483648")];
    int ret;
    if (ftruncate(file->fd, (off_t)length) != 0)
        return -errno;
    if (!file->temporary[0]) {
        snprintf(own, sizeof(own), "/proc/self/fd/%d", file->fd);
        ret = choose_name(file);
        if (ret == 0 &&
            linkat(AT_FDCWD, own, file->folder, file->temporary, AT_SYMLINK_FOLLOW) != 0)
            ret = -errno;
        if (ret < 0) {
            file->temporary[0] = '\0';
            return ret;
        }
    }
    if (renameat(file->folder, file->temporary, file->folder, file->name) != 0)
        return -errno;
    file->temporary[0] = '\0';
    return 0;
}

int report_file_finish(struct report_file *file, const char *text, size_t length)
{
    /* A reader that has gone is an error to tell, not a death. */
    signal(SIGPIPE, SIG_IGN);
    int ret = write_whole(file->fd, text, length);
    if (ret == 0 && file->name)
        ret = replace(file, length);
    report_file_abandon(file);
    return ret;
}
