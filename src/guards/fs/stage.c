/* SPDX-License-Identifier: MIT
 *
 * stage.c - in the child: the files of the sandbox's own that are mounted one by one, on top of
 * things that are not ours. They are made in a tmpfs that is seen by nobody: it is attached for as
 * long as it takes to copy mounts of single files from it, for before Linux 6.15 the kernel copies
 * none of a file system that is attached nowhere.
 *
 * Raw system calls only. Sources: open_tree(2), mount_setattr(2), move_mount(2).
 */
#include "base/sys.h"
#include "guards/fs/fs.h"
#include <errno.h>
#include <fcntl.h>

/* sys/mount.h and linux/mount.h can't be had together with base/sys.h everywhere. */
enum { UNMOUNT_DETACH = 2 /* MNT_DETACH */ };

static const char blank_name[] = "blank";

static bool is_staged(enum fs_op op)
{
    return op == FS_HIDE_FILE || op == FS_SHOW_TEXT;
}

long fs_write_text(const struct fs_step *step, int parent, const char *name)
{
    size_t length = 0, done = 0;
    long ret = 0, fd = sys(SYS_openat, parent, name,
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, step->mode);
    if (fd < 0)
        return fd;
    while (step->source[length])
        length++;
    while (done < length && (ret = sys(SYS_write, fd, step->source + done, length - done)) > 0)
        done += (size_t)ret;
    sys(SYS_close, fd);
    return ret < 0 ? ret : done == length ? 0 : -EIO;
}

/* The name of a step's file: its number, the last digit first. */
static void name_file(size_t number, char name[static 24])
{
    size_t length = 0;
    do
        name[length++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    name[length] = '\0';
}

/* A mount of one file, read-only. */
static long copy_file(int stage, const char *name, uint64_t attributes)
{
    long tree = sys(SYS_open_tree, stage, name, OPEN_TREE_CLONE | O_CLOEXEC | AT_SYMLINK_NOFOLLOW);
    if (tree < 0)
        return tree;
    long ret = sys_mount_setattr((int)tree, 0, attributes);
    if (ret >= 0)
        return tree;
    sys(SYS_close, tree);
    return ret;
}

static long fill(const struct fs_plan *fs, int stage, int *item)
{
    long ret = sys(SYS_mknodat, stage, blank_name, S_IFREG, 0);
    for (size_t i = 0; i < fs->count && ret >= 0; i++) {
        if (!is_staged(fs->steps[i].op))
            continue;
        char name[24];
        *item = (int)i;
        name_file(i, name);
        if (fs->steps[i].op == FS_SHOW_TEXT)
            ret = fs_write_text(&fs->steps[i], stage, name);
        if (ret >= 0)
            ret = copy_file(stage, fs->steps[i].op == FS_SHOW_TEXT ? name : blank_name,
                            fs->steps[i].attributes);
        if (ret >= 0)
            fs->trees[i] = (int)ret;
    }
    return ret;
}

static bool is_needed(const struct fs_plan *fs)
{
    for (size_t i = 0; i < fs->count; i++)
        if (is_staged(fs->steps[i].op))
            return true;
    return false;
}

long fs_stage(const struct fs_plan *fs, int *item)
{
    if (!is_needed(fs))
        return 0;
    *item = (int)fs->count + FS_PHASE_STAGE;
    long stage = fs_new_tmpfs(FS_ROOT_SIZE, NULL, "0700", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (stage < 0)
        return stage;
    long ret = sys(SYS_move_mount, stage, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
    if (ret >= 0) {
        ret = fill(fs, (int)stage, item);
        /* The topmost mount at "/" is the stage. What was copied from it stays. */
        long gone = sys(SYS_umount2, "/", UNMOUNT_DETACH);
        if (ret >= 0 && gone < 0) {
            *item = (int)fs->count + FS_PHASE_STAGE;
            ret = gone;
        }
    }
    sys(SYS_close, stage);
    return ret;
}
