/* SPDX-License-Identifier: MIT
 *
 * probe_reopen_stdin.c - changes its input file: through the link in /proc, which leads to the
 * file on whatever mount it was opened on, or through the open file itself.
 */
#include "escape/probe.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int reopen(int flags)
{
    static const char *const ways[] = {"/proc/self/fd/0", "/dev/stdin", "/dev/fd/0",
                                       "/proc/thread-self/fd/0"};
    size_t i;

    for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        if (open(ways[i], flags) >= 0)
            return 0;
    }
    return -1;
}

static int try(char **argv)
{
    if (is_variant(argv, "write"))
        return reopen(O_WRONLY);
    if (is_variant(argv, "truncate"))
        return reopen(O_RDWR | O_TRUNC);
    if (is_variant(argv, "fchmod"))
        return fchmod(0, 0666);
    return chmod("/proc/self/fd/0", 0666);
}

int main(int argc, char **argv)
{
    struct stat status;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (fstat(0, &status) != 0 || !S_ISREG(status.st_mode) || reopen(O_RDONLY) != 0)
        return broken("stdin is not a file that can be opened once more for reading");
    return judge_call(argv[VARIANT], try(argv));
}
