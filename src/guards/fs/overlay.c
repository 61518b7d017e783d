/* SPDX-License-Identifier: MIT
 *
 * overlay.c - root.base = overlay: which directories of the host are laid on top of each other, and
 * where.
 *
 * As a rule that is one overlay, which is the root. But overlayfs takes no directory that has
 * mounts below it, for a user who may not take them off, and none that contains the upper
 * directory. Then the directory itself is made of an empty one of ours, and each thing in it is
 * taken for itself: its directories are overlays, or are divided again. So `/` can be a layer, with
 * what is mounted in it.
 *
 * Source: the kernel's Documentation/filesystems/overlayfs.rst.
 */
#include "guards/fs/fs.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    LAYERS_MAX = 499,   /* the kernel takes 500, and one is the sandbox's own */
    PLACES_MAX = 20000, /* what dividing directories may come to */
    DIVIDED_MODE = 0755,
    OTHERS_WRITE = 022,
};

static const char key_lower[] = "root.lower", key_upper[] = "root.upper";

struct overlay {
    struct fs_build *build;
    struct arena *arena;
    struct fs_mounts mounts;
    struct fs_kept_dir *dirs; /* of the kept changes */
    size_t places, room;
};

/* ---- the layers that the profile names ------------------------------------------------------ */

static int bad_layer(const struct item *item, int sys_errno, const char *why, const char *hint,
                     struct sbx_error *error)
{
    err_set(error, SBX_E_HOST, sys_errno, FS_STAGE, "%s: %s %s", key_lower, item->first, why);
    err_hint(error, "%s", hint);
    return err_at(error, item->origin);
}

/* Looks at one word. Sets layer->path to NULL where it may be absent, and is. */
static int read_layer(struct overlay *o, const struct item *item, struct fs_layer *layer,
                      struct fs_source *source, struct sbx_error *error)
{
    int ret = fs_source_look(o->arena, item->first, source);
    if (ret == ENOMEM)
        return err_memory(error, FS_STAGE);
    if (item->optional && (ret == ENOENT || ret == ENOTDIR)) {
        layer->path = NULL;
        return 0;
    }
    if (ret == ENOENT || ret == ENOTDIR)
        return bad_layer(item, ret, "does not exist on this machine",
                         "create it, or put a ? before it if it may be absent", error);
    if (ret != 0)
        return bad_layer(item, ret, "can't be reached",
                         "the user who starts sandbox needs the right to reach it", error);
    if (!S_ISDIR(source->mode))
        return bad_layer(item, ENOTDIR, "is not a directory", "a layer is a directory tree", error);
    if (fs_source_is_proc(source->path))
        return bad_layer(item, 0, "is the host's /proc",
                         "files.proc = private gives the sandbox a /proc of its own", error);
    const char *what = arena_printf(o->arena, "%s: %s", key_lower, item->first);
    if (!what)
        return err_memory(error, FS_STAGE);
    if (fs_source_reach(o->build, source, SBX_E_HOST, FS_STAGE, what, error) != 0)
        return err_at(error, item->origin);
    *layer = (struct fs_layer){source->path, source->device, source->inode, item->origin};
    return 0;
}

/* The kernel's answer to a layer within a layer is ELOOP, and names none of them. */
static int check_apart(const struct fs_layer *list, size_t count, const struct item *item,
                       struct sbx_error *error)
{
    const struct fs_layer *last = &list[count];
    for (size_t i = 0; i < count; i++) {
        if (!fs_path_below(last->path, list[i].path) && !fs_path_below(list[i].path, last->path))
            continue;
        err_set(error, SBX_E_PROFILE, ELOOP, FS_STAGE,
                strcmp(last->path, list[i].path) == 0
                    ? "%s: %s and %s are one directory, and a layer can be there only once"
                    : "%s: of %s and %s one lies in the other, and no layer can be a part of "
                      "another",
                key_lower, item->first, list[i].path);
        err_hint(error, "take one of the two away; a part of the host is put on top with files.ro");
        return err_at(error, item->origin);
    }
    return 0;
}

