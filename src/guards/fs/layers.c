/* SPDX-License-Identifier: MIT
 *
 * layers.c - what a stack of overlayfs layers has at a path, told without mounting it. It looks at
 * the layers with lstat(2) and getxattr(2) only, in the terms of an overlay that is mounted with
 * `userxattr`: a character device 0:0 is a whiteout, user.overlay.opaque = y marks a directory that
 * hides those of the layers below, and = x one in which empty files may be whiteouts.
 *
 * Source: the kernel's Documentation/filesystems/overlayfs.rst.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

/* Whether it hides the same name in the layers below. */
static bool is_whiteout(const struct stat *st)
{
    return S_ISCHR(st->st_mode) && major(st->st_rdev) == 0 && minor(st->st_rdev) == 0;
}

static bool is_marked(const char *directory, char mark)
{
    char value[2];
    return lgetxattr(directory, "user.overlay.opaque", value, sizeof(value)) == 1 &&
           value[0] == mark;
}

/* The other form of a whiteout, since Linux 6.7, at the first `length` bytes of host[]. An older
 * kernel shows an empty file: what is put there is put on top of either. */
static bool is_empty_whiteout(char *host, size_t length, const struct stat *st)
{
    const size_t above = length - (size_t)(strrchr(host, '/') - host);
    if (!S_ISREG(st->st_mode) || st->st_size != 0 ||
        lgetxattr(host, "user.overlay.whiteout", NULL, 0) < 0)
        return false;
    host[length - above] = '\0';
    const bool marked = is_marked(*host ? host : "/", 'x');
    host[length - above] = '/';
    return marked;
}

/* Looks into one layer. *covers: whatever it has or has not there, no layer below is to be asked.
 * Returns 0 or an errno value; host[] is the place in this layer. */
static int look(const struct fs_layer *layer, const char *path, bool *covers, struct stat *st,
                char host[PATH_MAX])
{
    const char *base = strcmp(layer->path, "/") == 0 ? "" : layer->path;
    size_t length = strlen(base), more = strlen(path);
    *covers = false;
    if (length + more + 2 > PATH_MAX)
        return ENAMETOOLONG;
    memcpy(host, base, length);
    host[length] = '\0';
    for (;;) {
        bool last = *path == '\0';
        if (lstat(*host ? host : "/", st) != 0)
            return errno == ENOTDIR ? ENOENT : errno;
        const bool whiteout =
            is_whiteout(st) || (length > strlen(base) && is_empty_whiteout(host, length, st));
        *covers |= whiteout || (last && !S_ISDIR(st->st_mode));
        if (whiteout)
            return ENOENT;
        if (!last && !S_ISDIR(st->st_mode)) {
            *covers = true;
            return ENOTDIR;
        }
        *covers |= length > strlen(base) && S_ISDIR(st->st_mode) && is_marked(host, 'y');
        if (last)
            break;
        size_t part = strcspn(path, "/");
        host[length++] = '/';
        memcpy(host + length, path, part);
        length += part;
        host[length] = '\0';
        path += part + (path[part] == '/');
    }
    if (!*host)
        memcpy(host, "/", 2);
    return 0;
}

int fs_layers_find(const struct fs_layers *layers, const char *path, struct fs_found *found)
{
    bool covers = false;
    for (size_t i = 0; i < layers->count; i++) {
        int ret = look(&layers->list[i], path, &covers, &found->st, found->host);
        found->kept = layers->kept && i == 0;
        if (ret != ENOENT || covers)
            return ret;
    }
    found->kept = false;
    return ENOENT;
}

int fs_layers_below(struct arena *arena, const struct fs_layers *layers, const char *path,
                    struct fs_layers *below)
{
    struct fs_layer *list = arena_array(arena, layers->count, sizeof(*list));
    const char *separator = *layers->sub && *path ? "/" : "";
    struct fs_layers made = {.sub = arena_printf(arena, "%s%s%s", layers->sub, separator, path)};
    bool covers = false;
    char host[PATH_MAX];
    struct stat st;
    if (!list || !made.sub)
        return ENOMEM;
    for (size_t i = 0; i < layers->count && !covers; i++) {
        int ret = look(&layers->list[i], path, &covers, &st, host);
        if (ret == ENOENT)
            continue;
        if (ret != 0)
            return ret;
        if (!S_ISDIR(st.st_mode))
            break;
        if (made.count == 0) {
            made.mode = st.st_mode;
            made.uid = st.st_uid;
            made.gid = st.st_gid;
            made.kept = layers->kept && i == 0;
        }
        struct fs_layer *layer = &list[made.count++];
        *layer = layers->list[i];
        layer->path = arena_strdup(arena, host);
        layer->device = st.st_dev;
        layer->inode = st.st_ino;
        if (!layer->path)
            return ENOMEM;
    }
    if (made.count == 0)
        return ENOTDIR;
    made.list = list;
    *below = made;
    return 0;
}
