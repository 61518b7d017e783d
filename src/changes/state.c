/* SPDX-License-Identifier: MIT
 *
 * state.c - opens, locks and empties the directory that keeps a root's changes.
 */
#include "changes/state.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/sys.h"
#include "changes/names.h"
#include "changes/remove.h"
#include "changes/thing.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

/* What stands in work/ while the old changes are being removed. */
#define OLD "old"

/* A part of it, which is a directory of the same file system and no link. Returns -1 where it is
 * not there, with *result 0, and on failure. */
static int open_part(int dirfd, const char *name, int flags, int *result)
{
    long fd = sys_openat2(dirfd, name, (unsigned)flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0,
                          RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
    *result = fd < 0 && fd != -ENOENT ? (int)fd : 0;
    return fd < 0 ? -1 : (int)fd;
}

/* Says what is in it that does not belong there. */
static int check_names(const struct state *state, struct sbx_error *error)
{
    struct names names = {0};
    int result = names_read(&names, state->fd, true);
    const char *strange = NULL;
    if (result != 0)
        result = err_set(error, SBX_E_HOST, -result, "changes", "can't read the directory %s",
                         state->dir);
    for (size_t i = 0; result == 0 && i < names.count; i++) {
        const char *name = names_at(&names, i);
        if (strcmp(name, "changes") != 0 && strcmp(name, "work") != 0)
            strange = name;
    }
    if (strange) {
        err_set(error, SBX_E_USAGE, 0, "changes",
                "%s keeps no changes of a sandbox: there is '%s' in it", state->dir, strange);
        result = err_hint(error, "name the directory of root.upper: it holds 'changes' and 'work', "
                                 "and nothing else");
    }
    names_free(&names);
    return result;
}

static int lock(const struct state *state, bool exclusive, struct sbx_error *error)
{
    if (flock(state->fd, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return err_set(error, SBX_E_HOST, errno, "changes", "can't lock %s", state->dir);
    err_set(error, SBX_E_HOST, 0, "changes",
            "%s is in use: a sandbox is running in it, or another "
            "command looks at its changes",
            state->dir);
    return err_hint(error, "wait for its end");
}

int state_open(const char *dir, bool exclusive, struct state *state, struct sbx_error *error)
{
    state->dir = dir;
    state->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (state->fd < 0)
        return err_set(error, SBX_E_USAGE, errno, "changes", "can't open the directory %s", dir);
    return lock(state, exclusive, error) != 0 || check_names(state, error) != 0 ? -1 : 0;
}

int state_open_changes(struct state *state, struct sbx_error *error)
{
    int result;
    state->changes = open_part(state->fd, "changes", O_RDONLY, &result);
    if (result == 0)
        return 0;
    err_set(error, SBX_E_HOST, -result, "changes", "can't open the directory %s/changes",
            state->dir);
    return result == -ENOTDIR || result == -ELOOP
               ? err_hint(error, "discard what is there: 'sandbox changes discard'")
               : -1;
}

void state_close(struct state *state)
{
    close_fd(&state->changes);
    close_fd(&state->fd); /* and with it the lock */
}

int state_open_lowers(const char *const *lowers, size_t count, int *fds, struct sbx_error *error)
{
    for (size_t i = 0; i < count; i++) {
        fds[i] = open(lowers[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fds[i] >= 0)
            continue;
        err_set(error, SBX_E_USAGE, errno, "changes", "can't open the lower directory %s",
                lowers[i]);
        while (i > 0)
            close_fd(&fds[--i]);
        return -1;
    }
    return 0;
}

/* ---- emptying ------------------------------------------------------------------------------- */

static int fail(const struct state *state, int result, const char *what, const char *name,
                struct sbx_error *error)
{
    err_set(error, SBX_E_HOST, -result, "changes", "can't %s %s/%s", what, state->dir, name);
    if (result == -EXDEV || result == -EBUSY)
        err_hint(error, "something is mounted in it: unmount that, and try again");
    return -1;
}

/* work/, empty; what is there in its place goes. Returns the descriptor, or -errno. */
static int clear_work(const struct state *state)
{
    struct thing thing;
    int result = thing_look(state->fd, "work", &thing);
    if (result == 0 && !S_ISDIR(thing.mode))
        result = unlinkat(state->fd, "work", 0) == 0 ? -ENOENT : -errno;
    if (result == -ENOENT)
        result = mkdirat(state->fd, "work", 0700) == 0 ? 0 : -errno;
    if (result != 0)
        return result;
    autofd work = open_part(state->fd, "work", O_RDONLY, &result);
    if (work < 0)
        return result ? result : -ENOENT;
    result = remove_content(work); /* what an interrupted one has left is there, too */
    return result != 0 ? result : take_fd(&work);
}

/* To be moved, a directory must be writable for who moves it. */
static int make_movable(const struct state *state)
{
    struct thing thing;
    char path[THING_PATH_SIZE];
    int result = thing_look(state->fd, "changes", &thing);
    if (result != 0 || !S_ISDIR(thing.mode) || (thing.mode & 0700) == 0700)
        return result;
    autofd fd = openat(state->fd, "changes", O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return chmod(thing_path(path, fd, ""), 0700) == 0 ? 0 : -errno;
}

/* The launcher makes both anew, for the user that programs run as. */
int state_empty(const struct state *state, struct sbx_error *error)
{
    int result = make_movable(state);
    if (result != 0 && result != -ENOENT)
        return fail(state, result, "throw away", "changes", error);
    autofd work = clear_work(state);
    if (work < 0)
        return fail(state, work, "empty", "work", error);
    if (renameat(state->fd, "changes", work, OLD) != 0 && errno != ENOENT)
        return fail(state, -errno, "throw away", "changes", error);
    result = remove_content(work);
    if (result == 0 && unlinkat(state->fd, "work", AT_REMOVEDIR) != 0)
        result = -errno;
    return result != 0 ? fail(state, result, "remove", "work", error) : 0;
}
