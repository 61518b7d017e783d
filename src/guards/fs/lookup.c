/* SPDX-License-Identifier: MIT
 *
 * lookup.c - what the host has at thousands of paths, many of them in the same few directories:
 * what was found out about a directory, or a file system, is not asked again in the same run. As
 * source.c it only looks. What changes meanwhile is noticed by the child.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 16 };

static int make_room(struct fs_lookups *known, struct arena *arena)
{
    if (known->count < known->room)
        return 0;
    const size_t room = known->room ? known->room * 2 : FIRST_ROOM;
    struct fs_directory *list = arena_array(arena, room, sizeof(*list));
    if (!list)
        return ENOMEM;
    if (known->count)
        memcpy(list, known->list, known->count * sizeof(*list));
    known->list = list;
    known->room = room;
    known->places.arena = arena;
    return 0;
}

/* The directory at the first `length` bytes of an absolute path. Returns 0 or an errno value. */
static int find_directory(struct fs_build *build, const char *path, size_t length,
                          struct fs_directory **found)
{
    struct fs_lookups *known = &build->lookups;
    struct arena *arena = build->claims.arena;
    char asked[PATH_MAX], real[PATH_MAX];
    if (make_room(known, arena) != 0)
        return ENOMEM;
    const uint32_t place = length ? fs_places_add(&known->places, path + 1, length - 1)
                                  : fs_places_add(&known->places, "", 0);
    if (place == FS_NO_PLACE)
        return ENOMEM;
    uint32_t *number = &known->places.list[place].number;
    if (!*number) {
        memcpy(asked, length ? path : "/", length ? length : 1);
        asked[length ? length : 1] = '\0';
        if (!realpath(asked, real))
            return errno;
        const char *kept = arena_strdup(arena, strcmp(real, "/") == 0 ? "" : real);
        if (!kept)
            return ENOMEM;
        known->list[known->count++] = (struct fs_directory){.path = kept, .length = strlen(kept)};
        *number = (uint32_t)known->count;
    }
    *found = &known->list[*number - 1];
    return 0;
}

static bool is_plain(const char *name)
{
    return name[0] && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* The real path of a name in a directory, which is the path itself where that has no link in it. */
static const char *real_path(struct arena *arena, const struct fs_directory *directory,
                             const char *path, size_t length)
{
    if (directory->length == length && memcmp(directory->path, path, length) == 0)
        return path;
    return arena_printf(arena, "%s%s", directory->path, path + length);
}

int fs_source_find(struct fs_build *build, const char *path, struct fs_source *source)
{
    const char *slash = strrchr(path, '/');
    struct fs_directory *directory;
    struct stat st;
    if (path[0] != '/' || !is_plain(slash + 1) || strlen(path) >= PATH_MAX)
        return fs_source_look(build->claims.arena, path, source);
    const size_t length = (size_t)(slash - path);
    int ret = find_directory(build, path, length, &directory);
    if (ret != 0)
        return ret;
    const char *real = real_path(build->claims.arena, directory, path, length);
    if (!real)
        return ENOMEM;
    if (lstat(real, &st) != 0)
        return errno;
    if (S_ISLNK(st.st_mode))
        return fs_source_look(build->claims.arena, path, source);
    *source = (struct fs_source){
        .path = real,
        .mode = st.st_mode,
        .uid = st.st_uid,
        .gid = st.st_gid,
        .device = st.st_dev,
        .inode = st.st_ino,
        .directory = directory,
    };
    return 0;
}

bool fs_source_lies_in_proc(struct fs_build *build, const struct fs_source *source)
{
    struct fs_lookups *known = &build->lookups;
    for (size_t i = 0; i < FS_DEVICES_KNOWN; i++)
        if (i < known->devices && known->device[i] == source->device)
            return false;
    if (fs_source_is_proc(source->path))
        return true;
    known->device[known->devices++ % FS_DEVICES_KNOWN] = source->device;
    return false;
}
