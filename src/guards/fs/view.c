/* SPDX-License-Identifier: MIT
 *
 * view.c - where a path leads inside the sandbox, told before the sandbox exists.
 *
 * It walks a path component by component, as the kernel will: through the links that the claims
 * make, and through those of the host where a bind shows them. It looks at the host with lstat(2)
 * and readlink(2), at the layers of an overlay through layers.c, and changes nothing.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINKS_MAX = 40 }; /* the kernel's own bound */

struct walk {
    const struct fs_claims *claims;
    enum fs_view_mode mode;
    struct fs_view *view;
    size_t length;       /* of view->path */
    char rest[PATH_MAX]; /* what is still to walk */
};

static void broken(struct walk *walk, int sys_errno)
{
    walk->view->state = FS_VIEW_BROKEN;
    walk->view->sys_errno = sys_errno;
}

/* The host path of the place that the walk is at, beneath the bind that covers it. */
static void set_host(struct walk *walk)
{
    struct fs_view *view = walk->view;
    const char *suffix = view->path + view->cover->length;
    size_t base = strlen(view->cover->source), more = strlen(suffix);
    if (base == 1) /* "/" */
        base = 0;
    if (base + more + 2 > sizeof(view->host)) {
        broken(walk, ENAMETOOLONG);
        return;
    }
    memcpy(view->host, view->cover->source, base);
    if (more && suffix[0] != '/') /* the bind is the root: its target is "" */
        view->host[base++] = '/';
    memcpy(view->host + base, suffix, more + 1);
    if (view->host[0] == '\0')
        memcpy(view->host, "/", 2);
}

/* The same in an overlay: the topmost layer that has it. Returns 0 or an errno value, with host[]
 * the place in the topmost layer of all. */
static int set_layered(struct walk *walk, struct fs_found *found)
{
    struct fs_view *view = walk->view;
    const struct fs_claim *cover = view->cover;
    const char *suffix = view->path + cover->length;
    const char *top = cover->layers->list[0].path;
    struct fs_found place;
    suffix += *suffix == '/';
    int ret = fs_layers_find(cover->layers, suffix, &place);
    if (found)
        *found = place;
    int length = ret == 0
                     ? snprintf(view->host, sizeof(view->host), "%s", place.host)
                     : snprintf(view->host, sizeof(view->host), "%s/%s", top[1] ? top : "", suffix);
    return length < (int)sizeof(view->host) ? ret : ENAMETOOLONG;
}

/* A directory that an earlier walk came through is not looked at again: there may be thousands of
 * claims in it, and what changes meanwhile is noticed by the child. */
static bool is_known_directory(const struct fs_claims *claims, const char *host)
{
    const uint32_t place = fs_places_find(claims->walked, host + 1, strlen(host + 1));
    return place != FS_NO_PLACE && claims->walked->list[place].number;
}

static void remember_directory(const struct fs_claims *claims, const char *host)
{
    const char *kept = arena_strdup(claims->arena, host + 1);
    const uint32_t place =
        kept ? fs_places_add(claims->walked, kept, strlen(kept)) : (uint32_t)FS_NO_PLACE;
    if (place != FS_NO_PLACE) /* else it is looked at again */
        claims->walked->list[place].number = 1;
}

/* What is at a place of the host: lstat(2), in the terms of what shows it. */
static int look(struct walk *walk, bool last, struct stat *st, bool *kept)
{
    struct fs_view *view = walk->view;
    struct fs_found found;
    *kept = false;
    if (view->cover->kind != FS_CLAIM_OVERLAY) {
        set_host(walk);
        if (view->state == FS_VIEW_BROKEN)
            return view->sys_errno;
        *kept = !(view->cover->attributes & MOUNT_ATTR_RDONLY);
        st->st_mode = S_IFDIR;
        if (!last && is_known_directory(walk->claims, view->host))
            return 0;
        if (lstat(view->host, st) != 0)
            return errno;
        if (!last && S_ISDIR(st->st_mode))
            remember_directory(walk->claims, view->host);
        return 0;
    }
    int ret = set_layered(walk, &found);
    *st = found.st;
    *kept = found.kept;
    return ret;
}

/* The walk stands on a claim. */
static void arrive(struct walk *walk, const struct fs_claim *claim)
{
    struct fs_view *view = walk->view;
    view->cover = claim;
    switch (claim ? claim->kind : FS_CLAIM_DIR) {
    case FS_CLAIM_DIR:
    case FS_CLAIM_TMPFS:
        view->state = FS_VIEW_OWN;
        break;
    case FS_CLAIM_BIND:
        view->state = FS_VIEW_HOST;
        view->type = claim->directory ? S_IFDIR : S_IFREG;
        set_host(walk);
        break;
    case FS_CLAIM_OVERLAY:
        view->state = FS_VIEW_HOST;
        view->type = S_IFDIR;
        set_layered(walk, NULL);
        break;
    default:
        view->state = FS_VIEW_OPAQUE;
    }
}

