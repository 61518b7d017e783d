/* SPDX-License-Identifier: MIT
 *
 * enter.c - the child builds its root and moves into it. Raw system calls only: no libc function
 * that touches errno or the heap, and nothing that can be decided earlier.
 *
 * Two rules make each step safe against a directory of the host that changes meanwhile:
 *   - a target is reached by its parent, opened beneath the new root with no symbolic link
 * followed, and one name in it;
 *   - a source must be the file that the plan was made for: same device, same inode; and so must
 *     what is hidden or pinned.
 *
 * Sources: mount_setattr(2), open_tree, move_mount, fsopen, pivot_root(2), openat2(2).
 */
#include "base/sys.h"
#include "guards/fs/fs.h"
#include "guards/fs/server.h"
#include <errno.h>
#include <fcntl.h>

/* sys/mount.h and linux/mount.h can't be had together with base/sys.h everywhere. */
enum {
    MOUNT_RDONLY = 1,   /* MS_RDONLY */
    MOUNT_NOSUID = 2,   /* MS_NOSUID */
    MOUNT_NODEV = 4,    /* MS_NODEV */
    UNMOUNT_DETACH = 2, /* MNT_DETACH */
};

/* The root under construction, and the directory that the last step worked in: steps are sorted, so
 * the next one is often there too. */
struct site {
    int root;
    int parent;           /* -1: none is kept */
    const char *path;     /* of the step whose parent is kept */
    size_t parent_length; /* how much of that is the parent */
};

static void let_go(struct site *site)
{
    if (site->parent >= 0)
        sys(SYS_close, site->parent);
    site->parent = -1;
}

