/* SPDX-License-Identifier: MIT
 *
 * claims.c - the set of claims: adding, finding, settling. It knows paths, never what they mean.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_ROOM = 48,
    SETTLE_ROUNDS = 16, /* each round follows one more link that leads to another link */
};

size_t fs_parent_length(const char *path, size_t length)
{
    while (length > 0 && path[length - 1] != '/')
        length--;
    return length > 0 ? length - 1 : 0;
}

/* No ".", "..", empty component or final slash: what the steps promise the child. */
static bool is_normal(const char *path)
{
    while (*path) {
        size_t length = strcspn(path, "/");
        if (length == 0 || (length == 1 && path[0] == '.') ||
            (length == 2 && path[0] == '.' && path[1] == '.') || length > NAME_MAX)
            return false;
        path += length;
        if (*path == '/' && *++path == '\0')
            return false;
    }
    return true;
}

static int grow(struct fs_claims *claims, struct sbx_error *error)
{
    size_t room = claims->room ? claims->room * 2 : FIRST_ROOM;
    struct fs_claim *list = arena_array(claims->arena, room, sizeof(*list));
    struct fs_places *sets = claims->places;
    if (!sets && (sets = arena_array(claims->arena, 2, sizeof(*sets)))) {
        sets[0].arena = sets[1].arena = claims->arena;
        claims->walked = &sets[1];
    }
    if (!list || !sets)
        return err_memory(error, FS_STAGE);
    claims->places = sets;
    if (claims->count)
        memcpy(list, claims->list, claims->count * sizeof(*list));
    claims->list = list;
    claims->room = room;
    return 0;
}

/* Where the number of a claim stands: at its place, or at the claim before it on the same path. */
static uint32_t *link_of(struct fs_claims *claims, const struct fs_claim *claim)
{
    const uint32_t number = (uint32_t)(claim - claims->list) + 1;
    uint32_t *link = &claims->places->list[claim->place].number;
    while (*link && *link < number)
        link = &claims->list[*link - 1].twin;
    return link;
}

/* Makes a claim known at the place of its target. */
static int link_up(struct fs_claims *claims, struct fs_claim *claim, struct sbx_error *error)
{
    claim->place = fs_places_add(claims->places, claim->target, claim->length);
    if (claim->place == FS_NO_PLACE)
        return err_memory(error, FS_STAGE);
    uint32_t *link = link_of(claims, claim);
    claim->twin = *link;
    *link = (uint32_t)(claim - claims->list) + 1;
    return 0;
}

/* The claims stand elsewhere in the list now; their places are the same. */
static void link_again(struct fs_claims *claims)
{
    for (uint32_t i = 0; i < claims->places->count; i++)
        claims->places->list[i].number = 0;
    for (size_t i = claims->count; i-- > 0;) {
        struct fs_place *place = &claims->places->list[claims->list[i].place];
        claims->list[i].twin = place->number;
        place->number = (uint32_t)i + 1;
    }
}

int fs_claims_add(struct fs_claims *claims, const struct fs_claim *claim, struct sbx_error *error)
{
    const char *target = claim->target[0] == '/' ? claim->target + 1 : claim->target;
    size_t length = strlen(target);
    if (!is_normal(target) || length >= PATH_MAX - 1) {
        err_set(error, SBX_E_PROFILE, 0, FS_STAGE,
                "%s: '%s' is not an absolute path without "
                "'.', '..' and double slashes",
                claim->key, claim->target);
        return err_at(error, claim->origin);
    }
    if (claims->count == claims->room && grow(claims, error) != 0)
        return -1;
    struct fs_claim *added = &claims->list[claims->count];
    *added = *claim;
    added->target = target;
    added->length = length;
    if (link_up(claims, added, error) != 0)
        return -1;
    claims->count++;
    return 0;
}

static const struct fs_claim *first_on(const struct fs_claims *claims, uint32_t place)
{
    const uint32_t number = place == FS_NO_PLACE ? 0 : claims->places->list[place].number;
    return number ? &claims->list[number - 1] : NULL;
}

const struct fs_claim *fs_claims_at(const struct fs_claims *claims, const char *path, size_t length)
{
    return claims->count ? first_on(claims, fs_places_find(claims->places, path, length)) : NULL;
}

const struct fs_claim *fs_claims_cover(const struct fs_claims *claims, const char *path,
                                       size_t length)
{
    return claims->count ? first_on(claims, fs_places_cover(claims->places, path, length)) : NULL;
}

/* Whether `path` lies beneath `above`. */
static bool is_below(const char *path, size_t length, const char *above, size_t above_length)
{
    return length > above_length && (above_length == 0 || (path[above_length] == '/' &&
                                                           memcmp(path, above, above_length) == 0));
}

