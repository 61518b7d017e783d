/* SPDX-License-Identifier: MIT
 *
 * groups.h - the @groups of system calls, and "did you mean" for their names and those of calls.
 * The table is syscalls/groups.tbl, compiled in.
 */
#ifndef GUARDS_SECCOMP_GROUPS_H
#define GUARDS_SECCOMP_GROUPS_H

#include "guards/seccomp/table.h"
#include <stdint.h>

struct call_group {
    char name[16];  /* without '@' */
    char alias[16]; /* another name of it; "" where there is none */
    char help[80];
    uint16_t first, count; /* its members, of all ABIs */
};

extern const struct call_group call_groups[];
extern const size_t call_group_count;

/* The group of that name or alias, without '@'; NULL where there is none. */
const struct call_group *group_find(const char *name);

/* A member, by its index: the call, and its number on an ABI, which is -1 where the ABI lacks the
 * call or the group does not have it there. Members are in the order of their names. */
int group_call(const struct call_group *group, size_t index);
int group_number(const struct call_group *group, size_t index, enum call_abi abi);

/* The numbers of all members on an ABI, as group_number() has them. */
const int16_t *group_numbers(const struct call_group *group, enum call_abi abi);

/* What to say of a word that is no group ("@word") or no call: which is near; of a group, else,
 * where to look. "" where no call is near. Returns `text`. */
const char *group_suggest(const char *word, char *text, size_t size);

#endif
