/* SPDX-License-Identifier: MIT
 *
 * hide.c - files.hide: what of the host is covered, and where. A path is covered where it leads
 * inside, and so is the same place in every other bind that shows a directory above it. It only
 * looks at the host.
 *
 * A mount hides the thing that it lies on, so nobody inside can uncover it: a mount point can be
 * neither renamed nor removed there. But the directories above it can, where the program may write,
 * and the next launch would find another thing at the path. So these are mounted on themselves.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <string.h>

static int absent(const struct fs_claim *claim, const struct fs_view *view, struct sbx_error *error)
{
    err_set(error, SBX_E_HOST, ENOENT, FS_STAGE,
            "%s: /%s does not exist inside /%s, so nothing can be put on top of it", claim->key,
            claim->target, view->cover->target);
    err_hint(
        error,
        "correct the path, or hide the directory above it and name what of that is to be seen; "
        "?/%s may be absent, but what is put there later is seen",
        claim->target);
    return err_at(error, claim->origin);
}

static int unseen(const struct fs_claim *claim, const struct fs_view *view, int sys_errno,
                  struct sbx_error *error)
{
    err_set(error, SBX_E_HOST, sys_errno, FS_STAGE, "%s: /%s can't be looked at", claim->key,
            view->path);
    return err_at(error, claim->origin);
}

/* Finds out what a settled claim has to cover. */
static int resolve(struct fs_build *build, struct fs_claim *claim, struct sbx_error *error)
{
    struct fs_view view;
    struct stat st;
    fs_view(&build->claims, claim->target, FS_VIEW_MOUNT, &view);
    switch (view.state) {
    case FS_VIEW_HOST:
        if (lstat(view.host, &st) != 0)
            return unseen(claim, &view, errno, error);
        claim->source = arena_strdup(build->claims.arena, view.host);
        claim->directory = S_ISDIR(st.st_mode);
        if (view.cover && view.cover->kind == FS_CLAIM_OVERLAY) /* inside it has other numbers */
            return claim->source ? 0 : err_memory(error, FS_STAGE);
        claim->device = st.st_dev;
        claim->inode = st.st_ino;
        return claim->source ? 0 : err_memory(error, FS_STAGE);
    case FS_VIEW_MISSING:
        if (view.cover->kind == FS_CLAIM_OVERLAY) /* what comes later is hidden, too */
            return 0;
        claim->idle = claim->optional;
        return claim->idle ? 0 : absent(claim, &view, error);
    case FS_VIEW_OPAQUE: /* a procfs, for one, is refused when it comes to the steps */
        claim->idle = view.cover->kind == FS_CLAIM_HIDDEN;
        return 0;
    case FS_VIEW_OWN:
        claim->idle = true;
        return 0;
    case FS_VIEW_BROKEN:
        claim->idle = claim->optional && view.sys_errno == ENOTDIR;
        return claim->idle ? 0 : unseen(claim, &view, view.sys_errno, error);
    }
    return 0;
}

/* What is left of a host path behind a directory that is shown, without the '/'; NULL where it does
 * not lie there. */
static const char *below_source(const char *source, const char *path)
{
    const char *rest = fs_path_below(path, source);
    return rest && *rest ? rest + 1 : NULL;
}

/* The same thing of the host, as another bind shows it. Where the profile says something of its own
 * about that place, it is left alone. */
static int hide_at(struct fs_build *build, const struct fs_claim *hidden,
                   const struct fs_claim *shows, const char *rest, struct sbx_error *error)
{
    struct fs_found found;
    const char *separator = shows->length ? "/" : "";
    const char *target =
        arena_printf(build->claims.arena, "%s%s%s", shows->target, separator, rest);
    if (!target)
        return err_memory(error, FS_STAGE);
    if (fs_claims_cover(&build->claims, target, strlen(target)) != shows)
        return 0;
    struct fs_claim claim = *hidden;
    claim.builtin = true;
    claim.idle = false;
    claim.target = target;
    if (shows->kind == FS_CLAIM_OVERLAY) {
        /* Another layer may have something else there, or nothing at all may be seen. */
        if (fs_layers_find(shows->layers, rest, &found) != 0 ||
            strcmp(found.host, hidden->source) != 0)
            return 0;
        claim.device = claim.inode = 0;
    } else if (!claim.inode) { /* what an overlay shows is known by its name alone */
        if (lstat(hidden->source, &found.st) != 0)
            return 0; /* gone: the child sees to it that no other has come */
        claim.device = found.st.st_dev;
        claim.inode = found.st.st_ino;
    }
    return fs_claims_add(&build->claims, &claim, error);
}