/* Behind the others: an image is what they change. */
static void add_image(const struct fs_image *image, struct fs_layer *made, struct fs_layers *layers)
{
    for (size_t i = 0; i < image->count; i++) {
        const struct fs_image_layer *layer = &image->layers[i];
        made[layers->count] =
            (struct fs_layer){layer->path, layer->device, layer->inode, image->origin};
        if (layers->count++ == 0) {
            layers->mode = layer->mode;
            layers->uid = layer->uid;
            layers->gid = layer->gid;
        }
    }
}

static int read_layers(struct overlay *o, struct fs_layers *layers, struct sbx_error *error)
{
    const struct value_list *list = &o->build->plan->policy->root_lower;
    const struct fs_image *image = &o->build->plan->fs.image;
    struct fs_layer *made = arena_array(o->arena, list->count + image->count + 1, sizeof(*made));
    struct fs_source source = {.path = NULL};
    if (!made) {
        err_memory(error, FS_STAGE);
        return -1;
    }
    *layers = (struct fs_layers){.list = made, .sub = ""};
    for (size_t i = 0; i < list->count; i++) {
        struct fs_layer *layer = &made[layers->count];
        if (read_layer(o, &list->items[i], layer, &source, error) != 0)
            return -1;
        if (!layer->path)
            continue;
        if (check_apart(made, layers->count, &list->items[i], error) != 0)
            return -1;
        if (layers->count++ == 0) {
            layers->mode = source.mode;
            layers->uid = source.uid;
            layers->gid = source.gid;
        }
    }
    add_image(image, made, layers);
    if (layers->count > 0 && layers->count <= LAYERS_MAX)
        return 0;
    if (layers->count)
        err_set(error, SBX_E_PROFILE, 0, FS_STAGE, "%s: overlayfs takes %d layers, not %zu",
                key_lower, LAYERS_MAX, layers->count);
    else
        err_set(error, SBX_E_HOST, ENOENT, FS_STAGE, "%s: none of the directories exists here",
                key_lower);
    err_at(error, list->origin);
    return -1;
}

/* ---- the directory that keeps changes ------------------------------------------------------- */

static int bad_upper(struct overlay *o, int sys_errno, const char *why, const char *hint,
                     struct sbx_error *error)
{
    const struct value_upper *upper = &o->build->plan->policy->root_upper;
    err_set(error, SBX_E_HOST, sys_errno, FS_STAGE, "%s: %s %s", key_upper, upper->v, why);
    err_hint(error, "%s %s", hint, upper->v);
    return err_at(error, upper->origin);
}

static int check_upper(struct overlay *o, const struct fs_source *source,
                       const struct fs_layers *layers, struct sbx_error *error)
{
    const struct fs_build *build = o->build;
    if (!S_ISDIR(source->mode))
        return bad_upper(o, ENOTDIR, "is not a directory", "name another place than", error);
    if (source->uid != build->host->uid)
        return bad_upper(o, EPERM, "belongs to another user", "name another directory than", error);
    if (source->mode & OTHERS_WRITE)
        return bad_upper(o, EPERM, "can be written by other users", "chmod go-w", error);
    if (build->host->root && !fs_source_permits(source, &build->plan->ns, 01))
        return bad_upper(o, EACCES, "can't be entered by the user as whom root's programs run",
                         "chmod o+x", error);
    for (size_t i = 0; i < layers->count; i++)
        if (fs_path_below(layers->list[i].path, source->path))
            return bad_upper(o, ELOOP, "contains a layer, or is one",
                             "name a directory apart from all layers, unlike", error);
    return 0;
}

/* What earlier runs have changed is the topmost layer. */
static int add_changes(struct overlay *o, const struct fs_source *source, struct fs_layers *layers,
                       struct sbx_error *error)
{
    const char *path = arena_printf(o->arena, "%s/changes", source->path);
    struct fs_layer *list = arena_array(o->arena, layers->count + 1, sizeof(*list));
    struct stat st;
    if (!path || !list)
        return err_memory(error, FS_STAGE);
    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return 0; /* arming makes it, or says what is wrong */
    for (size_t i = 0; i < layers->count; i++)
        list[i + 1] = layers->list[i];
    list[0] =
        (struct fs_layer){path, st.st_dev, st.st_ino, o->build->plan->policy->root_upper.origin};
    *layers =
        (struct fs_layers){list, layers->count + 1, true, "", st.st_mode, st.st_uid, st.st_gid, 0};
    return 0;
}

