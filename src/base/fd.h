/* SPDX-License-Identifier: MIT
 *
 * fd.h - ownership of file descriptors and heap memory by scope.
 *
 * An fd variable starts at -1 and closes itself when its scope ends; take_fd() hands it over.
 */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <stdlib.h>
#include <unistd.h>

static inline void fd_cleanup(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void free_cleanup(void *pointer)
{
    free(*(void **)pointer);
}

#define autofd   __attribute__((cleanup(fd_cleanup))) int
#define autofree __attribute__((cleanup(free_cleanup)))

/* Hands over the fd: the variable is -1 afterwards. */
static inline int take_fd(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

/* Closes an fd that is held in a structure, and marks it closed. -1 is allowed. */
static inline void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

#endif
