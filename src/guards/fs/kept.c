/* SPDX-License-Identifier: MIT
 *
 * kept.c - root.upper = DIRECTORY, in the parent: takes the directory for this run alone, and makes
 * in it what overlayfs needs. An earlier program has written into DIRECTORY/changes, so nothing in
 * there is believed: each step of a path is opened beneath it, and no symbolic link is followed.
 *
 * The lock is the open directory's (flock(2)); PID 1 inherits and keeps it, and so it outlives a
 * launcher that is killed.
 */
#include "base/fd.h"
#include "base/sys.h"
#include "guards/fs/fs.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char changes[] = "changes", work[] = "work", fresh[] = "new";
enum { WORK_MODE = 0700, OPEN_MODE = 0755, OTHERS = 077 };

static int fault(const struct fs_kept *kept, const char *name, const char *what,
                 struct sbx_error *error)
{
    int sys_errno = errno;
    const char *separator = *name ? "/" : "";
    err_set(error, SBX_E_HOST, sys_errno, FS_STAGE, "root.upper: %s%s%s %s", kept->path, separator,
            name, what);
    if (sys_errno == ELOOP || sys_errno == ENOTDIR)
        err_hint(error,
                 "an earlier program has put something else there: 'sandbox changes discard %s' "
                 "starts afresh",
                 kept->path);
    if (sys_errno == EACCES && *name)
        err_hint(error,
                 "an earlier program may have changed its mode: see 'sandbox changes list %s'; "
                 "'sandbox changes discard %s' starts afresh",
                 kept->path, kept->path);
    return err_at(error, kept->origin);
}

static int open_beneath(int directory, const char *path)
{
    long fd = sys_openat2(directory, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0,
                          RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    if (fd >= 0)
        return (int)fd;
    errno = (int)-fd;
    return -1;
}

/* Makes a directory that belongs to the sandbox's user. */
static int make_own(const struct plan *plan, int directory, const char *name, unsigned mode)
{
    if (mkdirat(directory, name, 0700) != 0 && errno != EEXIST)
        return -1;
    autofd made = open_beneath(directory, name);
    if (made < 0)
        return -1;
    if (plan->host->root && fchown(made, plan->ns.outer_uid, plan->ns.outer_gid) != 0)
        return -1;
    return fchmod(made, mode);
}

/* The same in the changes, where there is none yet. It comes there with its owner: one of root's,
 * left by a launch that was killed, would keep the program out for ever. What is there already was
 * made in this way, or by a program: it keeps its mode. */
static int make(const struct plan *plan, int workshop, int directory, const char *name,
                unsigned mode)
{
    struct stat st;
    if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return 0;
    if (errno != ENOENT || make_own(plan, workshop, fresh, WORK_MODE) != 0)
        return -1;
    autofd made = open_beneath(workshop, fresh);
    if (made < 0 || renameat(workshop, fresh, directory, name) != 0)
        return -1;
    return fchmod(made, mode);
}

/* Makes "a/b" in the open changes: "a" is there already. */
static int make_dir(const struct plan *plan, int workshop, int top, const struct fs_kept_dir *dir)
{
    size_t parent = fs_parent_length(dir->path, strlen(dir->path));
    char above[PATH_MAX];
    memcpy(above, dir->path, parent);
    above[parent] = '\0';
    autofd directory = open_beneath(top, above);
    const char *name = dir->path + parent + (parent > 0);
    if (directory < 0)
        return -1;
    if (make(plan, workshop, directory, name, dir->mode) == 0)
        return 0;
    /* It was an overlay's own once, with the mode of a directory that only others may write. */
    return errno == EACCES && fchmod(directory, OPEN_MODE) == 0
               ? make(plan, workshop, directory, name, dir->mode)
               : -1;
}

static int make_changes(const struct plan *plan, int workshop, int directory,
                        struct sbx_error *error)
{
    const struct fs_kept *kept = &plan->fs.kept;
    if (make(plan, workshop, directory, changes, kept->count ? kept->dirs[0].mode : WORK_MODE) != 0)
        return fault(kept, changes, "can't be made", error);
    autofd top = open_beneath(directory, changes);
    if (top < 0)
        return fault(kept, changes, "can't be opened", error);
    for (size_t i = 0; i < kept->count; i++) {
        char name[PATH_MAX];
        if (!*kept->dirs[i].path)
            continue;
        snprintf(name, sizeof(name), "%s/%s", changes, kept->dirs[i].path);
        if (make_dir(plan, workshop, top, &kept->dirs[i]) != 0)
            return fault(kept, name, "can't be made", error);
    }
    return 0;
}

/* Returns the open directory, or -1. */
static int make_work(const struct plan *plan, int directory, struct sbx_error *error)
{
    const struct fs_kept *kept = &plan->fs.kept;
    if (make_own(plan, directory, work, WORK_MODE) != 0)
        return fault(kept, work, "can't be made", error);
    autofd top = open_beneath(directory, work);
    if (top < 0)
        return fault(kept, work, "can't be opened", error);
    for (size_t i = 0; i < kept->works; i++) {
        char name[24];
        snprintf(name, sizeof(name), "%zu", i);
        if (make_own(plan, top, name, WORK_MODE) != 0)
            return fault(kept, work, "can't be written", error);
    }
    return take_fd(&top);
}

/* overlayfs empties its work directory, and what is in the changes is shown: a directory that was
 * meant for other things is not used, whatever the profile says. */
static int check_names(const struct fs_kept *kept, int directory, struct sbx_error *error)
{
    const int again = open_beneath(directory, "");
    DIR *list = again < 0 ? NULL : fdopendir(again);
    const struct dirent *entry;
    int ret = 0;
    if (!list) {
        fault(kept, "", "can't be read", error);
        if (again >= 0)
            close(again);
        return -1;
    }
    while (ret == 0 && (entry = readdir(list))) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, changes) == 0 ||
            strcmp(name, work) == 0)
            continue;
        err_set(error, SBX_E_HOST, ENOTEMPTY, FS_STAGE,
                "root.upper: %s is used for something else: there is '%s' in it", kept->path, name);
        err_hint(error, "name an empty directory; sandbox makes 'changes' and 'work' in it");
        ret = err_at(error, kept->origin);
    }
    closedir(list);
    return ret;
}

