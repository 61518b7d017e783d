/* SPDX-License-Identifier: MIT
 *
 * content.c - what is in files. A file may say that it is larger than any disk: what it takes to
 * go through one is what it really holds.
 */
#include "changes/content.h"
#include "base/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>

enum { PIECE = 65536 };

int content_open(int dirfd, const char *name, const struct thing *thing)
{
    struct thing now;
    autofd fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return errno == ELOOP || errno == ENXIO ? -ESTALE : -errno;
    int result = thing_look(fd, "", &now);
    if (result != 0)
        return result;
    return S_ISREG(now.mode) && thing_is(&now, thing) ? take_fd(&fd) : -ESTALE;
}

/* Where data begins at or behind `at`; the end of the file where there is none. */
static off_t next_data(int fd, off_t at, off_t size)
{
    off_t data = lseek(fd, at, SEEK_DATA);
    if (data >= 0)
        return data < size ? data : size;
    return errno == ENXIO ? size : at; /* a file system that knows no holes has none */
}

/* Where that data ends. */
static off_t data_end(int fd, off_t at, off_t size)
{
    off_t hole = lseek(fd, at, SEEK_HOLE);
    return hole >= 0 && hole < size ? hole : size;
}

/* All that is asked for, but for the end of the file. */
static ssize_t read_at(int fd, char *buffer, size_t count, off_t at)
{
    size_t used = 0;
    while (used < count) {
        ssize_t length = pread(fd, buffer + used, count - used, at + (off_t)used);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return -errno;
        if (length == 0)
            break;
        used += (size_t)length;
    }
    return (ssize_t)used;
}

static int piece_differs(int a, int b, off_t at, size_t count)
{
    char left[PIECE], right[PIECE];
    ssize_t left_length = read_at(a, left, count, at);
    ssize_t right_length = read_at(b, right, count, at);
    if (left_length < 0 || right_length < 0)
        return (int)(left_length < 0 ? left_length : right_length);
    return left_length != right_length || memcmp(left, right, (size_t)left_length) != 0;
}

int content_differs(int a, int b, uint64_t bytes)
{
    const off_t size = (off_t)bytes;
    for (off_t at = 0; at < size; at += PIECE) {
        if (size > 16L * PIECE) { /* what is a hole in both is the same */
            off_t left = next_data(a, at, size), right = next_data(b, at, size);
            at = left < right ? left : right;
            if (at == size)
                return 0;
        }
        size_t count = size - at < PIECE ? (size_t)(size - at) : PIECE;
        int result = piece_differs(a, b, at, count);
        if (result != 0)
            return result;
    }
    return 0;
}

static int write_at(int fd, const char *buffer, size_t count, off_t at)
{
    while (count) {
        ssize_t length = pwrite(fd, buffer, count, at);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            return length < 0 ? -errno : -EIO;
        buffer += length;
        count -= (size_t)length;
        at += length;
    }
    return 0;
}

/* From one place to the same in another file, by reading and writing. */
static int copy_bytes(int from, int to, off_t at, off_t end)
{
    char buffer[PIECE];
    while (at < end) {
        size_t count = end - at < PIECE ? (size_t)(end - at) : PIECE;
        ssize_t length = read_at(from, buffer, count, at);
        if (length <= 0)
            return length < 0 ? (int)length : -ESTALE; /* shorter than it was */
        int result = write_at(to, buffer, (size_t)length, at);
        if (result != 0)
            return result;
        at += length;
    }
    return 0;
}

static int copy_range(int from, int to, off_t at, off_t end)
{
    while (at < end) {
        off_t in = at, out = at;
        ssize_t length = copy_file_range(from, &in, to, &out, (size_t)(end - at), 0);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO || errno == EFBIG))
            return -errno;
        if (length <= 0) /* not between these file systems */
            return copy_bytes(from, to, at, end);
        at += length;
    }
    return 0;
}

int content_copy(int from, int to, uint64_t bytes)
{
    const off_t size = (off_t)bytes;
    if (size == 0 || ioctl(to, FICLONE, from) == 0)
        return 0;
    off_t end = 0;
    for (off_t at = 0; (at = next_data(from, at, size)) < size;) {
        end = data_end(from, at, size);
        int result = copy_range(from, to, at, end);
        if (result != 0)
            return result;
        at = end;
    }
    return end == size || ftruncate(to, size) == 0 ? 0 : -errno; /* a hole at the end */
}

char *content_link(int dirfd, const char *name)
{
    char *text = malloc(PATH_MAX + 1);
    if (!text)
        return NULL;
    ssize_t length = readlinkat(dirfd, name, text, PATH_MAX);
    if (length < 0) {
        int saved = errno;
        free(text);
        errno = saved;
        return NULL;
    }
    text[length] = '\0';
    return text;
}

int content_links_differ(int a_dir, int b_dir, const char *name)
{
    char *left = content_link(a_dir, name);
    char *right = left ? content_link(b_dir, name) : NULL;
    int result = left && right ? strcmp(left, right) != 0 : -errno;
    free(left);
    free(right);
    return result;
}
