/* SPDX-License-Identifier: MIT
 *
 * probe_write_readonly.c - writes where it may only read: its variant is a folder.
 */
#include "escape/probe.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char path[4096];

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    snprintf(path, sizeof(path), "%s/.sandbox-probe", argv[VARIANT]);
    if (open(path, O_WRONLY | O_CREAT | O_EXCL, 0600) >= 0 || mkdir(path, 0700) == 0 ||
        symlink("x", path) == 0) {
        if (unlink(path) != 0)
            rmdir(path);
        return escaped(path);
    }
    return blocked(path);
}