/* Goes to the place that is `length` bytes of the path; all above it are directories. */
static void go_back(struct walk *walk, size_t length)
{
    struct fs_view *view = walk->view;
    walk->length = length;
    view->path[length] = '\0';
    const struct fs_claim *cover = fs_claims_cover(walk->claims, view->path, length);
    arrive(walk, cover);
    if (view->state == FS_VIEW_HOST)
        view->type = S_IFDIR;
}

/* Puts a link's content in front of what is still to walk. */
static void follow(struct walk *walk, const char *content)
{
    char joined[PATH_MAX];
    if (++walk->view->links > LINKS_MAX || content[0] == '\0') {
        broken(walk, content[0] ? ELOOP : ENOENT);
        return;
    }
    int length = snprintf(joined, sizeof(joined), "%s/%s", content, walk->rest);
    if (length < 0 || (size_t)length >= sizeof(joined)) {
        broken(walk, ENAMETOOLONG);
        return;
    }
    memcpy(walk->rest, joined, (size_t)length + 1);
    go_back(walk, content[0] == '/' ? 0 : fs_parent_length(walk->view->path, walk->length));
}

/* The walk stands on a place of the host that no claim names. */
static void look_at_host(struct walk *walk, bool last)
{
    struct fs_view *view = walk->view;
    char content[PATH_MAX];
    struct stat st;
    bool kept; /* an earlier program could have put it there */
    int ret = look(walk, last, &st, &kept);
    if (ret == ENOENT) {
        view->state = FS_VIEW_MISSING;
        return;
    }
    if (ret != 0) {
        broken(walk, ret);
        return;
    }
    view->type = st.st_mode & S_IFMT;
    if (!S_ISLNK(st.st_mode) || (last && walk->mode == FS_VIEW_LINK))
        return;
    ssize_t got = readlink(view->host, content, sizeof(content) - 1);
    const bool refused = view->cover->attributes & MOUNT_ATTR_NOSYMFOLLOW;
    if (got < 0 || refused) {
        broken(walk, refused ? ELOOP : errno);
        return;
    }
    content[got] = '\0';
    view->writable_link |= kept;
    if (!(view->writable_link && walk->mode != FS_VIEW_FOLLOW)) /* refused: keep `cover` as is */
        follow(walk, content);
    else
        broken(walk, ELOOP);
}

/* Takes one component, which is neither "." nor "..". */
static void enter_component(struct walk *walk, const char *name, size_t length, bool last)
{
    struct fs_view *view = walk->view;
    if (view->state == FS_VIEW_HOST && !S_ISDIR(view->type)) {
        broken(walk, ENOTDIR);
        return;
    }
    if (walk->length + length + 2 > sizeof(view->path)) {
        broken(walk, ENAMETOOLONG);
        return;
    }
    if (walk->length)
        view->path[walk->length++] = '/';
    memcpy(view->path + walk->length, name, length);
    walk->length += length;
    view->path[walk->length] = '\0';

    const struct fs_claim *claim = NULL;
    if (!last || walk->mode == FS_VIEW_FOLLOW)
        claim = fs_claims_at(walk->claims, view->path, walk->length);
    if (claim && claim->kind == FS_CLAIM_SYMLINK)
        follow(walk, claim->source);
    else if (claim)
        arrive(walk, claim);
    else if (view->state == FS_VIEW_HOST)
        look_at_host(walk, last);
}

/* Takes the next component off what is still to walk. Returns its length; 0 at the end. */
static size_t next_component(struct walk *walk, char name[PATH_MAX])
{
    char *start = walk->rest + strspn(walk->rest, "/");
    size_t length = strcspn(start, "/");
    memcpy(name, start, length);
    name[length] = '\0';
    start += length;
    start += strspn(start, "/");
    memmove(walk->rest, start, strlen(start) + 1);
    return length;
}

void fs_view(const struct fs_claims *claims, const char *path, enum fs_view_mode mode,
             struct fs_view *view)
{
    struct walk walk = {.claims = claims, .mode = mode, .view = view};
    char name[PATH_MAX];
    size_t length;
    view->links = 0;
    view->writable_link = false;
    view->sys_errno = 0;
    view->type = 0;
    view->path[0] = view->host[0] = walk.rest[0] = '\0';
    view->cover = NULL;
    view->state = FS_VIEW_OWN;
    if (strlen(path) >= sizeof(walk.rest)) {
        broken(&walk, ENAMETOOLONG);
        return;
    }
    memcpy(walk.rest, path, strlen(path) + 1);
    if (walk.rest[0] || mode == FS_VIEW_FOLLOW) /* as a mount point, the root lies in nothing */
        arrive(&walk, fs_claims_at(claims, "", 0));
    while (view->state != FS_VIEW_BROKEN && (length = next_component(&walk, name)) > 0) {
        if (strcmp(name, ".") == 0)
            continue;
        if (strcmp(name, "..") == 0)
            go_back(&walk, fs_parent_length(view->path, walk.length));
        else
            enter_component(&walk, name, length, walk.rest[0] == '\0');
    }
}
