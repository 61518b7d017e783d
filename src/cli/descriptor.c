/* SPDX-License-Identifier: MIT
 *
 * descriptor.c - paths that mean a descriptor that is open already.
 *
 * Such a path must not be resolved and opened anew: a file would be written from its start, or
 * replaced behind the back of those who hold it open, and a pipe of another user can't be opened a
 * second time.
 */
#include "descriptor.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_LINKS = 40 }; /* as the kernel has it */

/* The number that a name in a directory of descriptors is, as the kernel reads it; -1 for none. */
static int number_of(const char *name)
{
    long number = 0;
    if (!*name || (name[0] == '0' && name[1]))
        return -1;
    for (; *name >= '0' && *name <= '9'; name++)
        if (number < INT_MAX / 10)
            number = number * 10 + (*name - '0');
    return *name ? -1 : (int)number;
}

/* By its name too, for a directory /dev may lack the links. */
static bool holds_own_descriptors(const char *folder)
{
    static const char *const own[] = {"/proc/self/fd", "/proc/thread-self/fd"};
    char given[PATH_MAX], resolved[PATH_MAX];
    if (strcmp(folder, "/dev/fd") == 0)
        return true;
    if (!realpath(folder, given))
        return false;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        if (realpath(own[i], resolved) && strcmp(given, resolved) == 0)
            return true;
    return false;
}

static int standard_name(const char *path)
{
    static const char *const names[] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
    for (int i = 0; i < 3; i++)
        if (strcmp(path, names[i]) == 0)
            return i;
    return -1;
}

/* Puts what the link `path` holds in its place. False where it is no link, or too long. */
static bool follow(char path[PATH_MAX], size_t folder_length)
{
    char target[PATH_MAX], joined[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof(target) - 1);
    if (length <= 0)
        return false;
    target[length] = '\0';
    size_t kept = target[0] == '/' ? 0 : folder_length;
    if (kept + (size_t)length >= PATH_MAX)
        return false;
    memcpy(joined, path, kept);
    memcpy(joined + kept, target, (size_t)length + 1);
    memcpy(path, joined, kept + (size_t)length + 1);
    return true;
}

int descriptor_meant(const char *path)
{
    char at[PATH_MAX], folder[PATH_MAX];
    if (strlen(path) >= sizeof(at))
        return -1;
    memcpy(at, path, strlen(path) + 1);
    for (int links = 0; links <= MAX_LINKS; links++) {
        const char *slash = strrchr(at, '/');
        const char *name = slash ? slash + 1 : at;
        size_t length = (size_t)(name - at); /* with the slash */
        int number = standard_name(at);
        if (number >= 0)
            return number;
        /* "/" is a directory, and so is "." where there is no slash. */
        snprintf(folder, sizeof(folder), "%.*s", (int)(length > 1 ? length - 1 : length), at);
        number = number_of(name);
        if (number >= 0 && holds_own_descriptors(length ? folder : "."))
            return number;
        if (!follow(at, length))
            return -1;
    }
    return -1;
}

int descriptor_share(int number)
{
    int flags = fcntl(number, F_GETFL);
    if (flags < 0 || (flags & O_PATH) || (flags & O_ACCMODE) == O_RDONLY)
        return -EBADF;
    int fd = fcntl(number, F_DUPFD_CLOEXEC, 3);
    return fd < 0 ? -errno : fd;
}
