/* SPDX-License-Identifier: MIT
 *
 * mounts.h - what the files of bench_mounts share: which places are shown, and the launchers that
 * the command is compared with.
 */
#ifndef BENCH_MOUNTS_H
#define BENCH_MOUNTS_H

#include "race.h"

enum kind { STORE, TREE, BELOW };

struct place {
    char *path; /* on the host, and inside */
    bool directory;
};

struct scene {
    enum kind kind;
    char *top; /* the directory above all places; BELOW: shown itself */
    struct place *places;
    size_t count;
    char *profile, *arguments; /* files: for the command, for bwrap */
    const char *stamp;
};

struct bench {
    const char *sandbox, *stamp, *folder;
    size_t rounds;
};

/* For struct launcher; `scene` is a struct scene. Neither returns. */
void control_run(const void *scene);
void bwrap_run(const void *scene);

#endif
