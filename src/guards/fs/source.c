/* SPDX-License-Identifier: MIT
 *
 * source.c - what the host has at a path, and how a bind of it is restricted. It opens nothing: the
 * child opens sources again in its own mount namespace, and compares device and inode.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

enum { PROC_MAGIC = 0x9fa0 }; /* PROC_SUPER_MAGIC */

int fs_source_look(struct arena *arena, const char *path, struct fs_source *source)
{
    char real[PATH_MAX];
    struct stat st;
    if (!realpath(path, real) || stat(real, &st) != 0)
        return errno;
    const char *kept = arena_strdup(arena, real);
    if (!kept)
        return ENOMEM;
    *source = (struct fs_source){
        .path = kept,
        .mode = st.st_mode,
        .uid = st.st_uid,
        .gid = st.st_gid,
        .device = st.st_dev,
        .inode = st.st_ino,
    };
    return 0;
}

/* A device node that is named, or a part of /dev that is named, is wanted for its devices. All else
 * is shown without them. */
static bool shows_devices(const struct fs_source *source)
{
    return S_ISCHR(source->mode) || S_ISBLK(source->mode) || strcmp(source->path, "/dev") == 0 ||
           strncmp(source->path, "/dev/", 5) == 0;
}

uint64_t fs_source_attributes(const struct fs_source *source, bool writable)
{
    return MOUNT_ATTR_NOSUID | (writable ? 0 : MOUNT_ATTR_RDONLY) |
           (shows_devices(source) ? MOUNT_ATTR_NOEXEC : MOUNT_ATTR_NODEV);
}

struct fs_claim fs_source_claim(const struct fs_source *source, const char *target, bool writable)
{
    return (struct fs_claim){
        .kind = FS_CLAIM_BIND,
        .directory = S_ISDIR(source->mode),
        .target = target,
        .source = source->path,
        .attributes = fs_source_attributes(source, writable),
        .device = source->device,
        .inode = source->inode,
    };
}

bool fs_source_is_proc(const char *path)
{
    struct statfs fs;
    return statfs(path, &fs) == 0 && fs.f_type == PROC_MAGIC;
}

bool fs_source_permits(const struct fs_source *source, const struct ns_plan *ns, unsigned wanted)
{
    unsigned shift = 0;
    if (source->uid == ns->outer_uid)
        shift = 6;
    else if (source->gid == ns->outer_gid)
        shift = 3;
    return (source->mode >> shift & wanted) == wanted ||
           getxattr(source->path, "system.posix_acl_access", NULL, 0) > 0;
}

/* Whether the mode bits surely keep `host`'s user out of a directory. Other groups of his may let
 * him in, and so may an access control list. */
static bool surely_closed(const char *path, const struct stat *st, const struct host *host)
{
    unsigned allowed = S_IXOTH | S_IXGRP;
    if (st->st_uid == host->uid)
        allowed = S_IXUSR;
    else if (st->st_gid == host->gid)
        allowed = S_IXGRP;
    return !(st->st_mode & allowed) && getxattr(path, "system.posix_acl_access", NULL, 0) <= 0;
}

bool fs_source_find_closed(const char *path, const struct host *host, char closed[PATH_MAX])
{
    struct stat st;
    size_t length = strlen(path);
    if (length >= PATH_MAX)
        return false;
    for (size_t end = 0; end < length; end++) {
        if (path[end] != '/')
            continue;
        size_t part = end ? end : 1; /* "/" itself */
        memcpy(closed, path, part);
        closed[part] = '\0';
        if (stat(closed, &st) != 0)
            return false;
        if (surely_closed(closed, &st, host))
            return true;
    }
    return false;
}

bool fs_source_is_reached(const struct fs_build *build, const struct fs_source *source)
{
    return build->host->uid != 0 || (source->directory && source->directory->reached);
}

int fs_source_reach(const struct fs_build *build, const struct fs_source *source,
                    enum sbx_code code, const char *stage, const char *what,
                    struct sbx_error *error)
{
    char closed[PATH_MAX];
    if (fs_source_is_reached(build, source))
        return 0;
    if (!fs_source_find_closed(source->path, build->host, closed)) {
        if (source->directory)
            source->directory->reached = true;
        return 0;
    }
    err_set(error, code, EACCES, stage,
            "%s: the sandbox is built without root's right to enter %s, which is another user's",
            what, closed);
    return err_hint(error, "chmod o+x %s, or move it to another place", closed);
}
