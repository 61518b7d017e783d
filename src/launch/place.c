/* SPDX-License-Identifier: MIT
 *
 * place.c - walks by the kernel's own rules, in the root of the thread that asks.
 *
 * Sources: proc(5) (root, cwd, fd), openat2(2), faccessat2(2).
 */
#include "launch/place.h"
#include "base/fd.h"
#include "base/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef SYS_faccessat2
#define SYS_faccessat2 439 /* Linux 5.8, on every architecture */
#endif

enum {
    DEPTH_MAX = 64, /* parts of a path that may be missing */
    LINKS_MAX = 8,  /* links that lead to what is not there */
};

#define DELETED " (deleted)" /* behind the path of what has no name, see proc(5) */

/* What a link of /proc says; false where it can't be read, or names no file. */
static bool read_link(const char *link, char text[PATH_MAX])
{
    const ssize_t got = readlink(link, text, PATH_MAX - 1);
    if (got <= 0 || text[0] != '/')
        return false;
    text[got] = '\0';
    return true;
}

bool place_normal(const char *path, char normal[PATH_MAX])
{
    size_t used = 0;
    for (const char *part = path; *part;) {
        part += strspn(part, "/");
        const size_t length = strcspn(part, "/");
        if (length == 2 && part[0] == '.' && part[1] == '.') {
            while (used && normal[--used] != '/')
                continue;
        } else if (length && !(length == 1 && *part == '.')) {
            if (used + length + 2 > PATH_MAX)
                return false;
            normal[used++] = '/';
            memcpy(normal + used, part, length);
            used += length;
        }
        part += length;
    }
    if (!used)
        normal[used++] = '/';
    normal[used] = '\0';
    return true;
}

/* Puts the directory that a relative path starts from in front. */
static bool join(pid_t tid, int directory, const char *path, char joined[PATH_MAX])
{
    char link[64], base[PATH_MAX] = "";
    if (directory == AT_FDCWD)
        snprintf(link, sizeof(link), "/proc/%d/cwd", (int)tid);
    else
        snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)tid, directory);
    if (path[0] != '/' && !read_link(link, base))
        return false;
    const int length = snprintf(joined, PATH_MAX, "%s%s%s", base, *base ? "/" : "", path);
    return length > 0 && length < PATH_MAX;
}

static int open_in(int root, const char *path, bool is_link)
{
    path += strspn(path, "/");
    const long fd =
        sys_openat2(root, *path ? path : ".", O_PATH | O_CLOEXEC | (is_link ? O_NOFOLLOW : 0), 0,
                    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    return (int)fd;
}

/* Fills in what place->fd is. */
static bool look_at(struct place *place, char real[PATH_MAX])
{
    char link[64];
    struct stat st;
    struct statfs fs;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", place->fd);
    if (fstat(place->fd, &st) != 0 || fstatfs(place->fd, &fs) != 0 || !read_link(link, real))
        return false;
    /* A file of ours that is mounted has no name of its own any more. */
    const size_t length = strlen(real), end = sizeof(DELETED) - 1;
    if (st.st_nlink == 0 && length > end && strcmp(real + length - end, DELETED) == 0)
        real[length - end] = '\0';
    place->type = st.st_mode & S_IFMT;
    place->flags = (uint64_t)fs.f_flags;
    return true;
}

/* Goes up until something is there; what is missing stays behind the real path. */
static bool look_above(int root, struct place *place)
{
    char above[PATH_MAX], real[PATH_MAX];
    memcpy(above, place->path, sizeof(above));
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        char *slash = strrchr(above, '/');
        if (!slash || above[1] == '\0')
            return false;
        *slash = '\0';
        place->fd = open_in(root, above, false);
        if (place->fd < 0)
            continue;
        if (!look_at(place, real))
            return false;
        const char *rest = place->path + strlen(above);
        const int length =
            snprintf(place->real, sizeof(place->real), "%s%s", real[1] ? real : "", rest);
        place->direct = depth == 0 && S_ISDIR(place->type);
        return length > 0 && length < (int)sizeof(place->real);
    }
    return false;
}

/* Where a link on the way leads to what is not there: puts what it says in its place. */
static bool expand(int root, char path[PATH_MAX])
{
    char above[PATH_MAX], content[PATH_MAX], joined[PATH_MAX];
    snprintf(above, sizeof(above), "%s", path);
    for (int depth = 0; depth < DEPTH_MAX && above[0]; depth++) {
        struct stat st;
        const char *rest = path + strlen(above);
        autofd fd = open_in(root, above, true);
        if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISLNK(st.st_mode)))
            return false; /* from here on things are missing themselves */
        char *slash = strrchr(above, '/');
        if (fd >= 0) {
            const ssize_t got = readlinkat(fd, "", content, sizeof(content) - 1);
            content[got > 0 ? got : 0] = '\0';
            *(content[0] == '/' ? above : slash) = '\0';
            const int length = snprintf(joined, sizeof(joined), "%s/%s%s", above, content, rest);
            return got > 0 && length < (int)sizeof(joined) && place_normal(joined, path);
        }
        *slash = '\0';
    }
    return false;
}

int place_look(pid_t tid, int directory, const char *path, bool is_link, struct place *place)
{
    char joined[PATH_MAX], link[64];
    *place = (struct place){.fd = -1};
    if (!*path || !join(tid, directory, path, joined) || !place_normal(joined, place->path))
        return -1;
    snprintf(link, sizeof(link), "/proc/%d/root", (int)tid);
    autofd root = open(link, O_PATH | O_CLOEXEC | O_DIRECTORY);
    if (root < 0)
        return -1;
    place->fd = open_in(root, joined, is_link);
    for (int links = 0; place->fd == -ENOENT && !is_link && links < LINKS_MAX; links++) {
        if (!expand(root, place->path))
            break;
        place->fd = open_in(root, place->path, is_link);
    }
    if (place->fd < 0)
        place->error = -place->fd;
    if (place->error ? look_above(root, place) : look_at(place, place->real))
        return 0;
    place_close(place);
    return -1;
}

void place_close(struct place *place)
{
    close_fd(&place->fd);
}

int place_permits(const struct place *place, int mode)
{
    return (int)-sys(SYS_faccessat2, place->fd, "", mode, AT_EMPTY_PATH | AT_EACCESS, 0);
}
