/* SPDX-License-Identifier: MIT
 *
 * scaffold.c - the steps of the stage: how overlays are put together.
 *
 * What the profile puts into an overlay needs a place there, and no layer is ever written. So each
 * overlay gets one more lower layer, the scaffold, a directory in a tmpfs of ours that lies on top
 * of the others: it has the mount points that are missing, and links. It lies below the upper
 * directory, which so holds nothing but what programs have changed.
 *
 * Where a directory of the scaffold takes part in one of the layers', it is what is seen of the
 * two: its mode gives the sandbox's user what the other's mode gave.
 */
#include "guards/fs/steps.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OWN_MODE = 0700, DIR_MODE = 0755, FILE_MODE = 0444 };

/* ---- the layout of one overlay -------------------------------------------------------------- */

struct layout {
    struct stage *stage;
    struct arena *arena;
    const struct fs_claim *claim;
    size_t number;
};

/* A step at "NUMBER/NAME" in the stage. */
static int put(const struct layout *l, struct fs_step step, const char *name,
               struct sbx_error *error)
{
    step.target = arena_printf(l->arena, "%zu%s%s", l->number, *name ? "/" : "", name);
    step.origin = step.origin.file ? step.origin : l->claim->origin;
    if (!step.target)
        return err_memory(error, FS_STAGE);
    return fs_steps_add(&l->stage->layout, &step, error) ? 0 : -1;
}

static int put_dir(const struct layout *l, const char *name, unsigned mode, struct sbx_error *error)
{
    return put(l, (struct fs_step){.op = FS_DIR, .mode = mode}, name, error);
}

static int put_layer(const struct layout *l, const struct fs_layer *layer, size_t i,
                     struct sbx_error *error)
{
    const struct fs_step step = {
        .op = FS_LAYER,
        .source = layer->path,
        .device = layer->device,
        .inode = layer->inode,
        .origin = layer->origin,
    };
    const char *name = arena_printf(l->arena, "%zu", i);
    if (!name)
        return err_memory(error, FS_STAGE);
    return put_dir(l, name, OWN_MODE, error) != 0 ? -1 : put(l, step, name, error);
}

/* The directory that keeps changes, once for all overlays. */
static int put_kept(const struct layout *l, struct sbx_error *error)
{
    const struct fs_kept *kept = &l->stage->plan->fs.kept;
    struct fs_step step = {.op = FS_DIR, .mode = OWN_MODE, .target = "k", .origin = kept->origin};
    if (l->number > 0)
        return 0;
    if (!fs_steps_add(&l->stage->layout, &step, error))
        return -1;
    step.op = FS_LAYER;
    step.source = kept->path;
    step.device = kept->device;
    step.inode = kept->inode;
    return fs_steps_add(&l->stage->layout, &step, error) ? 0 : -1;
}

/* A link to a directory in there, which is looked at first. */
static int put_kept_part(const struct layout *l, const char *name, const char *part,
                         struct sbx_error *error)
{
    const struct origin origin = l->stage->plan->fs.kept.origin;
    struct fs_step check = {.op = FS_UPPER, .origin = origin};
    struct fs_step link = {.op = FS_SYMLINK, .origin = origin};
    check.target = arena_printf(l->arena, "k/%s", part);
    link.source = arena_printf(l->arena, "../k/%s", part);
    if (!check.target || !link.source)
        return err_memory(error, FS_STAGE);
    return fs_steps_add(&l->stage->layout, &check, error) ? put(l, link, name, error) : -1;
}

static int put_upper(const struct layout *l, unsigned mode, struct sbx_error *error)
{
    const struct value_upper *upper = &l->stage->plan->policy->root_upper;
    const char *sub = l->claim->layers->sub;
    if (upper->tmpfs)
        return put_dir(l, "u", mode, error) != 0 ? -1 : put_dir(l, "w", OWN_MODE, error);
    if (!upper->v)
        return 0;
    const char *changes = arena_printf(l->arena, "changes%s%s", *sub ? "/" : "", sub);
    const char *work = arena_printf(l->arena, "work/%zu", l->number);
    if (!changes || !work)
        return err_memory(error, FS_STAGE);
    if (put_kept(l, error) != 0 || put_kept_part(l, "u", changes, error) != 0)
        return -1;
    return put_kept_part(l, "w", work, error);
}

