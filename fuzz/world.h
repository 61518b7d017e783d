/* SPDX-License-Identifier: MIT
 *
 * world.h - a made-up world for the loader: files, variables and overrides, cut out of one input.
 *
 * An input is text. It starts with the profile that is loaded; a line that starts with "--- " says
 * what comes behind it:
 *
 *     --- file NAME      a profile: the lines below
 *     --- link NAME      one more name of the file above
 *     --- dir NAME       --- fifo NAME        no regular file
 *     --- denied NAME    EACCES to whoever opens it; a directory that may not be searched
 *     --- broken NAME    EIO to whoever reads it
 *     --- grows NAME     a profile that has more bytes when it is read than when it was opened
 *     --- huge NAME      one that claims to be longer than a profile may be
 *     --- env NAME=VALUE
 *     --- set SECTION.KEY=VALUE
 *     --- name NAME      what is loaded, in place of the first profile
 *
 * A NAME without '/' is NAME.ini in the folder of the first profile.
 */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include "base/arena.h"
#include "policy/load.h"

enum { WORLD_FILES = 80, WORLD_VARIABLES = 16, WORLD_OVERRIDES = 16 };

/* The path of the first profile. */
#define WORLD_PROFILE "/p/main.ini"

enum world_kind {
    WORLD_FILE,
    WORLD_LINK,
    WORLD_DIR,
    WORLD_FIFO,
    WORLD_DENIED,
    WORLD_BROKEN,
    WORLD_GROWS,
    WORLD_HUGE,
    WORLD_ENV,
    WORLD_SET,
    WORLD_NAME,
};

struct world_file {
    const char *path;
    enum world_kind kind;
    unsigned inode;
    char *start;
    size_t length;
    size_t offset; /* up to where it was read */
};

struct world {
    struct outside outside; /* its context is this world: it may not be moved */
    struct arena arena;
    struct world_file files[WORLD_FILES];
    size_t file_count;
    const char *variables[WORLD_VARIABLES]; /* NAME=VALUE */
    size_t variable_count;
    const char *overrides[WORLD_OVERRIDES];
    size_t override_count;
    const char *name; /* of what is loaded */
};

/* Makes the world of an input, which it copies. Free it with world_free(). */
void world_make(struct world *world, const void *data, size_t size);

/* A world of one profile, with neither variables nor overrides. */
void world_of_one(struct world *world, const void *text, size_t length);

/* Loads what the world is about, as policy_read() does. */
int world_read(struct world *world, struct diag *diag, struct sbx_policy **policy);

/* Makes a comment of a line of a file, or takes an override away: `origin` is that of an error.
 * Returns whether it could. */
bool world_repair(struct world *world, struct origin origin);

void world_free(struct world *world);

#endif
