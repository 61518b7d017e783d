/* SPDX-License-Identifier: MIT
 *
 * probe_leaked_fd.c - uses a folder's fd that the caller left open.
 */
#include "escape/probe.h"
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    int fd;

    for (fd = 3; fd < 4096; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            return escaped(openat(fd, "secret", O_RDONLY) >= 0 ? "the secret" : "an open file");
    }
    return blocked("no open file");
}
