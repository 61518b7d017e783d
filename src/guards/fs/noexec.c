/* SPDX-License-Identifier: MIT
 *
 * noexec.c - files.noexec: what lies at a path or below it, whatever shows it, is mounted noexec. A
 * part of a bind becomes a mount of its own for that; nothing else changes what is shown.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <string.h>

static const char key[] = "files.noexec";

static int no_place(const struct item *item, const struct fs_view *view, struct sbx_error *error)
{
    if (view->writable_link)
        err_set(error, SBX_E_HOST, ELOOP, FS_STAGE,
                "%s: %s runs through a symbolic link inside the writable /%s, which an earlier "
                "program could have put there",
                key, item->first, view->cover ? view->cover->target : "");
    else if (view->state == FS_VIEW_MISSING)
        err_set(error, SBX_E_HOST, ENOENT, FS_STAGE, "%s: %s does not exist inside /%s", key,
                item->first, view->cover->target);
    else if (view->state == FS_VIEW_OWN)
        err_set(
            error, SBX_E_PROFILE, 0, FS_STAGE,
            "%s: /%s is no mount, but a place in the tmpfs /%s, where the program makes what it "
            "likes",
            key, view->path, view->cover->target);
    else
        err_set(error, SBX_E_HOST, view->sys_errno, FS_STAGE,
                "%s: the path %s can't be followed at /%s", key, item->first, view->path);
    if (view->writable_link)
        err_hint(error, "name the place that the link leads to, or remove the link");
    else if (view->state == FS_VIEW_OWN)
        err_hint(error, "name /%s, or give /%s a files.tmpfs of its own", view->cover->target,
                 view->path);
    else
        err_hint(error, "correct the path, or write ?%s if it may be absent", item->text);
    return err_at(error, item->origin);
}

/* The same of all layers of an overlay. */
static int split_overlay(struct fs_build *build, const struct item *item,
                         const struct fs_claim *cover, const char *target, struct sbx_error *error)
{
    const char *rest = target + cover->length + (cover->length ? 1 : 0);
    struct fs_layers *layers = arena_alloc(build->claims.arena, sizeof(*layers));
    struct fs_claim claim = *cover;
    if (!layers)
        return err_memory(error, FS_STAGE);
    int ret = fs_layers_below(build->claims.arena, cover->layers, rest, layers);
    if (ret != 0) {
        err_set(error, SBX_E_HOST, ret, FS_STAGE, "%s: /%s is no directory of the overlay", key,
                target);
        err_hint(error, "name the directory that it lies in");
        return err_at(error, item->origin);
    }
    claim.target = target;
    claim.layers = layers;
    claim.pin = claim.builtin = true;
    claim.key = key;
    claim.origin = item->origin;
    return fs_claims_add(&build->claims, &claim, error);
}

/* Makes the place that a walk led to a mount of its own, as the bind around it shows it. */
static int split(struct fs_build *build, const struct item *item, const struct fs_view *view,
                 struct sbx_error *error)
{
    struct fs_source source;
    const char *target = arena_strdup(build->claims.arena, view->path);
    if (!target)
        return err_memory(error, FS_STAGE);
    if (view->cover && view->cover->kind == FS_CLAIM_OVERLAY)
        return split_overlay(build, item, view->cover, target, error);
    int ret = fs_source_look(build->claims.arena, view->host, &source);
    if (ret != 0) {
        err_set(error, SBX_E_HOST, ret, FS_STAGE, "%s: %s can't be reached", key, view->host);
        return err_at(error, item->origin);
    }
    struct fs_claim claim = fs_source_claim(&source, target, true);
    claim.attributes = view->cover ? view->cover->attributes : claim.attributes;
    claim.pin = claim.builtin = true;
    claim.key = key;
    claim.origin = item->origin;
    return fs_claims_add(&build->claims, &claim, error);
}

static void mark_below(struct fs_claims *claims, const char *path)
{
    size_t length = strlen(path);
    for (size_t i = 0; i < claims->count; i++) {
        struct fs_claim *claim = &claims->list[i];
        bool below = length == 0 || (strncmp(claim->target, path, length) == 0 &&
                                     (claim->length == length || claim->target[length] == '/'));
        if (below && (claim->kind == FS_CLAIM_BIND || claim->kind == FS_CLAIM_TMPFS ||
                      claim->kind == FS_CLAIM_OVERLAY))
            claim->attributes |= MOUNT_ATTR_NOEXEC;
    }
}

static int claim_noexec(struct fs_build *build, const struct item *item, struct sbx_error *error)
{
    struct fs_view view;
    fs_view(&build->claims, item->first, FS_VIEW_FOLLOW, &view);
    bool absent = view.state == FS_VIEW_MISSING ||
                  (view.state == FS_VIEW_BROKEN && view.sys_errno == ENOTDIR);
    if (view.writable_link || (absent && !item->optional) ||
        (view.state == FS_VIEW_BROKEN && !absent))
        return no_place(item, &view, error);
    if (absent)
        return 0;
    bool exact = view.cover && view.cover->length == strlen(view.path);
    if (view.state == FS_VIEW_OWN && !exact && view.cover && view.cover->kind == FS_CLAIM_TMPFS &&
        !(view.cover->attributes & MOUNT_ATTR_NOEXEC) &&
        !fs_claims_below(&build->claims, view.path, strlen(view.path)))
        return no_place(item, &view, error);
    if (view.state == FS_VIEW_HOST && !exact && split(build, item, &view, error) != 0)
        return -1;
    mark_below(&build->claims, view.path);
    return 0;
}

int fs_noexec(struct fs_build *build, struct sbx_error *error)
{
    const struct value_list *list = &build->plan->policy->files_noexec;
    for (size_t i = 0; i < list->count; i++)
        if (claim_noexec(build, &list->items[i], error) != 0)
            return -1;
    return 0;
}
