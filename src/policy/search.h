/* SPDX-License-Identifier: MIT
 *
 * search.h - the directories in which profiles are looked for by name.
 */
#ifndef POLICY_SEARCH_H
#define POLICY_SEARCH_H

#include "policy/outside.h"
#include <stddef.h>

enum { SEARCH_MAX = 8 };

/* The prefixes of paths, each "" or ending in '/', in the order of the search. */
struct search {
    const char *prefix[SEARCH_MAX];
    size_t count;
};

/* Whether a name is a path: it holds a '/' or ends in ".ini". */
int search_is_path(const char *name);

/* `path` up to and with its last slash; "" where it has none. NULL where memory has run out. */
const char *search_prefix_of(struct arena *arena, const char *path);

/* The length of a profile's file name without its ".ini"; 0 where it has none. */
size_t search_stem(const char *name);

/* Fills in the search path. `extending` is the path of the profile that asks, or NULL. Returns 0,
 * or -1 where memory has run out. */
int search_path(const struct outside *outside, struct arena *arena, const char *extending,
                struct search *search);

/* Says which profile of these directories has a name near to `name`; `text` is empty where none. */
void search_suggest(const struct outside *outside, const struct search *search, const char *name,
                    char *text, size_t size);

#endif
