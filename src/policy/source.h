/* SPDX-License-Identifier: MIT
 *
 * source.h - finds the file of a profile and reads it whole.
 */
#ifndef POLICY_SOURCE_H
#define POLICY_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What is asked for, and by whom. */
struct source_request {
    struct arena *arena; /* receives paths */
    struct sbx_error *error;
    struct origin origin;  /* the line that extends it; file NULL where the caller named it */
    const char *name;      /* a path or a bare name */
    const char *extending; /* the path of the profile that extends it, or NULL */
    bool optional;         /* that it exists nowhere is no error */
};

struct source {
    int fd; /* owned: close_fd() */
    const char *path;
    dev_t device;
    ino_t inode;
    size_t size; /* as fstat(2) told; the file may change */
};

/* Opens the file of a profile, which must be a regular one. Returns 0, 1 where it is optional and
 * exists nowhere, or -1. */
int source_open(const struct source_request *request, struct source *source);

/* Reads all of it. *text is owned by the caller: free(). */
int source_read(const struct source *source, char **text, size_t *length, struct sbx_error *error);

#endif
