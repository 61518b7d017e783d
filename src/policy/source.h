/* SPDX-License-Identifier: MIT
 *
 * source.h - finds the file of a profile and reads it whole.
 */
#ifndef POLICY_SOURCE_H
#define POLICY_SOURCE_H

#include "policy/diag.h"
#include "policy/outside.h"

/* What is asked for, and by whom. */
struct source_request {
    struct arena *arena; /* receives paths */
    struct diag *diag;
    const struct outside *outside;
    struct origin origin;  /* the line that extends it; file NULL where the caller named it */
    const char *name;      /* a path or a bare name */
    const char *extending; /* the path of the profile that extends it, or NULL */
    bool optional;         /* that it exists nowhere is no error */
};

struct source {
    const char *path;
    struct outside_file file; /* its fd is owned: close_fd() */
};

/* Opens the file of a profile, which must be a regular one. Returns 0, 1 where it is optional and
 * exists nowhere, or -1. */
int source_open(const struct source_request *request, struct source *source);

/* Reads all of it, and adds it to the request's texts. *text lives in the request's arena. */
int source_read(const struct source_request *request, const struct source *source,
                const struct text **text);

#endif
