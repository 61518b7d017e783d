/* SPDX-License-Identifier: MIT
 *
 * names.h - the names of a layer's entries. Hostile: whoever made the archive chose them.
 */
#ifndef IMAGE_NAMES_H
#define IMAGE_NAMES_H

#include <limits.h>
#include <stdbool.h>

enum {
    NAME_DEPTH =
        256 /* directories in each other: whoever walks the layer keeps one open for each */
};

enum name_kind {
    NAME_ENTRY,    /* a thing of the layer; `last` is "" for the layer's own root */
    NAME_WHITEOUT, /* of the layers below, `last` is hidden */
    NAME_OPAQUE,   /* of the layers below, all in `parent` is hidden */
    NAME_RESERVED, /* what AUFS kept for itself: no part of the image */
};

struct name {
    enum name_kind kind;
    char parent[PATH_MAX]; /* components with one '/' between them, "" for the root; none is ".." */
    char last[NAME_MAX + 1];
};

/* Reads the name of an entry as it stands in the archive. A leading '/' means the layer's root, as
 * all tools have it; ".." is refused wherever it stands. Returns NULL, or why the name is refused;
 * then *name is of no use. */
const char *name_read(const char *text, struct name *name);

#endif
