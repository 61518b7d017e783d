/* SPDX-License-Identifier: MIT
 *
 * entry.h - one entry of a layer's archive becomes a thing in the layer's directory. Shared by
 * entry.c and unpack.c alone.
 */
#ifndef IMAGE_ENTRY_H
#define IMAGE_ENTRY_H

#include "image/names.h"
#include "image/tree.h"
#include "image/unpack.h"
#include <archive.h>
#include <archive_entry.h>

/* A directory, as it shall be at the end: until then it must be open to whoever fills it. */
struct folder {
    char *path;
    size_t order;
    mode_t mode;
    struct timespec time;
};

struct unpacking {
    struct stream *stream;
    struct archive *archive;
    struct tree tree;
    struct budget *budget;
    struct unpacked *unpacked;
    struct folder *folders;
    size_t folder_count, folder_room;
    bool filled;        /* the last block, with zeros */
    struct name name;   /* of the entry that is at hand */
    struct name target; /* of a hard link */
    struct sbx_error *error;
};

/* Takes the entry that libarchive has just read. Returns 0, or -1 with the error filled in. */
int entry_take(struct unpacking *unpacking, struct archive_entry *entry);

#endif
