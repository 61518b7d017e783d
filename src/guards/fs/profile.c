/* SPDX-License-Identifier: MIT
 *
 * profile.c - the claims that a profile makes: [files] ro, rw, bind, tmpfs, symlink, text,
 * hide, proc, mqueue and sys.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int absent(const char *key, const struct item *item, const char *path, int sys_errno,
                  struct sbx_error *error)
{
    if (sys_errno == ENOMEM)
        return err_memory(error, FS_STAGE);
    if (sys_errno == ENOENT || sys_errno == ENOTDIR) {
        err_set(error, SBX_E_HOST, sys_errno, FS_STAGE, "%s: %s does not exist on this machine",
                key, path);
        err_hint(error, "create it, or write ?%s if it may be absent", item->text);
    } else {
        err_set(error, SBX_E_HOST, sys_errno, FS_STAGE, "%s: %s can't be reached", key, path);
        err_hint(error, "the user who starts sandbox needs the right to reach it");
    }
    return err_at(error, item->origin);
}

/* The host's procfs shows every process of the caller's, with its memory and its root directory. */
static int refuse_proc(const char *key, const struct item *item, const char *path,
                       struct sbx_error *error)
{
    err_set(error, SBX_E_PROFILE, 0, FS_STAGE,
            "%s: %s is the host's /proc, through which a program leaves the sandbox", key, path);
    err_hint(error, "files.proc = private gives the sandbox a /proc of its own");
    return err_at(error, item->origin);
}

static int refuse_root(const char *key, const struct item *item, struct sbx_error *error)
{
    err_set(error, SBX_E_PROFILE, 0, FS_STAGE,
            "%s: %s is the host's whole file system, which must not be writable inside", key,
            item->text);
    err_hint(error, "name the directories that the program has to write");
    return err_at(error, item->origin);
}

static int check_reach(const struct fs_build *build, const char *key, const struct item *item,
                       const char *path, const struct fs_source *source, struct sbx_error *error)
{
    const char *what = arena_printf(build->claims.arena, "%s: %s", key, path);
    if (!what)
        return err_memory(error, FS_STAGE);
    if (fs_source_reach(build, source, SBX_E_HOST, FS_STAGE, what, error) != 0)
        return err_at(error, item->origin);
    return 0;
}

/* A bind of the host's `path` at `target`. */
static int claim_bind(struct fs_build *build, const char *key, const struct item *item,
                      const char *path, const char *target, bool writable, struct sbx_error *error)
{
    struct fs_source source;
    int ret = fs_source_find(build, path, &source);
    if (item->optional && (ret == ENOENT || ret == ENOTDIR))
        return 0;
    if (ret != 0)
        return absent(key, item, path, ret, error);
    if (writable && strcmp(source.path, "/") == 0)
        return refuse_root(key, item, error);
    if (fs_source_lies_in_proc(build, &source))
        return refuse_proc(key, item, path, error);
    if (!fs_source_is_reached(build, &source) &&
        check_reach(build, key, item, path, &source, error) != 0)
        return -1;
    struct fs_claim claim = fs_source_claim(&source, target, writable);
    claim.attributes |= (item->options & VIEW_NOEXEC ? MOUNT_ATTR_NOEXEC : 0) |
                        (item->options & VIEW_NOSYMFOLLOW ? MOUNT_ATTR_NOSYMFOLLOW : 0);
    claim.key = key;
    claim.origin = item->origin;
    return fs_claims_add(&build->claims, &claim, error);
}

static int claim_tmpfs(struct fs_build *build, const struct item *item, struct sbx_error *error)
{
    uint64_t size = item->size ? item->size : build->plan->policy->root_size.v;
    struct fs_claim claim = {
        .kind = FS_CLAIM_TMPFS,
        .target = item->first,
        .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
        .size = size,
        .inodes = item->inodes ? item->inodes : fs_inodes(size),
        .mode = item->mode,
        .key = "files.tmpfs",
        .origin = item->origin,
    };
    return fs_claims_add(&build->claims, &claim, error);
}

static int claim_symlink(struct fs_build *build, const struct item *item, struct sbx_error *error)
{
    struct fs_claim claim = {
        .kind = FS_CLAIM_SYMLINK,
        .target = item->second,
        .source = item->first,
        .key = "files.symlink",
        .origin = item->origin,
    };
    return fs_claims_add(&build->claims, &claim, error);
}

static int claim_text(struct fs_build *build, const struct item *item, struct sbx_error *error)
{
    struct fs_claim claim = {
        .kind = FS_CLAIM_TEXT,
        .target = item->first,
        .source = item->second,
        .mode = 0444,
        .key = "files.text",
        .origin = item->origin,
    };
    return fs_claims_add(&build->claims, &claim, error);
}

