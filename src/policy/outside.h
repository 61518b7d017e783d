/* SPDX-License-Identifier: MIT
 *
 * outside.h - all that the loading of a profile asks of the world: files and variables. A test or a
 * fuzzer makes up a world of its own.
 */
#ifndef POLICY_OUTSIDE_H
#define POLICY_OUTSIDE_H

#include "base/arena.h"
#include "policy/suggest.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

enum { PROFILE_BYTES = 1024 * 1024 }; /* no profile may be longer */

/* A file that was opened. */
struct outside_file {
    int fd; /* -1 where the world is made up; owned: close_fd() */
    mode_t mode;
    dev_t device; /* device and inode tell whether two paths are one file */
    ino_t inode;
    uint64_t size;
    const void *data; /* for the world's own use */
};

struct outside {
    void *context; /* the first argument of each function */

    /* Opens a file, and reads `size` bytes at the most. Both return what the system call would,
     * with errno set. open() never waits, whatever the file is. */
    int (*open)(void *context, const char *path, struct outside_file *file);
    ssize_t (*read)(void *context, const struct outside_file *file, void *buffer, size_t size);

    /* Whether the directory may not be searched by this user. */
    bool (*closed)(void *context, const char *directory);

    /* A variable of the environment; NULL where it is not set. */
    const char *(*variable)(void *context, const char *name);

    /* The real path of a directory; NULL where there is none. Owned by the arena. */
    const char *(*directory)(void *context, struct arena *arena, const char *path);

    /* The path of the running program up to and with its last slash; NULL where it can't be told.
     */
    const char *(*program)(void *context, struct arena *arena);

    /* Offers the names of a directory's profiles, without ".ini". "" is the current directory. */
    void (*names)(void *context, const char *directory, struct suggest *suggest);
};

/* This machine. */
extern const struct outside outside_machine;

#endif
