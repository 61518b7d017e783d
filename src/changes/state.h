/* SPDX-License-Identifier: MIT
 *
 * state.h - the directory that keeps a root's changes: DIR/changes is overlayfs's upper directory,
 * DIR/work its work directory. While a sandbox runs in it, it holds a lock on DIR.
 */
#ifndef CHANGES_STATE_H
#define CHANGES_STATE_H

#include <sandbox/sandbox.h>

struct state {
    const char *dir;
    int fd;      /* DIR, locked */
    int changes; /* DIR/changes; -1 where it is not open, or not there: then nothing has changed */
};

/* Opens and locks it: `exclusive` for who changes it. It must hold nothing else, so that no other
 * directory of the user's is ever taken for one. Close it with state_close() in any case. Errors:
 * as sbx_changes_list(). */
int state_open(const char *dir, bool exclusive, struct state *state, struct sbx_error *error);

/* Opens the changes in it. Errors: SBX_E_HOST, as where a program has put something else there. */
int state_open_changes(struct state *state, struct sbx_error *error);

/* Empties it. All of it is gone from DIR/changes at once, so that no later use takes the rest for
 * what a run has left; only then it is removed. Errors: SBX_E_HOST. */
int state_empty(const struct state *state, struct sbx_error *error);

void state_close(struct state *state);

/* Opens `count` directories. On failure those that are open are closed. Errors: SBX_E_USAGE. */
int state_open_lowers(const char *const *lowers, size_t count, int *fds, struct sbx_error *error);

/* A state that is not open. */
#define STATE_NONE ((struct state){NULL, -1, -1})

#endif