static int claim_hidden(struct fs_build *build, const struct item *item, struct sbx_error *error)
{
    struct fs_claim claim = {
        .kind = FS_CLAIM_HIDDEN,
        .optional = item->optional,
        .target = item->first,
        .key = "files.hide",
        .origin = item->origin,
    };
    return fs_claims_add(&build->claims, &claim, error);
}

/* A /proc that nobody wrote into the profile gives way to another claim on that path. */
static int claim_proc(struct fs_build *build, struct sbx_error *error)
{
    const struct value_enum *value = &build->plan->policy->files_proc;
    struct fs_claim claim = {
        .kind = FS_CLAIM_PROC,
        .builtin = !value->origin.file,
        .masked = value->v == PROC_PRIVATE,
        .target = "proc",
        .source = value->v == PROC_PIDS ? "pid" : NULL,
        .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
        .key = "files.proc",
        .origin = value->origin,
    };
    return value->v == PROC_NONE ? 0 : fs_claims_add(&build->claims, &claim, error);
}

static int claim_mqueue(struct fs_build *build, struct sbx_error *error)
{
    const struct value_enum *value = &build->plan->policy->files_mqueue;
    struct fs_claim claim = {
        .kind = FS_CLAIM_MQUEUE,
        .target = "dev/mqueue",
        .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
        .key = "files.mqueue",
        .origin = value->origin,
    };
    return value->v == MQUEUE_NONE ? 0 : fs_claims_add(&build->claims, &claim, error);
}

static int claim_sys(struct fs_build *build, struct sbx_error *error)
{
    const struct value_enum *value = &build->plan->policy->files_sys;
    const struct item item = {.text = "/sys", .origin = value->origin};
    if (value->v == SYS_NONE)
        return 0;
    return claim_bind(build, "files.sys", &item, "/sys", "sys", false, error);
}

/* A directory that has a procfs below it is shown with that too: it needs something on top. */
static int check_hidden_proc(const struct fs_build *build, const struct fs_claim *claim,
                             struct sbx_error *error)
{
    char host[PATH_MAX], inside[PATH_MAX];
    const char *base = strcmp(claim->source, "/") == 0 ? "" : claim->source;
    if (snprintf(host, sizeof(host), "%s/proc", base) >= (int)sizeof(host) ||
        snprintf(inside, sizeof(inside), "%s%sproc", claim->target, claim->length ? "/" : "") >=
            (int)sizeof(inside) ||
        !fs_source_is_proc(host) || fs_claims_at(&build->claims, inside, strlen(inside)))
        return 0;
    err_set(error, SBX_E_PROFILE, 0, FS_STAGE,
            "%s: %s has the host's /proc in it, through which a program leaves the sandbox",
            claim->key, claim->source);
    if (strcmp(inside, "proc") == 0)
        err_hint(error, "files.proc = private puts the sandbox's own /proc on top");
    else
        err_hint(error, "hide it: files.hide = /%s", inside);
    return err_at(error, claim->origin);
}

static int check_claims(const struct fs_build *build, struct sbx_error *error)
{
    for (size_t i = 0; i < build->claims.count; i++) {
        const struct fs_claim *claim = &build->claims.list[i];
        if (claim->kind == FS_CLAIM_BIND && claim->directory &&
            check_hidden_proc(build, claim, error) != 0)
            return -1;
    }
    return 0;
}

int fs_profile_claims(struct fs_build *build, struct sbx_error *error)
{
    const struct sbx_policy *policy = build->plan->policy;
    const struct value_list *list = &policy->files_ro;
    for (size_t i = 0; i < list->count; i++)
        if (claim_bind(build, "files.ro", &list->items[i], list->items[i].first,
                       list->items[i].first, false, error) != 0)
            return -1;
    list = &policy->files_rw;
    for (size_t i = 0; i < list->count; i++)
        if (claim_bind(build, "files.rw", &list->items[i], list->items[i].first,
                       list->items[i].first, true, error) != 0)
            return -1;
    list = &policy->files_bind;
    for (size_t i = 0; i < list->count; i++)
        if (claim_bind(build, "files.bind", &list->items[i], list->items[i].first,
                       list->items[i].second, list->items[i].writable, error) != 0)
            return -1;
    list = &policy->files_tmpfs;
    for (size_t i = 0; i < list->count; i++)
        if (claim_tmpfs(build, &list->items[i], error) != 0)
            return -1;
    list = &policy->files_symlink;
    for (size_t i = 0; i < list->count; i++)
        if (claim_symlink(build, &list->items[i], error) != 0)
            return -1;
    list = &policy->files_text;
    for (size_t i = 0; i < list->count; i++)
        if (claim_text(build, &list->items[i], error) != 0)
            return -1;
    list = &policy->files_hide;
    for (size_t i = 0; i < list->count; i++)
        if (claim_hidden(build, &list->items[i], error) != 0)
            return -1;
    if (claim_sys(build, error) != 0 || claim_proc(build, error) != 0 ||
        claim_mqueue(build, error) != 0)
        return -1;
    return check_claims(build, error);
}
