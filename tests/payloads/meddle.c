/* SPDX-License-Identifier: MIT
 *
 * meddle.c - does something to a file that its owner would not like: meddle WAY [PATH]. The ways
 * without a path are after stdin or stdout. Exit status 0 where it worked, else 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SET_IDS = 06755 };

struct how { /* struct open_how, which older headers lack */
    uint64_t flags, mode, resolve;
};

static int on_stdio(const char *way)
{
    if (strcmp(way, "fchmod") == 0)
        return fchmod(1, SET_IDS);
    if (strcmp(way, "fchmod-link") == 0)
        return chmod("/proc/self/fd/1", SET_IDS);
    if (strcmp(way, "truncate") == 0)
        return ftruncate(1, 0);
    if (strcmp(way, "reopen") == 0)
        return open("/proc/self/fd/1", O_WRONLY | O_TRUNC);
    if (strcmp(way, "overwrite") == 0)
        return pwrite(open("/proc/self/fd/1", O_RDWR), "meddled", 7, 0) == 7 ? 0 : -1;
    if (strcmp(way, "seek") == 0) /* not with O_APPEND */
        return lseek(1, 0, SEEK_SET) == 0 && write(1, "meddled", 7) == 7 ? 0 : -1;
    if (strcmp(way, "stdin-write") == 0)
        return pwrite(0, "meddled", 7, 0) == 7 ? 0 : -1;
    if (strcmp(way, "stdin-truncate") == 0)
        return ftruncate(0, 0);
    if (strcmp(way, "stdin-open") == 0) /* stdin as a directory */
        return openat(0, "secret", O_RDONLY);
    if (strcmp(way, "stdin-reopen") == 0)
        return open("/proc/self/fd/0", O_RDONLY);
    errno = EINVAL;
    return -1;
}

static int on_path(const char *way, const char *path)
{
    struct how how = {.flags = O_WRONLY | O_CREAT, .mode = SET_IDS};

    if (strcmp(way, "chmod") == 0)
        return chmod(path, SET_IDS);
    if (strcmp(way, "plain-chmod") == 0)
        return chmod(path, 0751);
    if (strcmp(way, "fchmodat") == 0)
        return fchmodat(AT_FDCWD, path, SET_IDS, 0);
    if (strcmp(way, "fchmodat2") == 0)
        return (int)syscall(452, AT_FDCWD, path, SET_IDS, 0);
    if (strcmp(way, "open") == 0)
        return open(path, O_WRONLY | O_CREAT, SET_IDS);
    if (strcmp(way, "openat2") == 0)
        return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
    if (strcmp(way, "creat") == 0)
        return creat(path, SET_IDS);
    if (strcmp(way, "mknod") == 0)
        return mknod(path, S_IFREG | SET_IDS, 0);
    errno = EINVAL;
    return -1;
}

int main(int argc, char **argv)
{
    int result;

    if (argc < 2)
        return 2;
    umask(0);
    result = argc > 2 ? on_path(argv[1], argv[2]) : on_stdio(argv[1]);
    if (result < 0)
        perror(argv[1]);
    return result < 0;
}
