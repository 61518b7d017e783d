/* SPDX-License-Identifier: MIT
 *
 * probe_readonly_fifo.c - talks to the host through a named pipe that it is shown read-only. A
 * read-only mount keeps nobody from writing to a pipe.
 */
#include "escape/probe.h"
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    static const char path[] = "/lent/fifo";
    int fd;

    if (access(path, F_OK) != 0)
        return broken(path);
    fd = open(path, O_RDWR | O_NONBLOCK);
    if (fd < 0)
        return blocked(path);
    return judge_call("write", write(fd, "x", 1));
}
