/* SPDX-License-Identifier: MIT
 *
 * apply.c - sbx_changes_apply(): the changes of a run become the lower directory's own.
 *
 * Three times through the same tree, in the same order: all is checked; what is new is written;
 * what is gone is removed, and directories get their modes and times, which the work in them has
 * changed. Each can be done again, whatever has been done of it: the upper layer is emptied only
 * when all is on the disk.
 *
 * The target is walked by descriptor, one name at a time and never through a link: the program saw
 * a link resolved within its root, and here it would lead elsewhere.
 */
#include "base/fd.h"
#include "changes/attributes.h"
#include "changes/compare.h"
#include "changes/links.h"
#include "changes/put.h"
#include "changes/remove.h"
#include "changes/state.h"
#include "changes/walk.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

struct apply {
    struct sbx_applied *applied;
    int root;            /* of the target */
    struct trail target; /* as deep as the walk is, or less where it has no such directory */
    struct links links;
    bool several; /* file systems are written to */
};

/* Whether the target has the directory of the walk's entry, `up` levels above where the walk is. */
static bool is_here(const struct walk *walk, size_t up)
{
    const struct apply *apply = walk->data;
    return apply->target.depth + up + 1 == walk->depth;
}

/* What the target has at a name. Returns 1, 0 or -errno; a whiteout is nothing, but *thing says
 * what it is. */
static int look(const struct walk *walk, const char *name, struct thing *thing)
{
    const struct apply *apply = walk->data;
    int result = thing_look(apply->target.fd, name, thing);
    if (result != 0)
        return result == -ENOENT ? 0 : result;
    return 1;
}

/* A directory that the launcher has made, and in which nothing was done: the caller may have no
 * right to the target's. */
static bool is_bare(const struct walk *walk, const struct entry *entry)
{
    return entry->frame && walk_names(walk)->count == 0;
}

static int look_failed(const struct walk *walk, int result, struct sbx_error *error)
{
    return walk_fail(walk, -result, "can't look in the target at ", error);
}

/* ---- first: may all of it be? --------------------------------------------------------------- */

static int check_entry(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    struct thing old;
    mode_t type = entry->upper.mode & S_IFMT;
    if (!entry->whiteout && type != S_IFREG && type != S_IFLNK && type != S_IFIFO) {
        walk_fail(walk, 0,
                  type == S_IFSOCK ? "a socket can't be applied: " : "a device can't be applied: ",
                  error);
        return err_hint(error, "remove it from what is kept below the directory 'changes', or "
                               "discard all of it");
    }
    int result = is_here(walk, 0) ? look(walk, entry->name, &old) : 0;
    return result < 0 ? look_failed(walk, result, error) : 0;
}

/* A copy of a directory that the run saw, where the target has something else by now. */
static int no_directory(const struct walk *walk, const struct thing *old, struct sbx_error *error)
{
    walk_fail(walk, 0,
              S_ISLNK(old->mode) ? "the run saw a directory where the target has a symbolic link: "
                                 : "the run saw a directory where the target has a file: ",
              error);
    return err_hint(error, "the target is not what the run has seen; links in it are never "
                           "followed");
}

static int check_enter(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    struct apply *apply = walk->data;
    struct thing old;
    if (!is_here(walk, 1))
        return 0;
    int result = look(walk, entry->name, &old);
    if (result < 0)
        return look_failed(walk, result, error);
    if (result == 1 && S_ISDIR(old.mode)) {
        result = is_bare(walk, entry) ? 0 : trail_enter(&apply->target, entry->name);
        return result != 0 ? look_failed(walk, result, error) : 0;
    }
    if (result == 1 && thing_is_whiteout(apply->target.fd, entry->name, &old) == 1)
        return 0;
    return result == 1 && !entry->opaque ? no_directory(walk, &old, error) : 0;
}

static int check_leave(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    struct apply *apply = walk->data;
    (void)entry;
    int result = is_here(walk, 0) ? trail_leave(&apply->target) : 0;
    return result != 0 ? look_failed(walk, result, error) : 0;
}

/* ---- second: what is new -------------------------------------------------------------------- */

/* Whether the target has just that already. It is never so of a file with several names: which of
 * the target's share one file, the run has not seen. Returns 1, 0 or -errno. */