static int hide_in(struct fs_build *build, const struct fs_claim *hidden,
                   const struct fs_claim *shows, struct sbx_error *error)
{
    const struct fs_claim claim = *shows; /* an insertion moves it */
    const char *rest;
    if (claim.kind == FS_CLAIM_BIND && claim.directory)
        return (rest = below_source(claim.source, hidden->source))
                   ? hide_at(build, hidden, shows, rest, error)
                   : 0;
    for (size_t i = 0; claim.kind == FS_CLAIM_OVERLAY && i < claim.layers->count; i++)
        if ((rest = below_source(claim.layers->list[i].path, hidden->source)))
            return hide_at(build, hidden, shows, rest, error);
    return 0;
}

static int many_names(const struct fs_claim *hidden, const struct fs_claim *cover, uintmax_t names,
                      struct sbx_error *error)
{
    err_set(
        error, SBX_E_HOST, EMLINK, FS_STAGE,
        "%s: /%s has %ju names (hard links), and an earlier program could have made one of them "
        "inside the writable /%s",
        hidden->key, hidden->target, names, cover->target);
    err_hint(error,
             "remove the others, which 'find / -samefile %s' finds; or hide the directory "
             "above it, where its names may be many",
             hidden->source);
    return err_at(error, hidden->origin);
}

/* Mounts one directory on itself. */
static int pin(struct fs_build *build, const struct fs_claim *hidden, const struct fs_claim *cover,
               size_t length, struct sbx_error *error)
{
    struct arena *arena = build->claims.arena;
    const char *target = arena_strndup(arena, hidden->target, length);
    size_t behind = hidden->length - length; /* of the source's end, too */
    const char *source = arena_strndup(arena, hidden->source, strlen(hidden->source) - behind);
    struct fs_source found;
    if (!target || !source)
        return err_memory(error, FS_STAGE);
    int ret = fs_source_look(arena, source, &found);
    if (ret != 0) {
        err_set(error, SBX_E_HOST, ret, FS_STAGE, "%s: %s can't be reached", hidden->key, source);
        return err_at(error, hidden->origin);
    }
    struct fs_claim claim = fs_source_claim(&found, target, true);
    claim.attributes = cover->attributes;
    claim.pin = claim.builtin = true;
    claim.key = hidden->key;
    claim.origin = hidden->origin;
    return fs_claims_add(&build->claims, &claim, error);
}

