/* SPDX-License-Identifier: MIT
 *
 * view.c - what overlayfs would show of its lower layers.
 *
 * Each layer has one descriptor: of the deepest directory on the way that the layer has. So what a
 * layer lacks costs nothing, and the way up is known to each.
 */
#include "changes/view.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

int view_start(struct view *view, const int *fds, size_t count)
{
    *view = (struct view){.layers = calloc(count ? count : 1, sizeof(*view->layers))};
    if (!view->layers)
        return -ENOMEM;
    for (; view->count < count; view->count++)
        view->layers[view->count].fd = -1;
    for (size_t i = 0; i < count; i++) {
        int fd = openat(fds[i], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return -errno;
        int result = trail_start(&view->layers[i], fd, false);
        if (result != 0)
            return result;
    }
    return 0;
}

static bool is_here(const struct view *view, size_t layer)
{
    return view->layers[layer].depth == view->depth;
}

/* What one layer says of a name: 1 it has it, 0 it says nothing, -ENOENT it hides it. */
static int ask_layer(int fd, const char *name, struct thing *thing)
{
    int result = thing_look(fd, name, thing);
    if (result == -ENOENT)
        return 0;
    if (result != 0)
        return result;
    result = thing_is_whiteout(fd, name, thing);
    return result < 0 ? result : result ? -ENOENT : 1;
}

int view_find(const struct view *view, const char *name, struct thing *thing, int *dirfd)
{
    for (size_t i = 0; i < view->count; i++) {
        if (!is_here(view, i))
            continue;
        int result = ask_layer(view->layers[i].fd, name, thing);
        if (result == 0)
            continue;
        if (result == 1 && dirfd)
            *dirfd = view->layers[i].fd;
        return result == -ENOENT ? 0 : result;
    }
    return 0;
}

/* Takes one layer down. Returns 1 where the layers below it may have a part in the directory, 0
 * where they have none. */
static int enter_layer(struct trail *layer, const char *name)
{
    struct thing thing;
    int result = ask_layer(layer->fd, name, &thing);
    if (result <= 0)
        return result == 0 ? 1 : result == -ENOENT ? 0 : result;
    if (!S_ISDIR(thing.mode))
        return 0;
    result = trail_enter(layer, name);
    if (result != 0) /* what the user may not enter, overlayfs could not either, for him */
        return result == -EACCES ? 0 : result;
    result = thing_is_opaque(layer->fd);
    return result < 0 ? result : !result;
}

int view_enter(struct view *view, const char *name)
{
    int more = 1;
    for (size_t i = 0; more > 0 && i < view->count; i++)
        if (is_here(view, i))
            more = enter_layer(&view->layers[i], name);
    view->depth++;
    return more < 0 ? more : 0;
}

int view_leave(struct view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        int result = is_here(view, i) ? trail_leave(&view->layers[i]) : 0;
        if (result != 0)
            return result;
    }
    view->depth--;
    return 0;
}

int view_top(const struct view *view)
{
    for (size_t i = 0; i < view->count; i++)
        if (is_here(view, i))
            return view->layers[i].fd;
    return -1;
}

int view_names(const struct view *view, struct names *names)
{
    for (size_t i = 0; i < view->count; i++) {
        int result = is_here(view, i) ? names_read(names, view->layers[i].fd, false) : 0;
        if (result != 0)
            return result;
    }
    return 0;
}

void view_end(struct view *view)
{
    for (size_t i = 0; i < view->count; i++)
        trail_end(&view->layers[i]);
    free(view->layers);
    *view = (struct view){0};
}