static int is_there(const struct walk *walk, const struct entry *entry, const struct thing *old)
{
    const struct apply *apply = walk->data;
    struct thing wanted = entry->upper;
    unsigned what;
    if (((wanted.mode ^ old->mode) & S_IFMT) != 0 || wanted.links > 1)
        return 0;
    wanted.mode = (wanted.mode & S_IFMT) | (S_ISLNK(wanted.mode) ? 0777 : put_mode(&wanted));
    int result = compare_things(entry->name, (struct side){walk->upper.fd, &wanted},
                                (struct side){apply->target.fd, old}, &what);
    return result != 0 ? result : what == 0;
}

static int put(const struct put *put)
{
    return S_ISREG(put->thing->mode)   ? put_file(put)
           : S_ISLNK(put->thing->mode) ? put_link(put)
                                       : put_fifo(put);
}

/* A file that has more names than this one. */
static int put_shared(const struct walk *walk, const struct put *wanted)
{
    struct apply *apply = walk->data;
    struct thing copy;
    autofd fd = links_open(&apply->links, wanted->thing, apply->root);
    if (fd < 0 && fd != -ENOENT)
        return fd;
    int result = fd >= 0 ? put_name(wanted, fd) : -EXDEV;
    if (fd >= 0 && result != -EXDEV) /* which is another file system of the target's */
        return result;
    result = put(wanted);
    if (result == 0)
        result = thing_look(wanted->to, wanted->name, &copy);
    return result != 0 ? result : links_note(&apply->links, wanted->thing, walk->path, &copy);
}

static int write_entry(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    struct apply *apply = walk->data;
    struct thing old;
    if (entry->whiteout)
        return 0;
    int result = look(walk, entry->name, &old);
    if (result < 0)
        return look_failed(walk, result, error);
    const struct put wanted = {walk->upper.fd, apply->target.fd, entry->name, &entry->upper,
                               result == 1 ? &old : NULL};
    result = wanted.old ? is_there(walk, entry, &old) : 0;
    if (result == 0) {
        result = entry->upper.links > 1 ? put_shared(walk, &wanted) : put(&wanted);
        apply->applied->written += result == 0;
        apply->applied->setid += result == 0 && S_ISREG(entry->upper.mode) &&
                                 (entry->upper.mode & (S_ISUID | S_ISGID)) != 0;
    }
    return result < 0 ? walk_fail(walk, -result, "can't write ", error) : 0;
}

/* Whether it stands on another file system than its root. */
static bool is_elsewhere(const struct trail *trail)
{
    return trail->places[trail->depth].device != trail->places[0].device;
}

static int write_enter(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    struct apply *apply = walk->data;
    struct thing old;
    bool below = entry->found && S_ISDIR(entry->lower.mode);
    int result = look(walk, entry->name, &old);
    if (result < 0)
        return look_failed(walk, result, error);
    bool there = result == 1 && S_ISDIR(old.mode);
    if (there && is_bare(walk, entry))
        return 0;
    if (!there) {
        const struct put wanted = {-1, apply->target.fd, entry->name, &entry->upper,
                                   result == 1 ? &old : NULL};
        if (wanted.old && !entry->opaque &&
            thing_is_whiteout(apply->target.fd, entry->name, &old) != 1)
            return no_directory(walk, &old, error);
        /* what stood here hid what is below, and so must the directory */
        result = entry->frame ? thing_note_new(walk->upper.fd) : 0;
        if (result == 0)
            result = put_directory(&wanted, below && (entry->opaque || wanted.old));
        apply->applied->written += result == 0;
    } else {
        result = 0;
    }
    if (result == 0)
        result = trail_enter(&apply->target, entry->name);
    if (result == 0 && there && below && entry->opaque)
        result = put_opaque(apply->target.fd);
    apply->several |= result == 0 && is_elsewhere(&apply->target);
    return result != 0 ? walk_fail(walk, -result, "can't make the directory ", error) : 0;
}

/* ---- third: what is gone -------------------------------------------------------------------- */

