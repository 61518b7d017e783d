/* SPDX-License-Identifier: MIT
 *
 * list.c - sbx_changes_list(): what a run has added, changed and removed.
 *
 * The upper layer holds copies of all that was opened for writing, and of each directory above it.
 * What is there is a change only where it differs from what lies below.
 */
#include "base/fd.h"
#include "changes/compare.h"
#include "changes/content.h"
#include "changes/state.h"
#include "changes/walk.h"
#include <dirent.h>
#include <errno.h>
#include <string.h>

struct list {
    int (*seen)(const struct sbx_change *change, void *data);
    void *data;
    bool stopped;
};

static const char *type_of(const struct thing *thing)
{
    switch (thing->mode & S_IFMT) {
    case S_IFREG:
        return "file";
    case S_IFDIR:
        return "directory";
    case S_IFLNK:
        return "symlink";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    default:
        return "device";
    }
}

static uint64_t size_of(const struct thing *thing)
{
    return S_ISREG(thing->mode) ? thing->size : 0;
}

/* Tells one change. */
static int tell(struct walk *walk, const struct entry *entry, enum sbx_change_kind kind,
                unsigned what, struct sbx_error *error)
{
    struct list *list = walk->data;
    struct sbx_change change = {.kind = kind, .what = what, .path = walk->path};
    autofree char *link = NULL;
    if (kind != SBX_CHANGE_REMOVED) {
        change.type = type_of(&entry->upper);
        change.size = size_of(&entry->upper);
        change.mode = entry->upper.mode & 07777;
    }
    if (kind != SBX_CHANGE_ADDED) {
        change.old_type = type_of(&entry->lower);
        change.old_size = size_of(&entry->lower);
        change.old_mode = entry->lower.mode & 07777;
    }
    if (kind != SBX_CHANGE_REMOVED && S_ISLNK(entry->upper.mode)) {
        link = content_link(walk->upper.fd, entry->name);
        if (!link)
            return walk_fail(walk, errno, "can't read the link ", error);
        change.link = link;
    }
    if (list->seen(&change, list->data) == 0)
        return 0;
    list->stopped = true;
    return err_set(error, SBX_E_RESOURCE, 0, "changes", "the list of changes was ended");
}

static int see(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    if (!entry->own || entry->whiteout)
        return entry->found ? tell(walk, entry, SBX_CHANGE_REMOVED, 0, error) : 0;
    if (!entry->found)
        return tell(walk, entry, SBX_CHANGE_ADDED, 0, error);
    if ((entry->upper.mode & S_IFMT) != (entry->lower.mode & S_IFMT))
        return tell(walk, entry, SBX_CHANGE_REPLACED, 0, error);
    unsigned what;
    int result = compare_things(entry->name, (struct side){walk->upper.fd, &entry->upper},
                                (struct side){entry->lower_dir, &entry->lower}, &what);
    if (result != 0)
        return walk_fail(walk, -result, "can't compare ", error);
    return what ? tell(walk, entry, SBX_CHANGE_CHANGED, what, error) : 0;
}

/* Whether something in the directory is a change by itself. Each that is added, replaced or removed
 * gives its directory another time, too. Returns 1, 0 or -errno. */
static int has_changes_in_it(const struct walk *walk)
{
    const struct names *names = walk_names(walk);
    for (size_t i = 0; i < names->count; i++) {
        struct thing thing;
        if (names->list[i].type != DT_DIR)
            return 1;
        int found = view_find(&walk->below, names_at(names, i), &thing, NULL);
        if (found <= 0 || !S_ISDIR(thing.mode) || !names->list[i].own)
            return found < 0 ? found : 1;
    }
    return 0;
}

static int see_directory(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    int below = view_top(&walk->below);
    unsigned what = 0;
    if (!entry->found)
        return tell(walk, entry, SBX_CHANGE_ADDED, 0, error);
    if (!S_ISDIR(entry->lower.mode))
        return tell(walk, entry, SBX_CHANGE_REPLACED, 0, error);
    if (entry->frame || below < 0) /* what is not the program's says nothing of it */
        return 0;
    int result = compare_directories((struct side){walk->upper.fd, &entry->upper},
                                     (struct side){below, &entry->lower}, &what);
    if (result == 0 && !compare_times(&entry->upper, &entry->lower)) {
        int explained = has_changes_in_it(walk);
        if (explained == 0)
            what |= SBX_CHANGE_TIMES;
        result = explained < 0 ? explained : 0;
    }
    if (result != 0)
        return walk_fail(walk, -result, "can't compare ", error);
    return what ? tell(walk, entry, SBX_CHANGE_CHANGED, what, error) : 0;
}

static int leave(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    (void)walk, (void)entry, (void)error;
    return 0;
}

int sbx_changes_list(const struct sbx_layers *layers,
                     int (*seen)(const struct sbx_change *change, void *data), void *data,
                     struct sbx_error *error)
{
    static const struct walk_hooks hooks = {see, see_directory, leave};
    struct list list = {.seen = seen, .data = data};
    struct walk walk = {.hooks = &hooks, .data = &list, .hidden = true};
    struct state state = STATE_NONE;
    autofree int *lowers = calloc(layers->lower_count + 1, sizeof(*lowers));
    if (!lowers)
        return err_memory(error, "changes");
    int result = state_open_lowers(layers->lowers, layers->lower_count, lowers, error);
    if (result != 0)
        return result;
    result = state_open(layers->upper, false, &state, error);
    if (result == 0)
        result = state_open_changes(&state, error);
    if (result == 0 && state.changes >= 0)
        result = walk_run(&walk, state.changes, lowers, layers->lower_count, error);
    state_close(&state);
    for (size_t i = 0; i < layers->lower_count; i++)
        close(lowers[i]);
    return list.stopped ? 0 : result;
}