static int read_upper(struct overlay *o, struct fs_layers *layers, struct sbx_error *error)
{
    const struct value_upper *upper = &o->build->plan->policy->root_upper;
    struct fs_source source;
    if (!upper->v)
        return 0;
    int ret = fs_source_look(o->arena, upper->v, &source);
    if (ret == ENOMEM)
        return err_memory(error, FS_STAGE);
    if (ret != 0)
        return bad_upper(o, ret, ret == ENOENT ? "does not exist" : "can't be reached",
                         o->build->host->root ? "make it, for sandbox alone: mkdir -m 711"
                                              : "make it, for sandbox alone: mkdir -m 700",
                         error);
    if (check_upper(o, &source, layers, error) != 0)
        return -1;
    o->build->plan->fs.kept = (struct fs_kept){
        .path = source.path,
        .device = source.device,
        .inode = source.inode,
        .origin = upper->origin,
        .lock = -1,
    };
    return add_changes(o, &source, layers, error);
}

/* ---- from layers to claims ------------------------------------------------------------------ */

unsigned fs_copied_mode(const struct ns_plan *ns, mode_t mode, uid_t uid, gid_t gid)
{
    const unsigned all = mode & 01777;
    unsigned rights = mode & 07;
    if (uid == ns->outer_uid)
        return all;
    if (gid == ns->outer_gid)
        rights = mode >> 3 & 07;
    return (all & 01077) | rights << 6;
}

static int note_place(struct overlay *o, const struct fs_layers *layers, bool divided,
                      struct sbx_error *error)
{
    struct fs_plan *fs = &o->build->plan->fs;
    if (++o->places > PLACES_MAX) {
        err_set(error, SBX_E_HOST, E2BIG, FS_STAGE,
                "%s: there are mounts below directories with more than %d entries, and each of "
                "these has to be mounted for itself",
                key_lower, PLACES_MAX);
        return err_at(error, o->build->plan->policy->root_lower.origin);
    }
    if (!fs->kept.path)
        return 0;
    if (fs->kept.count == o->room) {
        size_t room = o->room ? o->room * 2 : 16;
        struct fs_kept_dir *dirs = arena_array(o->arena, room, sizeof(*dirs));
        if (!dirs)
            return err_memory(error, FS_STAGE);
        if (o->room)
            memcpy(dirs, o->dirs, o->room * sizeof(*dirs));
        o->dirs = dirs;
        o->room = room;
        fs->kept.dirs = dirs;
    }
    const struct ns_plan *ns = &o->build->plan->ns;
    o->dirs[fs->kept.count++] = (struct fs_kept_dir){
        layers->sub,
        divided ? DIVIDED_MODE : fs_copied_mode(ns, layers->mode, layers->uid, layers->gid)};
    return 0;
}

static int add_claim(struct overlay *o, struct fs_claim claim, struct sbx_error *error)
{
    claim.builtin = true;
    claim.part = claim.target[0] != '\0';
    claim.key = key_lower;
    claim.origin = o->build->plan->policy->root_lower.origin;
    return fs_claims_add(&o->build->claims, &claim, error);
}

static int add_overlay(struct overlay *o, const struct fs_layers *layers, struct sbx_error *error)
{
    const struct value_upper *upper = &o->build->plan->policy->root_upper;
    struct fs_layers *kept = arena_alloc(o->arena, sizeof(*kept));
    struct fs_claim claim = {
        .kind = FS_CLAIM_OVERLAY,
        .directory = true,
        .target = layers->sub,
        .layers = kept,
        .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
    };
    struct statvfs fs;
    if (!kept)
        return err_memory(error, FS_STAGE);
    *kept = *layers;
    if (!upper->v && !upper->tmpfs)
        claim.attributes |= MOUNT_ATTR_RDONLY;
    /* overlayfs forgets how its layers are mounted. */
    for (size_t i = 0; i < layers->count; i++)
        if (statvfs(layers->list[i].path, &fs) == 0 && fs.f_flag & ST_NOEXEC)
            claim.attributes |= MOUNT_ATTR_NOEXEC;
    o->build->plan->fs.kept.works += upper->v != NULL;
    return add_claim(o, claim, error);
}