/* Removes a name of the target; a whiteout takes its place where a layer below has it. */
static int remove_name(struct walk *walk, const char *name, bool below)
{
    struct apply *apply = walk->data;
    struct thing old;
    int result = look(walk, name, &old);
    if (result < 0)
        return result;
    int hidden = result == 1 ? thing_is_whiteout(apply->target.fd, name, &old) : 0;
    if (hidden < 0 || (hidden == 1 && below))
        return hidden < 0 ? hidden : 0;
    if (result == 1) {
        result = remove_tree(apply->target.fd, name);
        apply->applied->removed += result == 0 && !hidden;
    } else {
        apply->applied->removed += below;
    }
    if (result == 0 && below && mknodat(apply->target.fd, name, S_IFCHR, 0) != 0)
        result = -errno;
    return result;
}

static int finish_entry(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    int result = entry->whiteout ? remove_name(walk, entry->name, entry->found) : 0;
    return result != 0 ? walk_fail(walk, -result, "can't remove ", error) : 0;
}

static int finish_enter(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    struct apply *apply = walk->data;
    int result = is_bare(walk, entry) ? 0 : trail_enter(&apply->target, entry->name);
    return result != 0 ? walk_fail(walk, -result, "can't open the directory ", error) : 0;
}

/* What the target has and an opaque directory hides. */
static int remove_hidden(struct walk *walk, struct sbx_error *error)
{
    struct apply *apply = walk->data;
    struct names names = {0};
    int result = names_read(&names, apply->target.fd, false);
    for (size_t i = 0; result == 0 && i < names.count; i++)
        if (!names_own(walk_names(walk), names_at(&names, i)))
            result = remove_name(walk, names_at(&names, i), false);
    names_free(&names);
    return result != 0 ? walk_fail(walk, -result, "can't empty the directory ", error) : 0;
}

/* Mode, attributes and times of a directory. Times are its owner's to set; in a directory of
 * somebody else's they say when it was written, which is true too. */
static int finish_directory(const struct walk *walk, const struct thing *wanted, int fd)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, wanted->mtime};
    struct thing now;
    const struct attributed from = {walk->upper.fd, NULL}, to = {fd, NULL};
    int result = attributes_differ(from, to);
    if (result == 1)
        result = attributes_copy(walk->upper.fd, fd);
    if (result == 0)
        result = thing_look(fd, "", &now);
    if (result != 0)
        return result;
    if ((now.mode & 07777) != put_mode(wanted) && fchmod(fd, put_mode(wanted)) != 0)
        return -errno;
    if (!compare_times(&now, wanted) && futimens(fd, times) != 0 && errno != EPERM)
        return -errno;
    return 0;
}

