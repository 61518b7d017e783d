/* SPDX-License-Identifier: MIT
 *
 * probe_fill.c - fills a place with 256 MB, or with 40,000 files: its variant is the folder, after
 * a
 * "#" where files are meant.
 */
#include "escape/probe.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MEGABYTES = 256, FILES = 40000 };

static int fill_bytes(const char *folder)
{
    static char piece[1 << 20];
    char path[4096];
    int fd, i, failed = 0;

    snprintf(path, sizeof(path), "%s/sandbox-probe-file", folder);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd < 0)
        return blocked(path);
    unlink(path);
    memset(piece, 1, sizeof(piece));
    for (i = 0; i < MEGABYTES && !failed; i++)
        failed = write(fd, piece, sizeof(piece)) != (ssize_t)sizeof(piece);
    printf("%d MB\n", i);
    return failed ? blocked(folder) : escaped(folder);
}

static int fill_names(const char *folder)
{
    char path[4096];
    int fd, i, count, error = 0;

    snprintf(path, sizeof(path), "%s/sandbox-probe-files", folder);
    if (mkdir(path, 0700) != 0 || chdir(path) != 0)
        return blocked(path);
    for (count = 0; count < FILES && error == 0; count++) {
        snprintf(path, sizeof(path), "%d", count);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
        if (fd < 0)
            error = errno;
        else
            close(fd);
    }
    for (i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%d", i);
        unlink(path);
    }
    if (chdir("..") == 0)
        rmdir("sandbox-probe-files");
    printf("%d files\n", count);
    errno = error;
    return error != 0 ? blocked(folder) : escaped(folder);
}

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (argv[VARIANT][0] == '#')
        return fill_names(argv[VARIANT] + 1);
    return fill_bytes(argv[VARIANT]);
}
