/* SPDX-License-Identifier: MIT
 *
 * compare.h - in what two things of one type differ.
 */
#ifndef CHANGES_COMPARE_H
#define CHANGES_COMPARE_H

#include "changes/thing.h"

/* A thing, and the directory that has it. */
struct side {
    int dirfd;
    const struct thing *thing;
};

/* Sets *what to the SBX_CHANGE_* in which `name` differs between the upper and the lower side. They
 * are of one type, and no directories. What can't be read below counts as different. Returns 0 or
 * -errno. */
int compare_things(const char *name, struct side upper, struct side lower, unsigned *what);

/* The same of two open directories: mode and attributes alone. */
int compare_directories(struct side upper, struct side lower, unsigned *what);

/* Whether the times of modification are the same. */
bool compare_times(const struct thing *a, const struct thing *b);

#endif
