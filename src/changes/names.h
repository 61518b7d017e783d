/* SPDX-License-Identifier: MIT
 *
 * names.h - the names in a directory, or in several that are shown as one.
 */
#ifndef CHANGES_NAMES_H
#define CHANGES_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct name {
    size_t at;          /* where its text begins */
    unsigned char type; /* as readdir(3) has it */
    bool own;           /* read with `own` set */
};

/* Zero-initialise it. */
struct names {
    char *text;
    size_t used, room;
    struct name *list;
    size_t count, capacity;
};

/* Adds the names in a directory, from its beginning. Returns 0 or -errno. */
int names_read(struct names *names, int dirfd, bool own);

/* Orders them by their bytes, each once; of those that are there twice the own one stays. */
void names_sort(struct names *names);

/* Whether it is one of them, which are sorted, and an own one. */
bool names_own(const struct names *names, const char *name);

static inline const char *names_at(const struct names *names, size_t index)
{
    return names->text + names->list[index].at;
}

void names_free(struct names *names);

#endif
