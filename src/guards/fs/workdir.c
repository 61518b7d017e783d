/* SPDX-License-Identifier: MIT
 *
 * workdir.c - the working directory, and the files that the caller puts into it: the program and
 * each --file. What is put there is read-only, and takes nobody else's place.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <string.h>

static int cwd_error(const struct fs_build *build, const struct fs_view *view,
                     struct sbx_error *error)
{
    const struct value_path *cwd = &build->plan->policy->root_cwd;
    const char *cover = view->cover ? view->cover->target : "";
    if (view->state == FS_VIEW_MISSING)
        err_set(error, SBX_E_PROFILE, ENOENT, FS_STAGE,
                "root.cwd: %s does not exist inside /%s, which is shown as the host has it", cwd->v,
                cover);
    else if (view->state == FS_VIEW_HOST)
        err_set(error, SBX_E_PROFILE, ENOTDIR, FS_STAGE, "root.cwd: %s is not a directory", cwd->v);
    else if (view->state == FS_VIEW_OPAQUE)
        err_set(error, SBX_E_PROFILE, 0, FS_STAGE,
                "root.cwd: %s lies in /%s, where no directory of choice can be", cwd->v, cover);
    else
        err_set(error, SBX_E_PROFILE, view->sys_errno, FS_STAGE,
                "root.cwd: the path %s can't be followed at /%s", cwd->v, view->path);
    err_hint(error, "choose another root.cwd; it is made where no path of [files] contains it");
    return err_at(error, build->plan->policy->root_cwd.origin);
}

/* Whether a directory that is not there can simply be made: in a tmpfs that is not read-only. */
static bool is_own(const struct fs_claim *cover)
{
    return cover && cover->kind == FS_CLAIM_TMPFS;
}

/* A directory of ours: a tmpfs of its own, or a part of the tmpfs that contains it. */
static int make_cwd(struct fs_build *build, const struct fs_view *view, struct sbx_error *error)
{
    const struct sbx_policy *policy = build->plan->policy;
    struct fs_claim claim = {
        .kind = is_own(view->cover) ? FS_CLAIM_DIR : FS_CLAIM_TMPFS,
        .builtin = true,
        .target = build->cwd_path,
        .mode = 0755,
        .key = "root.cwd",
        .origin = policy->root_cwd.origin,
    };
    build->cwd_own = true;
    if (view->path[0] == '\0' || (view->cover && view->cover->length == strlen(view->path)))
        return 0; /* it is the root's own tmpfs, or one that the profile puts exactly there */
    if (claim.kind == FS_CLAIM_TMPFS) {
        claim.attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
        claim.size = policy->root_size.v;
        claim.inodes = fs_inodes(claim.size);
    }
    return fs_claims_add(&build->claims, &claim, error);
}

int fs_workdir(struct fs_build *build, struct sbx_error *error)
{
    const char *cwd = build->plan->policy->root_cwd.v;
    struct fs_view view;
    if (!cwd || cwd[0] != '/')
        return err_set(error, SBX_E_PROFILE, 0, FS_STAGE, "root.cwd is not an absolute path");
    fs_view(&build->claims, cwd, FS_VIEW_FOLLOW, &view);
    build->cwd_path = arena_strdup(build->claims.arena, view.path);
    if (!build->cwd_path)
        return err_memory(error, FS_STAGE);
    build->plan->fs.cwd = cwd;
    if (view.writable_link) {
        view.state = FS_VIEW_BROKEN; /* an earlier program could have put the link there */
        view.sys_errno = ELOOP;
    }
    if (view.state == FS_VIEW_OWN ||
        (view.state == FS_VIEW_MISSING && view.cover->kind == FS_CLAIM_OVERLAY))
        return make_cwd(build, &view, error);
    if (view.state == FS_VIEW_HOST && S_ISDIR(view.type))
        return 0;
    return cwd_error(build, &view, error);
}

