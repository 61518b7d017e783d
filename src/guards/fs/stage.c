/* SPDX-License-Identifier: MIT
 *
 * stage.c - in the child: the files of the sandbox's own that are mounted one by one, on top of
 * things that are not ours. They are made in the new root, where that is a tmpfs of ours, and their
 * names are taken away once all is mounted (the kernel mounts no file that has lost its name); else
 * in a tmpfs that is seen by nobody. That one is attached for as long as it takes to copy mounts of
 * single files from it, for before Linux 6.15 the kernel copies none of a file system that is
 * attached nowhere.
 *
 * Raw system calls only. Sources: open_tree(2), mount_setattr(2), move_mount(2).
 */
#include "base/sys.h"
#include "guards/fs/fs.h"
#include <errno.h>
#include <fcntl.h>

/* sys/mount.h and linux/mount.h can't be had together with base/sys.h everywhere. */
enum { UNMOUNT_DETACH = 2 /* MNT_DETACH */, REMOVE_DIRECTORY = 0x200 /* AT_REMOVEDIR */ };

/* An empty file and an empty directory, which serve for all that is hidden. */
static const char blank_name[] = ".sandbox-blank", empty_name[] = ".sandbox-empty";
enum { EMPTY_MODE = 0555, NAME_SIZE = 40 };

static bool is_staged(const struct fs_step *step)
{
    return step->op == FS_HIDE_FILE || step->op == FS_SHOW_TEXT ||
           (step->op == FS_HIDE_DIR && !step->size_text);
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

/* The name of a step's own file: its number, the last digit first. */
static void name_file(size_t number, char name[static NAME_SIZE])
{
    static const char prefix[] = ".sandbox-";
    size_t length = 0;
    for (; prefix[length]; length++)
        name[length] = prefix[length];
    do
        name[length++] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    name[length] = '\0';
}

/* A mount of one file or directory, read-only. */
static long copy(int stage, const char *name, uint64_t attributes)
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

static long copy_staged(const struct fs_step *step, int stage, size_t number)
{
    char name[NAME_SIZE];
    if (step->op != FS_SHOW_TEXT)
        return copy(stage, step->op == FS_HIDE_DIR ? empty_name : blank_name, step->attributes);
    name_file(number, name);
    long ret = fs_write_text(step, stage, name);
    return ret < 0 ? ret : copy(stage, name, step->attributes);
}

static long fill(const struct fs_plan *fs, int stage, int *item)
{
    long ret = sys(SYS_mknodat, stage, blank_name, S_IFREG, 0);
    if (ret >= 0)
        ret = sys(SYS_mkdirat, stage, empty_name, EMPTY_MODE);
    for (size_t i = 0; i < fs->count && ret >= 0; i++) {
        if (!is_staged(&fs->steps[i]))
            continue;
        *item = (int)i;
        if ((ret = copy_staged(&fs->steps[i], stage, i)) >= 0)
            fs->trees[i] = (int)ret;
    }
    return ret;
}

static bool is_needed(const struct fs_plan *fs)
{
    for (size_t i = 0; i < fs->count; i++)
        if (is_staged(&fs->steps[i]))
            return true;
    return false;
}

/* In a tmpfs of its own, which covers all that is at "/" for that time. */
static long fill_apart(const struct fs_plan *fs, int *item)
{
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

long fs_stage(const struct fs_plan *fs, int root, int *item)
{
    if (!is_needed(fs))
        return 0;
    *item = (int)fs->count + FS_PHASE_STAGE;
    return root >= 0 ? fill(fs, root, item) : fill_apart(fs, item);
}

long fs_unstage(const struct fs_plan *fs, int root, int *item)
{
    long ret = 0;
    char name[NAME_SIZE];
    if (root < 0 || !is_needed(fs))
        return 0;
    *item = (int)fs->count + FS_PHASE_STAGE;
    for (size_t i = 0; i < fs->count && ret >= 0; i++) {
        if (fs->steps[i].op != FS_SHOW_TEXT)
            continue;
        name_file(i, name);
        ret = sys(SYS_unlinkat, root, name, 0);
    }
    if (ret >= 0)
        ret = sys(SYS_unlinkat, root, blank_name, 0);
    return ret >= 0 ? sys(SYS_unlinkat, root, empty_name, REMOVE_DIRECTORY) : ret;
}
