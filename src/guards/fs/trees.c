/* SPDX-License-Identifier: MIT
 *
 * trees.c - the child opens what the plan shows of the host, before it becomes the sandbox's
 * user: so root's sandboxes can show what only root can reach. Nothing is mounted here.
 *
 * The plan's paths are opened anew, for the parent's fds belong to another mount namespace, whose
 * mounts can't be copied. A source must be what the plan was made for: same device, same inode.
 *
 * Raw system calls only. Sources: open_tree(2), mount_setattr(2), mount_namespaces(7).
 */
#include "base/sys.h"
#include "guards/fs/fs.h"
#include "guards/fs/server.h"
#include <errno.h>
#include <fcntl.h>

/* sys/mount.h and linux/mount.h can't be had together with base/sys.h everywhere. */
enum { PROPAGATION_PRIVATE = 1 << 18 /* MS_PRIVATE */ };
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

/* Mounts of the host that come and go later must not show up in ours. */
long fs_make_private(void)
{
    struct sys_mount_attr attr = {.propagation = PROPAGATION_PRIVATE};
    return sys(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof(attr));
}

/* What the plan has found in a layer it has found without following a link, whoever may write that
 * layer: for root as for all others, a link on the way is another way. */
static long open_straight(const struct fs_step *step, unsigned flags)
{
    long fd = sys_openat2(AT_FDCWD, step->source, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0,
                          RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    if (fd < 0)
        return fd;
    long tree = sys(SYS_open_tree, fd, "", flags | AT_EMPTY_PATH);
    sys(SYS_close, fd);
    return tree;
}

/* A copy of a host mount with all mounts below it: they are locked together in a new user
 * namespace. An inherited mount's own restrictions stay; ours are added to all of them. A layer has
 * none below it: the kernel refuses where it has. */
long fs_open_source(const struct fs_step *step, uint64_t attributes)
{
    struct stat st = {.st_dev = 0};
    const unsigned depth = step->op == FS_LAYER ? 0 : AT_RECURSIVE;
    const unsigned flags = OPEN_TREE_CLONE | O_CLOEXEC | depth;
    long tree = step->straight || step->op == FS_LAYER
                    ? open_straight(step, flags)
                    : sys(SYS_open_tree, AT_FDCWD, step->source, flags | AT_SYMLINK_NOFOLLOW);
    if (tree < 0)
        return tree;
    long ret = sys(SYS_fstat, tree, &st);
    /* A link is never a source: the plan has real paths. An inode number may have been used again.
     */
    if (ret >= 0 && (st.st_dev != step->device || st.st_ino != step->inode || S_ISLNK(st.st_mode)))
        ret = -ESTALE;
    if (ret >= 0 && attributes)
        ret = sys_mount_setattr((int)tree, AT_RECURSIVE, attributes);
    if (ret >= 0)
        return tree;
    sys(SYS_close, tree);
    return ret;
}

int fs_sources_enter(const struct plan *plan, int *item)
{
    const struct fs_plan *fs = &plan->fs;
    long ret;
    *item = (int)fs->count + FS_PHASE_PRIVATE;
    if ((ret = fs_make_private()) < 0)
        return (int)ret;
    fs_open_files_raise(fs);
    if (fs->server.program) {
        *item = (int)fs->count + FS_PHASE_DEVICE;
        if ((ret = fs_fuse_open(fs)) < 0)
            return (int)ret;
    }
    /* What the server shows is its own to open. */
    for (size_t i = fs->server.program ? fs->staged : 0; i < fs->count; i++) {
        if (fs->steps[i].op != FS_BIND && fs->steps[i].op != FS_LAYER)
            continue;
        *item = (int)i;
        if ((ret = fs_open_source(&fs->steps[i], fs->steps[i].attributes)) < 0)
            return (int)ret;
        fs->trees[i] = (int)ret;
    }
    return 0;
}
