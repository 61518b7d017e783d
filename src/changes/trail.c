/* SPDX-License-Identifier: MIT
 *
 * trail.c - down and up a tree of directories by descriptor.
 *
 * A tree may be thousands of levels deep, more than there are descriptors: so one is kept, and the
 * way up is "..". Who moved the directory meanwhile would lead that elsewhere; so what is found
 * there must be the very directory that the way down came through.
 */
#include "changes/trail.h"
#include "base/fd.h"
#include "base/sys.h"
#include "changes/thing.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

static int place_of(int fd, struct trail_place *place)
{
    struct thing thing;
    int result = thing_look(fd, "", &thing);
    if (result == 0)
        *place = (struct trail_place){thing.device, thing.inode};
    return result;
}

/* Room for one more level. */
static int grow(struct trail *trail)
{
    if (trail->places && trail->depth + 1 < trail->room)
        return 0;
    size_t room = trail->room ? 2 * trail->room : 64;
    struct trail_place *places = reallocarray(trail->places, room, sizeof(*places));
    if (!places)
        return -ENOMEM;
    trail->places = places;
    trail->room = room;
    return 0;
}

int trail_start(struct trail *trail, int fd, bool bounded)
{
    *trail = (struct trail){.fd = fd, .bounded = bounded};
    int result = grow(trail);
    return result != 0 ? result : place_of(fd, &trail->places[0]);
}

int trail_enter(struct trail *trail, const char *name)
{
    struct trail_place place;
    long found = sys_openat2(
        trail->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0,
        RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | (trail->bounded ? RESOLVE_NO_XDEV : 0));
    if (found < 0)
        return (int)found;
    autofd fd = (int)found;
    int result = place_of(fd, &place);
    if (result == 0)
        result = grow(trail);
    if (result != 0)
        return result;
    close_fd(&trail->fd);
    trail->fd = take_fd(&fd);
    trail->places[++trail->depth] = place;
    return 0;
}

int trail_leave(struct trail *trail)
{
    struct trail_place place;
    const struct trail_place *wanted = &trail->places[trail->depth - 1];
    autofd fd = openat(trail->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int result = place_of(fd, &place);
    if (result != 0)
        return result;
    if (place.device != wanted->device || place.inode != wanted->inode)
        return -ESTALE;
    close_fd(&trail->fd);
    trail->fd = take_fd(&fd);
    trail->depth--;
    return 0;
}

void trail_end(struct trail *trail)
{
    close_fd(&trail->fd);
    free(trail->places);
    *trail = (struct trail){.fd = -1};
}