static bool is_kept(const struct site *site, const char *target, size_t length)
{
    if (site->parent < 0 || site->parent_length != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (site->path[i] != target[i])
            return false;
    return true;
}

/* Opens the directory that `target` is in, and tells its last part. */
static int open_parent(struct site *site, const char *target, const char **name)
{
    char path[PATH_MAX];
    size_t length = 0;
    for (size_t i = 0; target[i]; i++)
        if (target[i] == '/')
            length = i;
    *name = length ? target + length + 1 : target;
    if (!length)
        return site->root;
    if (is_kept(site, target, length))
        return site->parent;
    let_go(site);
    if (length >= sizeof(path))
        return -ENAMETOOLONG;
    for (size_t i = 0; i < length; i++)
        path[i] = target[i];
    path[length] = '\0';
    long fd = sys_openat2(site->root, path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0,
                          RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    if (fd < 0)
        return (int)fd;
    site->parent = (int)fd;
    site->path = target;
    site->parent_length = length;
    return site->parent;
}

/* Attaches a mount of ours at a name in a directory; a link there is not followed. Takes the fd. */
static long attach(long mount, int parent, const char *name)
{
    long ret = sys(SYS_move_mount, mount, "", parent, name, MOVE_MOUNT_F_EMPTY_PATH);
    sys(SYS_close, mount);
    return ret;
}

/* Attaches a mount of ours on top of the very thing that the plan was made for. What an earlier
 * step has made has no number in the plan, and nobody else has changed it. Takes the fd. */
static long cover(long mount, int parent, const char *name, const struct fs_step *step)
{
    struct stat st = {.st_dev = 0};
    if (!step->inode)
        return attach(mount, parent, name);
    long place = sys(SYS_openat, parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), ret = place;
    if (place >= 0)
        ret = sys(SYS_fstat, place, &st);
    if (ret >= 0 && (st.st_dev != step->device || st.st_ino != step->inode))
        ret = -ESTALE;
    if (ret >= 0)
        ret = sys(SYS_move_mount, mount, "", place, "",
                  MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
    if (place >= 0)
        sys(SYS_close, place);
    sys(SYS_close, mount);
    return ret;
}

/* Makes the mount at a path read-only. */
static long seal(int parent, const char *name)
{
    long fd = sys(SYS_openat, parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return fd;
    long ret = sys_mount_setattr((int)fd, 0, MOUNT_ATTR_RDONLY);
    sys(SYS_close, fd);
    return ret;
}

/* A mount of what is at a path already. */
static long copy_here(int parent, const char *name, uint64_t attributes)
{
    long tree = sys(SYS_open_tree, parent, name, OPEN_TREE_CLONE | O_CLOEXEC | AT_SYMLINK_NOFOLLOW);
    long ret = tree < 0 ? tree : sys_mount_setattr((int)tree, 0, attributes);
    if (tree < 0 || ret >= 0)
        return tree;
    sys(SYS_close, tree);
    return ret;
}

static long set_option(long fs, const char *key, const char *value)
{
    return sys(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0);
}

/* Turns a configured file system into a mount that is not attached yet. Takes the fd. */
static long make_mount(long fs, long ret, uint64_t attributes)
{
    if (ret >= 0)
        ret = sys(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
    if (ret >= 0)
        ret = sys(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attributes);
    sys(SYS_close, fs);
    return ret;
}

long fs_new_tmpfs(const char *size, const char *inodes, const char *mode, uint64_t attributes)
{
    long ret, fs = sys(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
    if (fs < 0)
        return fs;
    ret = set_option(fs, "size", size);
    if (ret >= 0 && inodes)
        ret = set_option(fs, "nr_inodes", inodes);
    if (ret >= 0)
        ret = set_option(fs, "mode", mode);
    return make_mount(fs, ret, attributes);
}

/* Processes that the reader may not trace do not exist in it: PID 1 is a copy of the launcher,
 * whose command line names files of the host. Of the values of hidepid this one alone makes no
 * exception for a group. */
long fs_new_proc(const char *subset, uint64_t attributes)
{
    long ret, fs = sys(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
    if (fs < 0)
        return fs;
    ret = set_option(fs, "hidepid", FS_PROC_HIDES);
    if (ret >= 0 && subset)
        ret = set_option(fs, "subset", subset);
    return make_mount(fs, ret, attributes);
}

/* Of the ipc namespace that the caller is in. */
static long new_mqueue(uint64_t attributes)
{
    long fs = sys(SYS_fsopen, "mqueue", FSOPEN_CLOEXEC);
    return fs < 0 ? fs : make_mount(fs, 0, attributes);
}

static long new_devpts(uint64_t attributes)
{
    long ret, fs = sys(SYS_fsopen, "devpts", FSOPEN_CLOEXEC);
    if (fs < 0)
        return fs;
    ret = set_option(fs, "ptmxmode", "0666");
    if (ret >= 0)
        ret = set_option(fs, "mode", "620");
    return make_mount(fs, ret, attributes);
}

/* Mounts what lies in a directory of the stage, and takes a copy of the mount, which lives on when
 * the stage is gone. By mount(2): fsconfig(2) takes no more than 255 bytes of a value, and a layer
 * at a time only since Linux 6.8. */
static long make_overlay(const struct fs_step *step, int parent, const char *name)
{
    const unsigned long flags =
        MOUNT_NOSUID | MOUNT_NODEV | (step->attributes & MOUNT_ATTR_RDONLY ? MOUNT_RDONLY : 0);
    long place = sys(SYS_openat, parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (place < 0)
        return place;
    long ret = sys(SYS_fchdir, place);
    if (ret >= 0)
        ret = sys(SYS_mount, "overlay", "m", "overlay", flags, step->source);
    if (ret >= 0)
        ret = sys(SYS_open_tree, place, "m", OPEN_TREE_CLONE | O_CLOEXEC);
    sys(SYS_close, place);
    if (ret < 0)
        return ret;
    long set = sys_mount_setattr((int)ret, 0, step->attributes);
    if (set >= 0)
        return ret;
    sys(SYS_close, ret);
    return set;
}

/* A directory, and nothing on the way to it is a link. */
static long check_upper(const struct site *site, const char *target)
{
    long fd = sys_openat2(site->root, target, O_PATH | O_DIRECTORY | O_CLOEXEC, 0,
                          RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    return fd < 0 ? fd : sys(SYS_close, fd);
}

/* What is made and not mounted. */
static long make_entry(const struct fs_step *step, int parent, const char *name)
{
    switch (step->op) {
    case FS_DIR:
        return sys(SYS_mkdirat, parent, name, step->mode);
    case FS_FILE:
        return sys(SYS_mknodat, parent, name, S_IFREG | step->mode, 0);
    case FS_TEXT:
        return fs_write_text(step, parent, name);
    case FS_SYMLINK:
        return sys(SYS_symlinkat, step->source, parent, name);
    default: /* FS_WHITEOUT */
        return sys(SYS_mknodat, parent, name, S_IFCHR, 0);
    }
}

static long do_step(struct site *site, const struct fs_plan *fs, size_t number)
{
    const struct fs_step *step = &fs->steps[number];
    const int tree = fs->trees[number];
    const char *name;
    long mount = -EINVAL;
    int parent = open_parent(site, step->target, &name);
    if (parent < 0)
        return parent;
    switch (step->op) {
    case FS_DIR:
    case FS_FILE:
    case FS_TEXT:
    case FS_SYMLINK:
    case FS_WHITEOUT:
        return make_entry(step, parent, name);
    case FS_UPPER:
        return check_upper(site, step->target);
    case FS_OVERLAY:
        fs->trees[number] = (int)(mount = make_overlay(step, parent, name));
        return mount < 0 ? mount : 0;
    case FS_SHOW_OVERLAY:
        mount = fs->trees[step->from];
        break;
    case FS_AGAIN:
        mount = copy_here(parent, name, step->attributes);
        return mount < 0 ? mount : cover(mount, parent, name, step);
    case FS_LAYER:
    case FS_BIND:
        if (step->pin)
            return cover(tree, parent, name, step);
        mount = tree;
        break;
    case FS_TMPFS:
        mount = fs_new_tmpfs(step->size_text, step->inodes_text, step->mode_text, step->attributes);
        break;
    case FS_PROC:
        mount = fs_new_proc(step->source, step->attributes);
        break;
    case FS_MQUEUE:
        mount = new_mqueue(step->attributes);
        break;
    case FS_DEVPTS:
        mount = new_devpts(step->attributes);
        break;
    case FS_HIDE_DIR:
        if (!step->size_text)
            return cover(tree, parent, name, step);
        mount = fs_new_tmpfs(step->size_text, NULL, "0555", step->attributes);
        return mount < 0 ? mount : cover(mount, parent, name, step);
    case FS_SHOW_TEXT:
    case FS_HIDE_FILE:
        return cover(tree, parent, name, step);
    case FS_READONLY:
        mount = copy_here(parent, name, step->attributes);
        break;
    case FS_SEAL:
        return seal(parent, name);
    }
    return mount < 0 ? mount : attach(mount, parent, name);
}

/* The new root lies on top of the old one until it takes its place. Returns its fd. */
static long make_root(const struct fs_plan *fs)
{
    const struct fs_step *step = fs_root_step(fs);
    long root =
        !step ? fs_new_tmpfs(fs->root_size_text, NULL, "0755", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
              : fs->trees[step->op == FS_SHOW_OVERLAY ? step->from : fs->staged];
    if (root < 0)
        return root;
    long ret = sys(SYS_move_mount, root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
    if (ret >= 0)
        return root;
    sys(SYS_close, root);
    return ret;
}

long fs_pivot(int root)
{
    long ret = sys(SYS_fchdir, root);
    return ret < 0 ? ret : sys(SYS_pivot_root, ".", ".");
}

/* From the finished root on. `base` is the number of steps. */
static long move_in(const struct fs_plan *fs, int root, int base, int *item)
{
    long ret;
    *item = base + FS_PHASE_SEAL;
    if (!fs_root_step(fs) && (ret = sys_mount_setattr(root, 0, MOUNT_ATTR_RDONLY)) < 0)
        return ret;
    *item = base + FS_PHASE_PIVOT;
    if ((ret = fs_pivot(root)) < 0)
        return ret;
    /* "." is the old root now, mounted over the new one. */
    *item = base + FS_PHASE_DETACH;
    if ((ret = sys(SYS_umount2, ".", UNMOUNT_DETACH)) < 0)
        return ret;
    *item = base + FS_PHASE_FILES;
    if ((ret = fs_open_files_restore(fs)) < 0)
        return ret;
    *item = base + FS_PHASE_CWD;
    return sys(SYS_chdir, fs->cwd);
}

static long do_steps(struct site *site, const struct fs_plan *fs, size_t from, size_t to, int *item)
{
    long ret = 0;
    for (size_t i = from; i < to && ret >= 0; i++) {
        *item = (int)i;
        ret = do_step(site, fs, i);
    }
    let_go(site);
    return ret;
}

long fs_stage_steps(const struct fs_plan *fs, int stage, size_t count, int *item)
{
    struct site site = {.root = stage, .parent = -1};
    return do_steps(&site, fs, 0, count, item);
}

/* The overlays are put together in a tmpfs that lies on top of the old root for as long as that
 * takes. */
static long make_overlays(const struct plan *plan, int *item)
{
    const struct fs_plan *fs = &plan->fs;
    if (fs->staged == 0)
        return 0;
    if (fs->server.program)
        return fs_fuse_mount(plan, item);
    *item = (int)fs->count + FS_PHASE_LAYERS;
    long stage = fs_new_tmpfs(fs->stage_size_text, fs->stage_inodes_text, "0700",
                              MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (stage < 0)
        return stage;
    long ret = sys(SYS_move_mount, stage, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
    if (ret >= 0) {
        ret = fs_stage_steps(fs, (int)stage, fs->staged, item);
        long gone = sys(SYS_umount2, "/", UNMOUNT_DETACH);
        if (ret >= 0 && gone < 0) {
            *item = (int)fs->count + FS_PHASE_LAYERS;
            ret = gone;
        }
    }
    sys(SYS_close, stage);
    return ret;
}

/* With the process's file mode mask out of the way. */
static long build(const struct plan *plan, int *item)
{
    const struct fs_plan *fs = &plan->fs;
    const int base = (int)fs->count;
    const size_t first = fs->staged + (fs_root_step(fs) ? 1 : 0);
    struct site site = {.parent = -1};
    long ret = make_overlays(plan, item);
    if (ret < 0)
        return ret;
    *item = fs_root_step(fs) ? (int)fs->staged : base + FS_PHASE_ROOT;
    if ((ret = make_root(fs)) < 0)
        return ret;
    site.root = (int)ret;
    const int own = fs_root_step(fs) ? -1 : site.root;
    ret = fs_stage(fs, own, item);
    if (ret >= 0)
        ret = do_steps(&site, fs, first, fs->count, item);
    if (ret >= 0)
        ret = fs_unstage(fs, own, item);
    if (ret >= 0)
        ret = move_in(fs, site.root, base, item);
    sys(SYS_close, site.root);
    return ret;
}

int fs_enter(const struct plan *plan, int *item)
{
    long mask = sys(SYS_umask, 0);
    long ret = build(plan, item);
    sys(SYS_umask, mask);
    return ret < 0 ? (int)ret : 0;
}
