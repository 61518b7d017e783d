/* SPDX-License-Identifier: MIT
 *
 * unpack.c - reads a layer's archive, entry by entry, and at the end gives the directories what
 * they could not have while they were filled: their modes and times.
 */
#include "image/unpack.h"
#include "base/error.h"
#include "base/fd.h"
#include "image/entry.h"
#include "image/reference.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512 };

/* Some tools leave out the zeros that fill the last block, and readers are used to it. */
static la_ssize_t archive_bytes(struct archive *archive, void *context, const void **data)
{
    static const char zeros[BLOCK];
    struct unpacking *u = context;
    ssize_t got = stream_read(u->stream, data);
    if (got < 0)
        archive_set_error(archive, EIO, "%s", "the layer can't be read");
    if (got || u->filled || stream_bytes(u->stream) % BLOCK == 0)
        return got;
    u->filled = true;
    *data = zeros;
    return (la_ssize_t)(BLOCK - stream_bytes(u->stream) % BLOCK);
}

/* What libarchive says is wrong. */
static int archive_failed(struct unpacking *u)
{
    const char *why = archive_error_string(u->archive);
    return err_set(u->error, SBX_E_HOST, 0, IMAGE_STAGE, "the layer's archive is broken: %s",
                   why ? why : "no reason is known");
}

/* ---- directories at the end ---------------------------------------------------------------------
 */

/* What lies deeper comes first, and of one path what was said last. */
static int compare_folders(const void *one, const void *other)
{
    const struct folder *a = one, *b = other;
    int order = strcmp(b->path, a->path);
    if (order)
        return order;
    return a->order < b->order ? 1 : a->order > b->order ? -1 : 0;
}

/* A directory that something else has taken the place of needs nothing. */
static int finish_folder(struct unpacking *u, const struct folder *folder)
{
    struct timespec times[2] = {folder->time, folder->time};
    int parent;
    int result = tree_folder(&u->tree, folder->path, false, &parent);
    if (result == -ENOENT || result == -ENOTDIR || result == -ELOOP)
        return 0;
    autofd fd = result == 0 ? openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (result == 0 && fd < 0)
        result = -errno;
    /* The layer's root must stay open to its owner, who mounts it and locks it. */
    mode_t mode = folder->mode | (*folder->path ? 0 : 0500);
    if (result == 0 && (fchmod(fd, mode) != 0 || futimens(fd, times) != 0))
        result = -errno;
    return result == 0 ? 0
                       : err_set(u->error, SBX_E_HOST, -result, IMAGE_STAGE,
                                 "can't set mode and time of the directory '%s' of the layer",
                                 folder->path);
}

static int finish_folders(struct unpacking *u)
{
    if (u->folder_count)
        qsort(u->folders, u->folder_count, sizeof(*u->folders), compare_folders);
    for (size_t i = 0; i < u->folder_count; i++) {
        if (i && strcmp(u->folders[i].path, u->folders[i - 1].path) == 0)
            continue;
        if (finish_folder(u, &u->folders[i]) != 0)
            return -1;
    }
    return 0;
}

/* ---- entries -------------------------------------------------------------------------------- */

static int take_entries(struct unpacking *u)
{
    struct archive_entry *entry;
    int status;
    while ((status = archive_read_next_header(u->archive, &entry)) == ARCHIVE_OK) {
        if (u->unpacked->entries == u->budget->entries) {
            err_set(u->error, SBX_E_HOST, 0, IMAGE_STAGE,
                    "the image has more entries than what is allowed");
            return err_hint(u->error, "if it may have so many: "
                                      "sandbox image unpack --max-entries NUMBER");
        }
        u->unpacked->entries++;
        if (entry_take(u, entry) != 0)
            return -1;
    }
    /* A warning is an error: a name that can't be told, for one, would become another name. */
    return status == ARCHIVE_EOF ? 0 : archive_failed(u);
}

static int open_archive(struct unpacking *u)
{
    u->archive = archive_read_new();
    if (!u->archive)
        return err_memory(u->error, IMAGE_STAGE);
    if (archive_read_support_format_tar(u->archive) != ARCHIVE_OK ||
        archive_read_open(u->archive, u, NULL, archive_bytes, NULL) != ARCHIVE_OK)
        return archive_failed(u);
    return 0;
}

static int unpack_all(struct unpacking *u)
{
    if (fchmod(u->tree.root, 0755) != 0) /* where the archive has no entry for it */
        return err_set(u->error, SBX_E_HOST, errno, IMAGE_STAGE,
                       "can't set the mode of the layer's root");
    if (open_archive(u) != 0 || take_entries(u) != 0) {
        /* Damage and size are known to the stream, and the better thing to tell. */
        const struct sbx_error *why = stream_error(u->stream);
        if (why)
            *u->error = *why;
        stream_is_damaged(u->stream, u->error);
        return -1;
    }
    if (stream_finish(u->stream, u->error) != 0)
        return -1;
    return finish_folders(u);
}

int unpack_layer(struct stream *stream, int root, struct budget *budget, struct unpacked *unpacked,
                 struct sbx_error *error)
{
    struct unpacked made = {.entries = 0};
    struct unpacking u = {.stream = stream, .budget = budget, .unpacked = &made, .error = error};
    tree_start(&u.tree, root);
    int result = unpack_all(&u);
    tree_end(&u.tree);
    if (u.archive)
        archive_read_free(u.archive);
    for (size_t i = 0; i < u.folder_count; i++)
        free(u.folders[i].path);
    free(u.folders);
    if (result != 0)
        return -1;
    uint64_t used = stream_bytes(stream) > made.bytes ? stream_bytes(stream) : made.bytes;
    budget->bytes -= used;
    budget->entries -= made.entries;
    *unpacked = made;
    return 0;
}