const struct fs_claim *fs_claims_below(const struct fs_claims *claims, const char *path,
                                       size_t length)
{
    const uint32_t place =
        claims->count ? fs_places_find(claims->places, path, length) : (uint32_t)FS_NO_PLACE;
    if (place == FS_NO_PLACE || !claims->places->list[place].above)
        return NULL;
    /* In order, what is below a claim follows it. */
    const uint32_t number = claims->places->list[place].number;
    for (size_t i = number <= claims->sorted ? number : 0; i < claims->count; i++) {
        const struct fs_claim *claim = &claims->list[i];
        if (is_below(claim->target, claim->length, path, length))
            return claim;
    }
    return NULL;
}

/* Orders paths so that a parent comes before all that is in it, and these before its siblings. */
static int compare(const void *left, const void *right)
{
    const struct fs_claim *one = left, *two = right;
    const unsigned char *a = (const unsigned char *)one->target;
    const unsigned char *b = (const unsigned char *)two->target;
    while (*a && *a == *b)
        a++, b++;
    if (*a == *b) /* the guard's own claim last, where settling drops it */
        return (int)one->builtin - (int)two->builtin;
    if (!*a || !*b)
        return *a ? 1 : -1;
    if (*a == '/' || *b == '/')
        return *a == '/' ? -1 : 1;
    return *a < *b ? -1 : 1;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_content(const struct fs_claim *a, const struct fs_claim *b)
{
    return a->kind == b->kind && same_text(a->source, b->source) &&
           a->attributes == b->attributes && a->size == b->size && a->inodes == b->inodes &&
           a->mode == b->mode;
}

static int conflict(const struct fs_claim *kept, const struct fs_claim *other,
                    struct sbx_error *error)
{
    if (kept->origin.file)
        err_set(error, SBX_E_PROFILE, 0, FS_STAGE,
                "/%s is claimed twice with different content: by %s here, and by %s at %s:%u",
                other->target, other->key, kept->key, kept->origin.file, kept->origin.line);
    else
        err_set(error, SBX_E_PROFILE, 0, FS_STAGE,
                "/%s is claimed twice with different content: by %s and by %s", other->target,
                other->key, kept->key);
    err_hint(error, "keep one of the two; an inherited word is taken away with !word");
    return err_at(error, other->origin);
}

/* What a part of a divided directory would have shown, so that it can be hidden elsewhere, too. */
static void note_hidden(struct fs_claim *hidden, const struct fs_claim *part)
{
    if (hidden->kind != FS_CLAIM_HIDDEN || !part->part || part->kind == FS_CLAIM_SYMLINK)
        return;
    hidden->source = part->layers ? part->layers->list[0].path : part->source;
    hidden->directory = part->kind != FS_CLAIM_BIND || part->directory;
}

/* One claim a path: drops repetitions and what the profile replaces. */
static int unique(struct fs_claims *claims, struct sbx_error *error)
{
    size_t kept = 0;
    for (size_t i = 0; i < claims->count; i++) {
        struct fs_claim *claim = &claims->list[i];
        struct fs_claim *last = kept ? &claims->list[kept - 1] : NULL;
        if (!last || last->length != claim->length || strcmp(last->target, claim->target) != 0)
            claims->list[kept++] = *claim;
        else if (!claim->builtin && !same_content(last, claim))
            return conflict(last, claim, error);
        else if (claim->builtin)
            note_hidden(last, claim);
        else /* only where each of them may be absent, it may be absent */
            last->optional = last->optional && claim->optional;
    }
    claims->count = kept;
    return 0;
}

/* Drops the parts of divided directories on which something else lies now: they are no words of the
 * profile's, to be seen in that. They stand parents first. */
static void drop_parts(struct fs_claims *claims)
{
    size_t kept = 0;
    for (size_t i = 0; i < claims->count; i++) {
        const struct fs_claim *claim = &claims->list[i];
        size_t length = fs_parent_length(claim->target, claim->length);
        const struct fs_claim *above =
            claim->part ? fs_claims_at(claims, claim->target, length) : NULL;
        if (claim->part && (above ? !above->part || above->kind != FS_CLAIM_DIR : length > 0))
            claims->places->list[claim->place].number = 0;
        else
            kept++;
    }
    if (kept == claims->count)
        return;
    kept = 0;
    for (size_t i = 0; i < claims->count; i++)
        if (claims->places->list[claims->list[i].place].number)
            claims->list[kept++] = claims->list[i];
    claims->count = kept;
    link_again(claims);
}

/* A target whose walk failed, in words. */
static int unreachable(const struct fs_claim *claim, const struct fs_view *view,
                       struct sbx_error *error)
{
    if (view->writable_link) {
        err_set(error, SBX_E_HOST, ELOOP, FS_STAGE,
                "%s: /%s runs through a symbolic link inside the writable /%s, which an earlier "
                "program could have put there",
                claim->key, claim->target, view->cover ? view->cover->target : "");
        err_hint(error, "name the place that the link leads to, or remove the link");
    } else {
        err_set(error, SBX_E_HOST, view->sys_errno, FS_STAGE,
                "%s: the path /%s can't be followed at /%s", claim->key, claim->target, view->path);
        if (view->sys_errno == ELOOP)
            err_hint(error, "symbolic links lead in a circle there");
    }
    return err_at(error, claim->origin);
}

/* A link that the guard itself makes, as the layers or the system have it, is followed as theirs
 * would be by what hides its path. NULL: there is none; "": no memory. */
static const char *behind_link(const struct fs_claims *claims, const struct fs_claim *claim)
{
    const struct fs_claim *link = fs_claims_at(claims, claim->target, claim->length);
    while (link && !(link->builtin && link->kind == FS_CLAIM_SYMLINK))
        link = link->twin ? &claims->list[link->twin - 1] : NULL;
    if (!link || claim->kind != FS_CLAIM_HIDDEN)
        return NULL;
    const int above = (int)fs_parent_length(claim->target, claim->length);
    const char *path = link->source[0] == '/' ? link->source
                                              : arena_printf(claims->arena, "%.*s/%s", above,
                                                             claim->target, link->source);
    return path ? path : "";
}

/* Moves one target to where it leads. */
static int lead(struct fs_claims *claims, struct fs_claim *claim, bool *moved,
                struct sbx_error *error)
{
    struct fs_view view;
    const char *path = behind_link(claims, claim);
    if (path && !*path)
        return err_memory(error, FS_STAGE);
    fs_view(claims, path ? path : claim->target,
            claim->kind == FS_CLAIM_SYMLINK ? FS_VIEW_LINK : FS_VIEW_MOUNT, &view);
    if (claim->optional && view.sys_errno == ENOTDIR) /* so it can't be there */
        return 0;
    if (view.state == FS_VIEW_BROKEN || view.writable_link)
        return unreachable(claim, &view, error);
    if (strcmp(view.path, claim->target) == 0)
        return 0;
    const char *target = arena_strdup(claims->arena, view.path);
    if (!target)
        return err_memory(error, FS_STAGE);
    *link_of(claims, claim) = claim->twin;
    claim->target = target;
    claim->length = strlen(target);
    *moved = true;
    return link_up(claims, claim, error);
}

int fs_claims_settle(struct fs_claims *claims, struct sbx_error *error)
{
    bool moved = true;
    for (int round = 0; moved; round++) {
        moved = false;
        for (size_t i = 0; i < claims->count; i++) {
            struct fs_claim *claim = &claims->list[i];
            bool this_moved = false;
            if (lead(claims, claim, &this_moved, error) != 0)
                return -1;
            if (this_moved && round == SETTLE_ROUNDS) {
                err_set(error, SBX_E_PROFILE, ELOOP, FS_STAGE,
                        "%s: /%s leads through too many symbolic links", claim->key, claim->target);
                return err_at(error, claim->origin);
            }
            moved |= this_moved;
        }
    }
    if (!claims->count)
        return 0;
    qsort(claims->list, claims->count, sizeof(*claims->list), compare);
    if (unique(claims, error) != 0)
        return -1;
    claims->sorted = claims->count;
    link_again(claims);
    drop_parts(claims);
    claims->sorted = claims->count;
    return 0;
}

int fs_claims_sort(struct fs_claims *claims, struct sbx_error *error)
{
    const size_t added = claims->count - claims->sorted;
    if (!added)
        return 0;
    struct fs_claim *tail = arena_array(claims->arena, added, sizeof(*tail));
    if (!tail)
        return err_memory(error, FS_STAGE);
    memcpy(tail, claims->list + claims->sorted, added * sizeof(*tail));
    qsort(tail, added, sizeof(*tail), compare);
    struct fs_claim *end = claims->list + claims->count;
    for (size_t head = claims->sorted, left = added; left > 0;) { /* the last ones first */
        if (head > 0 && compare(&claims->list[head - 1], &tail[left - 1]) > 0)
            *--end = claims->list[--head];
        else
            *--end = tail[--left];
    }
    claims->sorted = claims->count;
    link_again(claims);
    return 0;
}
