/* SPDX-License-Identifier: MIT
 *
 * check.c - what is wrong with [files] and [root] whatever the machine. Pure: it looks at no file.
 */
#include "guards/fs/fs.h"
#include <string.h>

static bool is_root(const char *path)
{
    return path && strcmp(path, "/") == 0;
}

static int refuse_root(const struct item *item, const char *text, const char *hint,
                       struct sbx_error *error)
{
    err_set(error, SBX_E_PROFILE, 0, FS_STAGE, "%s", text);
    err_hint(error, "%s", hint);
    return err_at(error, item->origin);
}

static int check_writable_root(const struct item *item, struct sbx_error *error)
{
    return refuse_root(item, "the host's whole file system must not be writable inside",
                       "name the directories that the program has to write", error);
}

int fs_check(const struct sbx_policy *policy, struct sbx_error *error)
{
    for (size_t i = 0; i < policy->files_rw.count; i++)
        if (is_root(policy->files_rw.items[i].first))
            return check_writable_root(&policy->files_rw.items[i], error);
    for (size_t i = 0; i < policy->files_bind.count; i++)
        if (policy->files_bind.items[i].writable && is_root(policy->files_bind.items[i].first))
            return check_writable_root(&policy->files_bind.items[i], error);
    for (size_t i = 0; i < policy->files_tmpfs.count; i++)
        if (is_root(policy->files_tmpfs.items[i].first))
            return refuse_root(&policy->files_tmpfs.items[i],
                               "files.tmpfs: the root is a tmpfs already, and read-only",
                               "name a directory; root.cwd is a writable one", error);
    for (size_t i = 0; i < policy->files_symlink.count; i++)
        if (is_root(policy->files_symlink.items[i].second))
            return refuse_root(&policy->files_symlink.items[i],
                               "files.symlink: the root can't be a symbolic link",
                               "name a path below /", error);
    return 0;
}