static int finish_leave(struct walk *walk, const struct entry *entry, struct sbx_error *error)
{
    struct apply *apply = walk->data;
    if (!is_here(walk, 0))
        return 0;
    if (entry->opaque && remove_hidden(walk, error) != 0)
        return -1;
    autofd fd = fcntl(apply->target.fd, F_DUPFD_CLOEXEC, 3);
    int result = fd < 0 ? -errno : trail_leave(&apply->target); /* while it may be searched */
    if (result == 0 && !entry->frame) /* the launcher has made it for its own ends */
        result = finish_directory(walk, &entry->upper, fd);
    return result != 0 ? walk_fail(walk, -result, "can't finish the directory ", error) : 0;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static const struct phase {
    struct walk_hooks hooks;
    const char *after; /* what there is to know where it fails */
} phases[] = {
    {{check_entry, check_enter, check_leave}, "nothing was written"},
    {{write_entry, write_enter, check_leave},
     "what `sandbox changes` lists before it is written, nothing behind it, and nothing is "
     "removed; "
     "all changes are still kept: apply them again when the cause is mended"},
    {{finish_entry, finish_enter, finish_leave},
     "all that is new is written; what `sandbox changes` lists before it is removed, nothing "
     "behind "
     "it; all changes are still kept: apply them again when the cause is mended"},
};

static void add_hint(struct sbx_error *error, const char *after)
{
    char hint[sizeof(error->hint)];
    memcpy(hint, error->hint, sizeof(hint));
    hint[sizeof(hint) / 2] = '\0';
    err_hint(error, "%s%s%s", hint, hint[0] ? "; " : "", after);
}

static int run_phase(struct apply *apply, const struct phase *phase, const struct state *state,
                     const int *below, size_t count, struct sbx_error *error)
{
    struct walk walk = {.hooks = &phase->hooks, .data = apply};
    int fd = openat(apply->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 ? -errno : trail_start(&apply->target, fd, false);
    if (result != 0)
        err_set(error, SBX_E_HOST, -result, "changes", "can't read the target directory");
    else
        result = walk_run(&walk, state->changes, below, count, error);
    trail_end(&apply->target);
    if (result != 0)
        add_hint(error, phase->after);
    return result != 0 ? -1 : 0;
}

/* .../layers/sha256/HEX: what `sandbox image` has unpacked, and whose name tells its content. */
static bool is_cached_layer(const char *path)
{
    static const char *const folders[] = {"/layers/sha256", "/layers/sha512"};
    const char *name = strrchr(path, '/');
    size_t length = name ? strlen(name + 1) : 0;
    if ((length != 64 && length != 128) || strspn(name + 1, "0123456789abcdef") != length)
        return false;
    for (size_t i = 0; i < 2; i++) {
        size_t size = strlen(folders[i]);
        if ((size_t)(name - path) >= size && memcmp(name - size, folders[i], size) == 0)
            return true;
    }
    return false;
}

static int check_shared(int root, struct sbx_error *error)
{
    char link[64], path[PATH_MAX] = "";
    snprintf(link, sizeof(link), "/proc/self/fd/%d", root);
    if (readlink(link, path, sizeof(path) - 1) < 0)
        return err_set(error, SBX_E_HOST, errno, "changes", "can't find the target's path");
    if (!is_cached_layer(path))
        return 0;
    err_set(error, SBX_E_USAGE, 0, "changes", "%s is a layer of the image cache, which is shared",
            path);
    return err_hint(error, "put a directory of your own on top of it in root.lower, or apply to a "
                           "copy with --to; nothing was written");
}

static int check_target(const struct state *state, int root, struct sbx_error *error)
{
    struct thing target, upper, dir;
    if (thing_look(root, "", &target) != 0 || thing_look(state->fd, "", &dir) != 0 ||
        thing_look(state->changes, "", &upper) != 0)
        return err_set(error, SBX_E_HOST, errno, "changes", "can't look at %s", state->dir);
    if (thing_is(&target, &dir) || thing_is(&target, &upper))
        return err_set(error, SBX_E_USAGE, 0, "changes",
                       "the changes of %s can't be applied to itself", state->dir);
    return check_shared(root, error);
}

static int apply_all(struct apply *apply, bool dry_run, const struct state *state, const int *below,
                     size_t count, struct sbx_error *error)
{
    if (check_target(state, apply->root, error) != 0)
        return -1;
    size_t last = dry_run ? 1 : sizeof(phases) / sizeof(phases[0]);
    for (size_t i = 0; i < last; i++)
        if (run_phase(apply, &phases[i], state, below, count, error) != 0)
            return -1;
    if (dry_run)
        return 0;
    if (apply->several)
        sync();
    if (syncfs(apply->root) != 0) {
        err_set(error, SBX_E_HOST, errno, "changes",
                "what was written can't be brought to the disk");
        add_hint(error, phases[1].after);
        return -1;
    }
    return state_empty(state, error);
}

int sbx_changes_apply(const struct sbx_layers *layers, bool dry_run, struct sbx_applied *applied,
                      struct sbx_error *error)
{
    struct apply apply = {.applied = applied, .target = {.fd = -1}};
    struct state state = STATE_NONE;
    size_t count = layers->lower_count;
    *applied = (struct sbx_applied){0};
    if (!count)
        return err_set(error, SBX_E_USAGE, 0, "changes", "there is no directory to apply them to");
    autofree int *lowers = calloc(count, sizeof(*lowers));
    if (!lowers)
        return err_memory(error, "changes");
    if (state_open_lowers(layers->lowers, count, lowers, error) != 0)
        return -1;
    apply.root = lowers[0];
    int result = state_open(layers->upper, true, &state, error);
    if (result == 0)
        result = state_open_changes(&state, error);
    if (result == 0 && state.changes >= 0)
        result = apply_all(&apply, dry_run, &state, lowers + 1, count - 1, error);
    links_free(&apply.links);
    state_close(&state);
    for (size_t i = 0; i < count; i++)
        close(lowers[i]);
    return result;
}