static int collision(const struct fs_build *build, const struct fs_claim *taken, const char *name,
                     const char *what, struct sbx_error *error)
{
    if (taken->origin.file)
        err_set(error, SBX_E_USAGE, EEXIST, FS_STAGE,
                "%s can't be put at %s/%s: %s of %s:%u has "
                "/%s there",
                what, build->plan->fs.cwd, name, taken->key, taken->origin.file, taken->origin.line,
                taken->target);
    else
        err_set(error, SBX_E_USAGE, EEXIST, FS_STAGE,
                "%s can't be put at %s/%s: %s (%s) is there already", what, build->plan->fs.cwd,
                name, taken->source ? taken->source : taken->target, taken->key);
    return err_hint(error, "give one of the two another name: --file SRC:NAME");
}

int fs_workdir_put(struct fs_build *build, const struct fs_source *source, const char *name,
                   const char *what, struct sbx_error *error)
{
    const char *cwd = build->cwd_path;
    char *target = arena_printf(build->claims.arena, "%s%s%s", cwd, cwd[0] ? "/" : "", name);
    if (!target)
        return err_memory(error, FS_STAGE);
    if (!build->cwd_own) {
        err_set(error, SBX_E_USAGE, EROFS, FS_STAGE,
                "%s can't be put into the working directory %s: that is a directory of the host, "
                "where sandbox makes no files",
                what, build->plan->fs.cwd);
        return err_hint(error, "show it with files.ro, or choose a root.cwd outside of [files]");
    }
    const struct fs_claim *taken = fs_claims_at(&build->claims, target, strlen(target));
    if (!taken)
        taken = fs_claims_below(&build->claims, target, strlen(target));
    if (taken)
        return collision(build, taken, name, what, error);
    struct fs_claim claim = fs_source_claim(source, target, false);
    claim.builtin = true;
    claim.attributes |= MOUNT_ATTR_NODEV;
    claim.key = what;
    return fs_claims_add(&build->claims, &claim, error);
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_plain_name(const char *name)
{
    return name[0] && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           strlen(name) <= NAME_MAX;
}

static int put_file(struct fs_build *build, const struct sbx_file *file, struct sbx_error *error)
{
    const char *name = file->name ? file->name : last_part(file->source);
    struct fs_source source;
    if (!is_plain_name(name)) {
        err_set(error, SBX_E_USAGE, 0, FS_STAGE, "--file %s: '%s' is not a plain file name",
                file->source, name);
        return err_hint(error, "name it: --file SRC:NAME, with no '/' in NAME");
    }
    int ret = fs_source_look(build->claims.arena, file->source, &source);
    if (ret == ENOMEM)
        return err_memory(error, FS_STAGE);
    if (ret != 0)
        return err_set(error, SBX_E_USAGE, ret, FS_STAGE, "--file %s: %s", file->source,
                       ret == ENOENT ? "there is no such file" : "it can't be reached");
    if (!S_ISREG(source.mode)) {
        err_set(error, SBX_E_USAGE, 0, FS_STAGE, "--file %s: it is not a regular file",
                file->source);
        return err_hint(error, "directories and other things are shown by the profile's [files]");
    }
    if (build->host->root && !fs_source_permits(&source, &build->plan->ns, 04)) {
        err_set(error, SBX_E_USAGE, EACCES, FS_STAGE,
                "--file %s: uid %u, as whom root's programs run, may not read it", file->source,
                build->plan->ns.outer_uid);
        return err_hint(error, "chmod o+r %s", source.path);
    }
    const char *what = arena_printf(build->claims.arena, "--file %s", file->source);
    if (!what)
        return err_memory(error, FS_STAGE);
    if (fs_source_reach(build, &source, SBX_E_USAGE, FS_STAGE, what, error) != 0)
        return -1;
    return fs_workdir_put(build, &source, name, what, error);
}

int fs_workdir_files(struct fs_build *build, struct sbx_error *error)
{
    const struct sbx_command *command = build->plan->command;
    for (size_t i = 0; i < command->file_count; i++)
        if (put_file(build, &command->files[i], error) != 0)
            return -1;
    return 0;
}