static bool must_divide(const struct overlay *o, const struct fs_layers *layers)
{
    const char *kept = o->build->plan->fs.kept.path;
    for (size_t i = layers->kept ? 1 : 0; i < layers->count; i++)
        if (fs_mounts_below(&o->mounts, layers->list[i].path) ||
            (kept && fs_path_below(kept, layers->list[i].path)))
            return true;
    return false;
}

/* A file or a link of a divided directory, or a mount that is no layer: shown read-only. Nothing
 * else is taken from there. */
static int add_thing(struct overlay *o, const struct fs_found *found, const char *target,
                     struct sbx_error *error)
{
    struct fs_claim claim = {.kind = FS_CLAIM_SYMLINK, .target = target};
    char content[PATH_MAX];
    /* As it was found: looked up once more it may be a link. */
    if (S_ISREG(found->st.st_mode) || S_ISDIR(found->st.st_mode)) {
        const struct fs_source source = {
            .path = arena_strdup(o->arena, found->host),
            .mode = found->st.st_mode,
            .device = found->st.st_dev,
            .inode = found->st.st_ino,
        };
        return source.path ? add_claim(o, fs_source_claim(&source, target, false), error)
                           : err_memory(error, FS_STAGE);
    }
    ssize_t got = S_ISLNK(found->st.st_mode) ? readlink(found->host, content, sizeof(content)) : -1;
    if (got <= 0 || got == (ssize_t)sizeof(content))
        return 0;
    claim.source = arena_strndup(o->arena, content, (size_t)got);
    return claim.source ? add_claim(o, claim, error) : err_memory(error, FS_STAGE);
}

/* What hides a name has to know what it would have shown, but nothing below that is shown. */
static int add_hidden(struct overlay *o, const struct fs_found *found, const char *target,
                      struct sbx_error *error)
{
    struct fs_claim claim = {.kind = FS_CLAIM_BIND, .target = target, .directory = true};
    if (!S_ISDIR(found->st.st_mode))
        return add_thing(o, found, target, error);
    claim.source = arena_strdup(o->arena, found->host);
    return claim.source ? add_claim(o, claim, error) : err_memory(error, FS_STAGE);
}

/* One name in a divided directory. What the kernel fills is left out, and so is the directory of
 * the changes itself. *below: the layers of a directory; none where that is all. */
