/* SPDX-License-Identifier: MIT
 *
 * walk.c - through the upper layer and what lies below it, in step.
 */
#include "changes/walk.h"
#include "base/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* A path may have any length, and an error has not: its end says more than its middle. */
int walk_fail(const struct walk *walk, int sys_errno, const char *what, struct sbx_error *error)
{
    enum { SHOWN = 600 };
    size_t length = walk->path_length;
    const char *path = walk->path && length ? walk->path : "/";
    if (sys_errno == ENOMEM)
        return err_memory(error, "changes");
    const char *end = length > SHOWN ? path + length - SHOWN : path;
    err_set(error, SBX_E_HOST, sys_errno, "changes", "%s%s%s", what, length > SHOWN ? "..." : "",
            end);
    if (sys_errno == ESTALE)
        err_hint(error, "something has changed the tree meanwhile: try again");
    else if (sys_errno == EXDEV || sys_errno == EBUSY)
        err_hint(error, "something is mounted there: unmount it, and try again");
    return -1;
}

const struct names *walk_names(const struct walk *walk)
{
    return &walk->frames[walk->depth - 1].names;
}

/* ---- the path ------------------------------------------------------------------------------- */

static int path_add(struct walk *walk, const char *name)
{
    size_t length = strlen(name), whole = walk->path_length + 1 + length;
    if (whole + 1 > walk->path_room) {
        size_t room = 2 * whole + 256;
        char *path = realloc(walk->path, room);
        if (!path)
            return -ENOMEM;
        walk->path = path;
        walk->path_room = room;
    }
    walk->path[walk->path_length] = '/';
    memcpy(walk->path + walk->path_length + 1, name, length + 1);
    walk->path_length = whole;
    return 0;
}

static void path_cut(struct walk *walk, size_t length)
{
    walk->path_length = length;
    if (walk->path)
        walk->path[length] = '\0';
}

/* ---- down and up ---------------------------------------------------------------------------- */

static struct frame *new_frame(struct walk *walk)
{
    if (walk->depth == walk->room) {
        size_t room = walk->room ? 2 * walk->room : 32;
        struct frame *frames = reallocarray(walk->frames, room, sizeof(*frames));
        if (!frames)
            return NULL;
        walk->frames = frames;
        walk->room = room;
    }
    struct frame *frame = &walk->frames[walk->depth++];
    *frame = (struct frame){.length = walk->path_length};
    return frame;
}

/* The directory where both trees stand becomes the one that is looked at. */
static int open_frame(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    bool inherited = walk->depth && walk->frames[walk->depth - 1].entry.opaque;
    struct frame *frame = new_frame(walk);
    if (!frame)
        return err_memory(error, "changes");
    frame->entry = *entry;
    frame->entry.lower_dir = -1;
    int opaque = walk->depth > 1 ? thing_is_opaque(walk->upper.fd) : 0;
    int known = opaque == 0 && !inherited ? thing_is_programs(walk->upper.fd) : 1;
    frame->entry.opaque = inherited || opaque == 1;
    frame->entry.frame = known == 0;
    int result = opaque < 0 ? opaque : known < 0 ? known : 0;
    if (result == 0)
        result = names_read(&frame->names, walk->upper.fd, true);
    if (result == 0 && walk->hidden && frame->entry.opaque)
        result = view_names(&walk->below, &frame->names);
    if (result != 0)
        return walk_fail(walk, -result, "can't read the directory ", error);
    names_sort(&frame->names);
    return 0;
}

static int go_down(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    int result = trail_enter(&walk->upper, entry->name);
    if (result == 0)
        result = view_enter(&walk->below, entry->name);
    if (result != 0)
        return walk_fail(walk, -result, "can't open the directory ", error);
    if (open_frame(walk, entry, error) != 0)
        return -1;
    return walk->hooks->enter(walk, &walk->frames[walk->depth - 1].entry, error);
}

static int go_up(struct walk *walk, struct sbx_error *error)
{
    struct frame *frame = &walk->frames[walk->depth - 1];
    path_cut(walk, frame->length);
    if (walk->depth > 1 && walk->hooks->leave(walk, &frame->entry, error) != 0)
        return -1;
    int result = 0;
    if (walk->depth > 1) {
        result = trail_leave(&walk->upper);
        if (result == 0)
            result = view_leave(&walk->below);
    }
    names_free(&frame->names);
    walk->depth--;
    return result != 0 ? walk_fail(walk, -result, "can't come back from the directory ", error) : 0;
}

/* ---- one name ------------------------------------------------------------------------------- */

static int look(struct walk *walk, struct entry *entry)
{
    int result = 0;
    entry->lower_dir = -1;
    if (entry->own) {
        result = thing_look(walk->upper.fd, entry->name, &entry->upper);
        if (result == 0)
            result = thing_is_whiteout(walk->upper.fd, entry->name, &entry->upper);
        entry->whiteout = result == 1;
    }
    if (result < 0)
        return result;
    result = view_find(&walk->below, entry->name, &entry->lower, &entry->lower_dir);
    entry->found = result == 1;
    return result < 0 ? result : 0;
}

static int step(struct walk *walk, struct frame *frame, struct sbx_error *error)
{
    const size_t index = frame->next++;
    struct entry entry = {.name = names_at(&frame->names, index),
                          .own = frame->names.list[index].own,
                          .opaque = frame->entry.opaque};
    path_cut(walk, frame->length);
    int result = path_add(walk, entry.name);
    if (result == 0)
        result = look(walk, &entry);
    if (result != 0)
        return walk_fail(walk, -result, "can't look at ", error);
    if (entry.own && S_ISDIR(entry.upper.mode))
        return go_down(walk, &entry, error);
    return walk->hooks->entry(walk, &entry, error);
}

static int start(struct walk *walk, int upper, const int *below, size_t count,
                 struct sbx_error *error)
{
    const struct entry root = {.name = "", .own = true};
    int fd = openat(upper, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 ? -errno : trail_start(&walk->upper, fd, true);
    if (result == 0)
        result = view_start(&walk->below, below, count);
    if (result != 0)
        return walk_fail(walk, -result, "can't read the directory ", error);
    return open_frame(walk, &root, error);
}

int walk_run(struct walk *walk, int upper, const int *below, size_t count, struct sbx_error *error)
{
    *walk = (struct walk){
        .hooks = walk->hooks, .data = walk->data, .hidden = walk->hidden, .upper = {.fd = -1}};
    int result = start(walk, upper, below, count, error);
    while (result == 0 && walk->depth) {
        struct frame *frame = &walk->frames[walk->depth - 1];
        result = frame->next < frame->names.count ? step(walk, frame, error) : go_up(walk, error);
    }
    while (walk->depth)
        names_free(&walk->frames[--walk->depth].names);
    trail_end(&walk->upper);
    view_end(&walk->below);
    free(walk->frames);
    free(walk->path);
    walk->frames = NULL;
    walk->path = NULL;
    return result;
}
