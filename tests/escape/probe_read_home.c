/* SPDX-License-Identifier: MIT
 *
 * probe_read_home.c - reads a file in the user's home: by its path, and round by links of /proc.
 */
#include "escape/probe.h"
#include <fcntl.h>
#include <unistd.h>

static int reads_secret(const char *path)
{
    char text[64] = "";
    int fd = open(path, O_RDONLY);

    return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 && strcmp(text, SECRET_TEXT) == 0;
}

int main(int argc, char **argv)
{
    static const char *const starts[] = {"", "/proc/self/root", "/proc/self/cwd/../../../../../..",
                                         "/proc/1/root", "/proc/1/cwd/../../../../.."};
    char path[4096];
    size_t i;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    for (i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
        snprintf(path, sizeof(path), "%s%s", starts[i], argv[SECRET]);
        if (reads_secret(path))
            return escaped(path);
    }
    return blocked(argv[SECRET]);
}