static int add_entry(struct overlay *o, const struct fs_layers *layers, const char *name,
                     struct fs_layers *below, struct sbx_error *error)
{
    const char *kept = o->build->plan->fs.kept.path;
    const char *target =
        arena_printf(o->arena, "%s%s%s", layers->sub, *layers->sub ? "/" : "", name);
    struct fs_found found;
    below->count = 0;
    if (!target)
        return err_memory(error, FS_STAGE);
    const struct fs_claim *taken = fs_claims_at(&o->build->claims, target, strlen(target));
    if (fs_layers_find(layers, name, &found) != 0 ||
        fs_mounts_kernels_own(&o->mounts, found.host) || (kept && strcmp(found.host, kept) == 0))
        return 0;
    if (taken)
        return taken->kind == FS_CLAIM_HIDDEN ? add_hidden(o, &found, target, error) : 0;
    if (!S_ISDIR(found.st.st_mode) || fs_mounts_no_layer(&o->mounts, found.host))
        return add_thing(o, &found, target, error);
    return fs_layers_below(o->arena, layers, name, below) == ENOMEM ? err_memory(error, FS_STAGE)
                                                                    : 0;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

struct names {
    const char **list;
    size_t count, room;
};

/* The names in one layer's directory. One that can't be read has none for us. */
static int read_names(struct overlay *o, const char *path, struct names *names)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;
    int ret = 0;
    while (ret == 0 && directory && (entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (names->count == names->room) {
            size_t room = names->room ? names->room * 2 : 64;
            const char **list = arena_array(o->arena, room, sizeof(*list));
            if (list && names->count)
                memcpy(list, names->list, names->count * sizeof(*list));
            names->list = list;
            names->room = room;
        }
        const char *name = names->list ? arena_strdup(o->arena, entry->d_name) : NULL;
        ret = name ? 0 : -1;
        if (name)
            names->list[names->count++] = name;
    }
    if (directory)
        closedir(directory);
    return ret;
}

static int add_place(struct overlay *o, const struct fs_layers *layers, struct sbx_error *error);

static int divide(struct overlay *o, const struct fs_layers *layers, struct sbx_error *error)
{
    struct names names = {NULL, 0, 0};
    if (*layers->sub && add_claim(o,
                                  (struct fs_claim){.kind = FS_CLAIM_DIR,
                                                    .target = layers->sub,
                                                    .source = layers->list[0].path,
                                                    .mode = DIVIDED_MODE},
                                  error) != 0)
        return -1;
    for (size_t i = 0; i < layers->count; i++)
        if (read_names(o, layers->list[i].path, &names) != 0)
            return err_memory(error, FS_STAGE);
    if (names.count)
        qsort(names.list, names.count, sizeof(*names.list), compare_names);
    for (size_t i = 0; i < names.count; i++) {
        struct fs_layers below;
        if (i > 0 && strcmp(names.list[i], names.list[i - 1]) == 0)
            continue;
        if (add_entry(o, layers, names.list[i], &below, error) != 0 ||
            (below.count && add_place(o, &below, error) != 0))
            return -1;
    }
    return 0;
}

static int add_place(struct overlay *o, const struct fs_layers *layers, struct sbx_error *error)
{
    const bool divided = must_divide(o, layers);
    if (divided && o->build->plan->policy->root_driver.v == DRIVER_FUSE) {
        err_set(error, SBX_E_HOST, EBUSY, FS_STAGE,
                "%s: with root.driver = fuse no layer can have mounts below it, and one has",
                key_lower);
        err_hint(error, "name directories with no mounts in them (see findmnt), and show what is "
                        "mounted with files.ro; or say root.driver = kernel");
        return err_at(error, o->build->plan->policy->root_lower.origin);
    }
    if (note_place(o, layers, divided, error) != 0)
        return -1;
    return divided ? divide(o, layers, error) : add_overlay(o, layers, error);
}

int fs_overlay_claims(struct fs_build *build, struct sbx_error *error)
{
    struct overlay o = {.build = build, .arena = build->claims.arena};
    struct fs_layers layers = {.list = NULL, .sub = ""};
    if (build->plan->policy->root_base.v != BASE_OVERLAY)
        return 0;
    int ret = fs_mounts_read(o.arena, build->machine->mounts, &o.mounts);
    if (ret == ENOMEM)
        return err_memory(error, FS_STAGE);
    if (ret != 0) {
        err_set(error, SBX_E_HOST, ret, FS_STAGE,
                "root.base = overlay: the table of mounts, %s, can't be read",
                build->machine->mounts);
        err_hint(error, "sandbox must know what is mounted in a layer: mount a /proc here");
        return err_at(error, build->plan->policy->root_base.origin);
    }
    if (fs_image(build, error) != 0 || read_layers(&o, &layers, error) != 0 ||
        read_upper(&o, &layers, error) != 0)
        return -1;
    return add_place(&o, &layers, error);
}

int fs_overlay_apart(const struct fs_build *build, struct sbx_error *error)
{
    const char *kept = build->plan->fs.kept.path;
    for (size_t i = 0; kept && i < build->claims.count; i++) {
        const struct fs_claim *claim = &build->claims.list[i];
        if (claim->kind != FS_CLAIM_BIND || claim->attributes & MOUNT_ATTR_RDONLY ||
            (!fs_path_below(kept, claim->source) && !fs_path_below(claim->source, kept)))
            continue;
        err_set(error, SBX_E_PROFILE, 0, FS_STAGE,
                "%s: %s is writable inside, and with it the directory of %s, %s", claim->key,
                claim->source, key_upper, kept);
        err_hint(error, "a program could put links there, for the next launch to follow: keep the "
                        "changes in a directory that nothing shows writable");
        return err_at(error, claim->origin);
    }
    return 0;
}