/* A file of a layer that runs as its owner is so in the changes, too, with whatever content a
 * program has given it: other users must not reach it. Where the launcher is root, the files are
 * nobody's, and this user has to come through. */
static int make_private(const struct plan *plan, int directory, struct sbx_error *error)
{
    struct stat st;
    if (plan->host->root)
        return 0;
    if (fstat(directory, &st) == 0 &&
        (!(st.st_mode & OTHERS) || fchmod(directory, st.st_mode & 0700) == 0))
        return 0;
    return fault(&plan->fs.kept, "", "can't be closed to other users", error);
}

static int take(const struct fs_kept *kept, int directory, struct sbx_error *error)
{
    struct stat st;
    if (directory < 0)
        return fault(kept, "", "can't be opened", error);
    if (fstat(directory, &st) != 0)
        return fault(kept, "", "can't be looked at", error);
    if (st.st_dev != kept->device || st.st_ino != kept->inode) {
        err_set(error, SBX_E_HOST, ESTALE, FS_STAGE,
                "root.upper: %s was replaced by another directory while the sandbox was starting",
                kept->path);
        return err_at(error, kept->origin);
    }
    if (flock(directory, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return fault(kept, "", "can't be locked", error);
    err_set(error, SBX_E_HOST, EBUSY, FS_STAGE,
            "root.upper: %s is in use by another sandbox, or by 'sandbox changes'", kept->path);
    err_hint(error, "wait for it to end, or name another directory");
    return err_at(error, kept->origin);
}

int fs_kept_arm(struct plan *plan, struct sbx_error *error)
{
    struct fs_kept *kept = &plan->fs.kept;
    if (!kept->path)
        return 0;
    autofd directory = open(kept->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (take(kept, directory, error) != 0 || check_names(kept, directory, error) != 0 ||
        make_private(plan, directory, error) != 0)
        return -1;
    autofd workshop = make_work(plan, directory, error);
    if (workshop < 0 || make_changes(plan, workshop, directory, error) != 0)
        return -1;
    kept->lock = take_fd(&directory);
    return 0;
}

void fs_kept_disarm(struct plan *plan)
{
    if (plan->fs.kept.path)
        close_fd(&plan->fs.kept.lock);
}
