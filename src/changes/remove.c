/* SPDX-License-Identifier: MIT
 *
 * remove.c - removes trees.
 */
#include "changes/remove.h"
#include "base/fd.h"
#include "changes/names.h"
#include "changes/thing.h"
#include "changes/trail.h"
#include <errno.h>
#include <fcntl.h>

struct level {
    struct names names;
    size_t next;
};

struct removal {
    struct trail trail;
    struct level *levels;
    size_t depth, room;
};

/* Lets the owner into a directory that he can't open; never into what a link leads to. */
static int unlock(int dirfd, const char *name)
{
    char path[THING_PATH_SIZE];
    autofd fd = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return chmod(thing_path(path, fd, ""), 0700) == 0 ? 0 : -errno;
}

/* Lets the owner change what is in the directory that is open. */
static int make_writable(int fd)
{
    struct thing thing;
    int result = thing_look(fd, "", &thing);
    if (result != 0 || (thing.mode & 0700) == 0700)
        return result;
    return fchmod(fd, 0700) == 0 ? 0 : -errno;
}

/* The directory where the trail stands becomes the one that is emptied. */
static int open_level(struct removal *removal)
{
    if (removal->depth == removal->room) {
        size_t room = removal->room ? 2 * removal->room : 32;
        struct level *levels = reallocarray(removal->levels, room, sizeof(*levels));
        if (!levels)
            return -ENOMEM;
        removal->levels = levels;
        removal->room = room;
    }
    struct level *level = &removal->levels[removal->depth++];
    *level = (struct level){0};
    int result = make_writable(removal->trail.fd);
    return result != 0 ? result : names_read(&level->names, removal->trail.fd, true);
}

static int enter(struct removal *removal, const char *name)
{
    int result = trail_enter(&removal->trail, name);
    if (result != -EACCES)
        return result;
    result = unlock(removal->trail.fd, name);
    return result != 0 ? result : trail_enter(&removal->trail, name);
}

/* Removes a name, or goes down into it. */
static int take(struct removal *removal, const char *name)
{
    if (unlinkat(removal->trail.fd, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM) /* POSIX has EPERM for a directory */
        return -errno;
    struct thing thing;
    int result = thing_look(removal->trail.fd, name, &thing);
    if (result != 0)
        return result;
    if (!S_ISDIR(thing.mode))
        return -EPERM;
    result = enter(removal, name);
    return result != 0 ? result : open_level(removal);
}

/* The directory is empty. */
static int go_up(struct removal *removal)
{
    names_free(&removal->levels[--removal->depth].names);
    if (!removal->depth)
        return 0;
    int result = trail_leave(&removal->trail);
    if (result != 0)
        return result;
    struct level *above = &removal->levels[removal->depth - 1];
    const char *name = names_at(&above->names, above->next - 1);
    return unlinkat(removal->trail.fd, name, AT_REMOVEDIR) == 0 ? 0 : -errno;
}

static int run(struct removal *removal)
{
    int result = open_level(removal);
    while (result == 0 && removal->depth) {
        struct level *level = &removal->levels[removal->depth - 1];
        result = level->next < level->names.count
                     ? take(removal, names_at(&level->names, level->next++))
                     : go_up(removal);
    }
    while (removal->depth)
        names_free(&removal->levels[--removal->depth].names);
    free(removal->levels);
    return result;
}

int remove_content(int dirfd)
{
    struct removal removal = {.trail = {.fd = -1}};
    int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 ? -errno : trail_start(&removal.trail, fd, true);
    if (result == 0)
        result = run(&removal);
    trail_end(&removal.trail);
    return result;
}

int remove_tree(int dirfd, const char *name)
{
    struct removal removal = {.trail = {.fd = -1}};
    if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR && errno != EPERM)
        return -errno;
    int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 ? -errno : trail_start(&removal.trail, fd, true);
    if (result == 0)
        result = enter(&removal, name);
    if (result == 0)
        result = run(&removal);
    trail_end(&removal.trail);
    return result == 0 && unlinkat(dirfd, name, AT_REMOVEDIR) != 0 ? -errno : result;
}