/* All names in it are ours: a number, or a letter. */
static const char *mount_options(const struct layout *l, size_t layers)
{
    const struct value_upper *upper = &l->stage->plan->policy->root_upper;
    const unsigned driver = l->stage->plan->policy->root_driver.v;
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof(text), "%slowerdir=s",
                                   driver == DRIVER_KERNEL ? "userxattr," : "writeback=0,");
    for (size_t i = 0; i < layers; i++) /* at most 499 */
        used += (size_t)snprintf(text + used, sizeof(text) - used, ":%zu", i);
    if (upper->tmpfs || upper->v)
        snprintf(text + used, sizeof(text) - used, ",upperdir=u,workdir=w");
    return arena_strdup(l->arena, text);
}

static int put_overlay(const struct layout *l, struct sbx_error *error)
{
    struct fs_layers *layers = l->claim->layers;
    const unsigned mode =
        fs_copied_mode(&l->stage->plan->ns, layers->mode, layers->uid, layers->gid);
    size_t count = 0;
    if (put_dir(l, "", OWN_MODE, error) != 0 || put_dir(l, "m", OWN_MODE, error) != 0 ||
        put_dir(l, "s", mode, error) != 0)
        return -1;
    for (size_t i = layers->kept ? 1 : 0; i < layers->count; i++)
        if (put_layer(l, &layers->list[i], count++, error) != 0)
            return -1;
    if (put_upper(l, mode, error) != 0)
        return -1;
    struct fs_step step = {.op = FS_OVERLAY, .attributes = l->claim->attributes};
    step.source = mount_options(l, count);
    step.target = arena_printf(l->arena, "%zu", l->number);
    step.origin = l->claim->origin;
    if (!step.source || !step.target)
        return err_memory(error, FS_STAGE);
    return fs_steps_add(&l->stage->mounts, &step, error) ? 0 : -1;
}

int fs_scaffold_overlay(struct steps *steps, const struct fs_claim *claim, struct sbx_error *error)
{
    struct stage *stage = steps->stage;
    const struct layout layout = {stage, steps->arena, claim, stage->overlays};
    struct fs_step step = {
        .op = claim->pin ? FS_AGAIN : FS_SHOW_OVERLAY,
        .target = claim->target,
        .attributes = claim->attributes,
        .from = stage->mounts.count, /* until all are known */
        .origin = claim->origin,
    };
    if (claim->pin)
        return fs_steps_add(steps, &step, error) ? 0 : -1;
    claim->layers->number = stage->overlays++;
    if (put_overlay(&layout, error) != 0)
        return -1;
    return fs_steps_add(steps, &step, error) ? 0 : -1;
}

/* ---- what is put into an overlay ------------------------------------------------------------ */

/* One claim in one overlay. */
struct place {
    struct steps *steps;
    const struct fs_claim *claim, *cover;
    const char *path; /* in the overlay */
};

static int refuse(const struct place *p, int sys_errno, const char *why, struct sbx_error *error)
{
    err_set(error, SBX_E_PROFILE, sys_errno, FS_STAGE, "%s: /%s can't be put into the overlay: %s",
            p->claim->key, p->claim->target, why);
    return err_at(error, p->claim->origin);
}

static int changed_before(const struct place *p, const char *what, struct sbx_error *error)
{
    const char *kept = p->steps->stage->plan->fs.kept.path;
    err_set(error, SBX_E_HOST, ENOENT, FS_STAGE,
            "%s: /%s can't be put into the overlay: an earlier program has %s, and root.upper (%s) "
            "has kept that",
            p->claim->key, p->claim->target, what, kept);
    err_hint(error, "see 'sandbox changes list %s'; 'sandbox changes discard %s' starts afresh",
             kept, kept);
    return err_at(error, p->claim->origin);
}

/* A step in the scaffold at the first `length` bytes of the path. */
static int build(const struct place *p, struct fs_step step, size_t length, struct sbx_error *error)
{
    step.target =
        arena_printf(p->steps->arena, "%zu/s/%.*s", p->cover->layers->number, (int)length, p->path);
    step.origin = p->claim->origin;
    if (!step.target)
        return err_memory(error, FS_STAGE);
    if (fs_steps_make(&p->steps->stage->scaffold, step.target, strlen(step.target)))
        return 0;
    return fs_steps_add(&p->steps->stage->scaffold, &step, error) ? 0 : -1;
}