/* All directories between a writable bind and what is hidden in it. */
static int pin_above(struct fs_build *build, const struct fs_claim *hidden, struct sbx_error *error)
{
    const struct fs_claim *found = fs_claims_cover(
        &build->claims, hidden->target, fs_parent_length(hidden->target, hidden->length));
    struct stat st;
    if (!found || found->kind != FS_CLAIM_BIND || found->attributes & MOUNT_ATTR_RDONLY)
        return 0;
    const struct fs_claim cover = *found; /* the next insertion moves it */
    if (lstat(hidden->source, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink > 1)
        return many_names(hidden, &cover, st.st_nlink, error);
    for (size_t end = cover.length + 1; end < hidden->length; end++)
        if (hidden->target[end] == '/' && pin(build, hidden, &cover, end, error) != 0)
            return -1;
    return 0;
}

/* A copy of all claims of a kind that have something to do: insertions move the list itself. */
static struct fs_claim *copy_hidden(const struct fs_build *build, size_t *count)
{
    const struct fs_claims *claims = &build->claims;
    struct fs_claim *copy = arena_array(claims->arena, claims->count + 1, sizeof(*copy));
    *count = 0;
    for (size_t i = 0; copy && i < claims->count; i++)
        if (claims->list[i].kind == FS_CLAIM_HIDDEN && claims->list[i].source)
            copy[(*count)++] = claims->list[i];
    return copy;
}

/* The binds by what they show: thousands of them are not gone through for each path. */
struct sources {
    struct fs_places places; /* each with one more than the last claim on it */
    uint32_t *before;        /* of each claim: one more than the claim before it on the same */
    uint32_t *overlays;      /* the claims that are one */
    size_t overlay_count;
};

static int read_sources(const struct fs_claims *claims, struct sources *sources,
                        struct sbx_error *error)
{
    sources->places = (struct fs_places){.arena = claims->arena};
    sources->before = arena_array(claims->arena, claims->count, sizeof(*sources->before));
    sources->overlays = arena_array(claims->arena, claims->count, sizeof(*sources->overlays));
    sources->overlay_count = 0;
    if (!sources->before || !sources->overlays)
        return err_memory(error, FS_STAGE);
    for (size_t i = 0; i < claims->count; i++) {
        const char *source = claims->list[i].source;
        if (claims->list[i].kind == FS_CLAIM_OVERLAY)
            sources->overlays[sources->overlay_count++] = (uint32_t)i;
        if (claims->list[i].kind != FS_CLAIM_BIND || !claims->list[i].directory)
            continue;
        const uint32_t place = fs_places_add(&sources->places, source + 1, strlen(source + 1));
        if (place == FS_NO_PLACE)
            return err_memory(error, FS_STAGE);
        sources->before[i] = sources->places.list[place].number;
        sources->places.list[place].number = (uint32_t)i + 1;
    }
    return 0;
}

/* In all binds that show a directory above it, and all overlays. */
static int hide_source(struct fs_build *build, struct sources *sources,
                       const struct fs_claim *hidden, struct sbx_error *error)
{
    struct fs_places *places = &sources->places;
    uint32_t place = fs_places_cover(places, hidden->source + 1, strlen(hidden->source + 1));
    for (; place != FS_NO_PLACE; place = fs_places_above(places, place))
        for (uint32_t i = places->list[place].number; i; i = sources->before[i - 1])
            if (hide_in(build, hidden, &build->claims.list[i - 1], error) != 0)
                return -1;
    for (size_t i = 0; i < sources->overlay_count; i++)
        if (hide_in(build, hidden, &build->claims.list[sources->overlays[i]], error) != 0)
            return -1;
    return 0;
}

/* What an overlay shows there, and what that hides of the layers below: the topmost may be a copy
 * that an earlier program has made. */
static int hide_everywhere(struct fs_build *build, struct sources *sources,
                           const struct fs_claim *hidden, struct sbx_error *error)
{
    const struct fs_claim *cover = fs_claims_cover(
        &build->claims, hidden->target, fs_parent_length(hidden->target, hidden->length));
    const struct fs_layers *layers = cover && !hidden->idle ? cover->layers : NULL;
    const char *rest = hidden->target + (layers ? cover->length + (cover->length > 0) : 0);
    if (hide_source(build, sources, hidden, error) != 0)
        return -1;
    for (size_t i = 0; layers && i < layers->count; i++) {
        const struct fs_layers one = {.list = &layers->list[i], .count = 1};
        struct fs_claim claim = *hidden;
        struct fs_found found;
        if (fs_layers_find(&one, rest, &found) != 0 || strcmp(found.host, hidden->source) == 0)
            continue;
        claim.directory = S_ISDIR(found.st.st_mode);
        claim.source = arena_strdup(build->claims.arena, found.host);
        if (!claim.source)
            return err_memory(error, FS_STAGE);
        if (hide_source(build, sources, &claim, error) != 0)
            return -1;
    }
    return 0;
}

int fs_hide(struct fs_build *build, struct sbx_error *error)
{
    struct fs_claims *claims = &build->claims;
    struct sources sources;
    struct fs_claim *hidden;
    size_t count;
    if (build->plan->policy->files_hide.count == 0)
        return 0;
    for (size_t i = 0; i < claims->count; i++)
        if (claims->list[i].kind == FS_CLAIM_HIDDEN && resolve(build, &claims->list[i], error) != 0)
            return -1;
    if (!(hidden = copy_hidden(build, &count)))
        return err_memory(error, FS_STAGE);
    if (read_sources(claims, &sources, error) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (hide_everywhere(build, &sources, &hidden[i], error) != 0)
            return -1;
    if (!(hidden = copy_hidden(build, &count)))
        return err_memory(error, FS_STAGE);
    for (size_t i = 0; i < count; i++)
        if (pin_above(build, &hidden[i], error) != 0)
            return -1;
    return 0;
}
