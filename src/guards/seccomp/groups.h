/* SPDX-License-Identifier: MIT
 *
 * groups.h - the @groups of system calls, and "did you mean" for their names and their calls.
 */
#ifndef GUARDS_SECCOMP_GROUPS_H
#define GUARDS_SECCOMP_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

struct call_group {
    const char *name; /* without '@' */
    const char *help;
    const char *const *calls;
    size_t count;
};

extern const struct call_group call_groups[];
extern const size_t call_group_count;

/* The group of that name, without '@'; NULL where there is none. */
const struct call_group *group_find(const char *name);

/* Whether any group holds a call of that name. */
bool group_knows_call(const char *name);

/* What to say of a word that is no group ("@word") or no call: which is near; of a group, else,
 * where to look. "" where no call is near. Returns `text`. */
const char *group_suggest(const char *word, char *text, size_t size);

#endif