/* Finds the first `length` bytes of the path. */
static int find(const struct place *p, size_t length, struct fs_found *found)
{
    char part[PATH_MAX];
    memcpy(part, p->path, length);
    part[length] = '\0';
    return fs_layers_find(p->cover->layers, part, found);
}

/* All directories above the path, as the layers have them. */
static int build_parents(const struct place *p, struct sbx_error *error)
{
    const struct ns_plan *ns = &p->steps->stage->plan->ns;
    struct fs_found found;
    for (size_t end = 0; p->path[end]; end++) {
        if (p->path[end] != '/')
            continue;
        struct fs_step step = {.op = FS_DIR, .mode = DIR_MODE};
        int ret = find(p, end, &found);
        if (ret == ENOENT && found.kept)
            return changed_before(p, "removed a directory above it", error);
        if (ret != 0 && ret != ENOENT)
            return refuse(p, ret, "what is above it can't be looked at", error);
        if (ret == 0 && !S_ISDIR(found.st.st_mode))
            return refuse(p, ENOTDIR, "what is above it is not a directory", error);
        if (ret == 0)
            step.mode = fs_copied_mode(ns, found.st.st_mode, found.st.st_uid, found.st.st_gid);
        if (build(p, step, end, error) != 0)
            return -1;
    }
    return 0;
}

static bool link_is(const struct fs_found *found, const char *content)
{
    char text[PATH_MAX];
    ssize_t got = S_ISLNK(found->st.st_mode) ? readlink(found->host, text, sizeof(text)) : -1;
    return got >= 0 && (size_t)got == strlen(content) && memcmp(text, content, (size_t)got) == 0;
}

/* A link takes the place of whatever the layers have there. */
static int place_link(const struct place *p, int ret, const struct fs_found *found,
                      struct sbx_error *error)
{
    const struct fs_step step = {.op = FS_SYMLINK, .source = p->claim->source};
    if (ret == 0 && link_is(found, p->claim->source))
        return 0;
    if (found->kept)
        return changed_before(p, "changed or removed that link", error);
    if (build_parents(p, error) != 0)
        return -1;
    return build(p, step, strlen(p->path), error);
}

/* Nothing that comes later shows there, either. */
static int place_whiteout(const struct place *p, const struct fs_found *found,
                          struct sbx_error *error)
{
    if (found->kept) /* removed already, and nothing below can show */
        return 0;
    if (build_parents(p, error) != 0)
        return -1;
    return build(p, (struct fs_step){.op = FS_WHITEOUT}, strlen(p->path), error);
}

int fs_scaffold_place(struct steps *steps, const struct fs_claim *claim,
                      const struct fs_claim *cover, bool *done, struct sbx_error *error)
{
    const struct place p = {steps, claim, cover,
                            claim->target + cover->length + (cover->length ? 1 : 0)};
    const bool file = fs_claim_is_file(claim);
    const struct fs_step place = {.op = file ? FS_FILE : FS_DIR,
                                  .mode = file ? FILE_MODE : DIR_MODE};
    struct fs_found found;
    int ret = fs_layers_find(cover->layers, p.path, &found);
    *done = claim->kind == FS_CLAIM_SYMLINK || claim->kind == FS_CLAIM_DIR ||
            (claim->kind == FS_CLAIM_HIDDEN && ret == ENOENT);
    if (ret != 0 && ret != ENOENT)
        return refuse(&p, ret, "the place can't be looked at", error);
    if (claim->kind == FS_CLAIM_SYMLINK)
        return place_link(&p, ret, &found, error);
    if (claim->kind == FS_CLAIM_HIDDEN)
        return ret == 0 ? 0 : place_whiteout(&p, &found, error);
    if (ret == 0 && file == S_ISDIR(found.st.st_mode))
        return refuse(&p, file ? EISDIR : ENOTDIR,
                      file ? "there is a directory, not a file" : "what is there is no directory",
                      error);
    if (ret == 0)
        return 0;
    if (found.kept)
        return changed_before(&p, "removed its mount point", error);
    if (build_parents(&p, error) != 0)
        return -1;
    return build(&p, place, strlen(p.path), error);
}
