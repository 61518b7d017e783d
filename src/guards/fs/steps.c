/* SPDX-License-Identifier: MIT
 *
 * steps.c - from settled claims to the steps that the child carries out, parents first. Here it is
 * decided what each thing is mounted on: in a tmpfs of ours the place is made; in a directory of
 * the host it must be there already, for nothing is ever made on the host.
 */
#include "guards/fs/steps.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIR_MODE = 0755, HIDDEN_DIR_MODE = 0555, FILE_MODE = 0444, FIRST_ROOM = 96 };

struct fs_step *fs_steps_add(struct steps *steps, const struct fs_step *step,
                             struct sbx_error *error)
{
    if (steps->count == steps->room) {
        size_t room = steps->room ? steps->room * 2 : FIRST_ROOM;
        struct fs_step *list = arena_array(steps->arena, room, sizeof(*list));
        if (!list) {
            err_memory(error, FS_STAGE);
            return NULL;
        }
        if (steps->count)
            memcpy(list, steps->list, steps->count * sizeof(*list));
        steps->list = list;
        steps->room = room;
    }
    steps->list[steps->count] = *step;
    return &steps->list[steps->count++];
}

/* All that is beneath a path comes in one go, so the last step tells. */
bool fs_steps_make(const struct steps *steps, const char *path, size_t length)
{
    const char *last = steps->count ? steps->list[steps->count - 1].target : "";
    return strncmp(last, path, length) == 0 && (last[length] == '\0' || last[length] == '/');
}

/* The directories between the tmpfs of ours that covers a target, and the target. */
static int add_parents(struct steps *steps, const struct fs_claim *claim, size_t cover_length,
                       struct sbx_error *error)
{
    size_t from = cover_length ? cover_length + 1 : 0;
    for (size_t end = from; end < claim->length; end++) {
        if (claim->target[end] != '/' || fs_steps_make(steps, claim->target, end))
            continue;
        struct fs_step step = {.op = FS_DIR, .mode = DIR_MODE, .origin = claim->origin};
        step.target = arena_strndup(steps->arena, claim->target, end);
        if (!step.target)
            return err_memory(error, FS_STAGE);
        if (!fs_steps_add(steps, &step, error))
            return -1;
    }
    return 0;
}

/* A number as fsconfig(2) wants it. "unlimited" is 0 to tmpfs. */
static const char *number_text(struct arena *arena, uint64_t value)
{
    return arena_printf(arena, "%" PRIu64, value == POLICY_UNLIMITED ? 0 : value);
}

static int add_tmpfs(struct steps *steps, struct fs_step *step, struct sbx_error *error)
{
    step->size_text = number_text(steps->arena, step->size);
    step->inodes_text = number_text(steps->arena, step->inodes);
    step->mode_text = arena_printf(steps->arena, "0%o", step->mode);
    if (!step->size_text || !step->inodes_text || !step->mode_text)
        return err_memory(error, FS_STAGE);
    return fs_steps_add(steps, step, error) ? 0 : -1;
}

bool fs_claim_is_file(const struct fs_claim *claim)
{
    return claim->kind == FS_CLAIM_TEXT || (claim->kind == FS_CLAIM_BIND && !claim->directory);
}

/* On top of entries of the procfs that the step before has mounted. */
static int add_proc_covers(struct steps *steps, const struct fs_claim *claim,
                           struct sbx_error *error)
{
    struct fs_proc_cover covers[FS_PROC_COVERS_MAX];
    size_t count = 0;
    if (claim->kind != FS_CLAIM_PROC || !claim->masked)
        return 0;
    if (fs_proc_covers(steps->build, claim, covers, &count, error) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct fs_step step = {
            .op = covers[i].op,
            .target = arena_printf(steps->arena, "%s/%s", claim->target, covers[i].name),
            .attributes = claim->attributes | MOUNT_ATTR_RDONLY,
            .mode = covers[i].op == FS_HIDE_DIR ? HIDDEN_DIR_MODE : 0,
            .origin = claim->origin,
        };
        if (!step.target)
            return err_memory(error, FS_STAGE);
        if (!fs_steps_add(steps, &step, error))
            return -1;
    }
    return 0;
}

/* What the claim itself says; its place is there. */
static int add_content(struct steps *steps, const struct fs_claim *claim, struct sbx_error *error)
{
    static const enum fs_op ops[] = {
        [FS_CLAIM_DIR] = FS_DIR,
        [FS_CLAIM_BIND] = FS_BIND,
        [FS_CLAIM_TMPFS] = FS_TMPFS,
        [FS_CLAIM_SYMLINK] = FS_SYMLINK,
        [FS_CLAIM_TEXT] = FS_TEXT,
        [FS_CLAIM_PROC] = FS_PROC,
        [FS_CLAIM_DEVPTS] = FS_DEVPTS,
        [FS_CLAIM_MQUEUE] = FS_MQUEUE,
        [FS_CLAIM_OVERLAY] = FS_SHOW_OVERLAY,
    };
    struct fs_step step = {
        .op = ops[claim->kind],
        .source = claim->source,
        .target = claim->target,
        .attributes = claim->attributes,
        .device = claim->device,
        .inode = claim->inode,
        .size = claim->size,
        .inodes = claim->inodes,
        .mode = claim->mode,
        .pin = claim->pin,
        .straight = claim->part,
        .origin = claim->origin,
    };
    if (step.op == FS_SHOW_OVERLAY)
        return fs_scaffold_overlay(steps, claim, error);
    if (step.op == FS_TMPFS)
        return add_tmpfs(steps, &step, error);
    return fs_steps_add(steps, &step, error) ? add_proc_covers(steps, claim, error) : -1;
}

/* A file of ours with its content, mounted on the place that is there. `place`: a thing of the
 * host; NULL: a file that the step before this one has made. */
static int add_shown_text(struct steps *steps, const struct fs_claim *claim,
                          const struct stat *place, struct sbx_error *error)
{
    struct fs_step step = {
        .op = FS_SHOW_TEXT,
        .source = claim->source,
        .target = claim->target,
        .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY,
        .mode = claim->mode,
        .device = place ? place->st_dev : 0,
        .inode = place ? place->st_ino : 0,
        .origin = claim->origin,
    };
    return fs_steps_add(steps, &step, error) ? 0 : -1;
}

/* In a tmpfs of ours: makes the place, then what is there. */
static int add_in_own(struct steps *steps, const struct fs_claim *claim,
                      const struct fs_claim *cover, struct sbx_error *error)
{
    const size_t cover_length = cover ? cover->length : 0;
    const bool writable =
        cover && cover->kind != FS_CLAIM_HIDDEN; /* else it is sealed at the end */
    struct fs_step place = {
        .op = FS_DIR, .target = claim->target, .mode = DIR_MODE, .origin = claim->origin};
    if (add_parents(steps, claim, cover_length, error) != 0)
        return -1;
    if (fs_claim_is_file(claim)) {
        place.op = FS_FILE;
        place.mode = FILE_MODE;
    }
    if (claim->kind == FS_CLAIM_TEXT && writable)
        return fs_steps_add(steps, &place, error) ? add_shown_text(steps, claim, NULL, error) : -1;
    const bool is_mount = claim->kind == FS_CLAIM_BIND || claim->kind == FS_CLAIM_TMPFS ||
                          claim->kind == FS_CLAIM_PROC || claim->kind == FS_CLAIM_DEVPTS ||
                          claim->kind == FS_CLAIM_MQUEUE || claim->kind == FS_CLAIM_OVERLAY;
    if (is_mount && !fs_steps_add(steps, &place, error))
        return -1;
    return add_content(steps, claim, error);
}

static const char *access_of(const struct fs_claim *bind)
{
    return bind->attributes & MOUNT_ATTR_RDONLY ? "read-only" : "writable";
}

static int no_place(const struct fs_claim *claim, const struct fs_claim *cover, const char *host,
                    const char *why, int sys_errno, struct sbx_error *error)
{
    err_set(error, SBX_E_PROFILE, sys_errno, FS_STAGE,
            "%s: the mount point /%s %s inside the %s bind /%s", claim->key, claim->target, why,
            access_of(cover), cover->target);
    err_hint(error,
             "nothing is made on the host: make %s a %s yourself, or put a files.tmpfs "
             "above it",
             host, fs_claim_is_file(claim) ? "file" : "directory");
    return err_at(error, claim->origin);
}

/* The same content through the bind that covers the place: nothing has to be done. */
static bool is_shown_already(const struct fs_claim *claim, const struct fs_claim *cover,
                             const char *host)
{
    return claim->kind == FS_CLAIM_BIND && !claim->pin && claim->attributes == cover->attributes &&
           strcmp(claim->source, host) == 0;
}

static bool host_link_is(const char *host, const char *content)
{
    char text[PATH_MAX];
    ssize_t got = readlink(host, text, sizeof(text));
    return got >= 0 && (size_t)got == strlen(content) && memcmp(text, content, (size_t)got) == 0;
}

/* A link, a file or a directory of ours can't be made in a directory of the host. */
static int add_unmade(const struct fs_claim *claim, const struct fs_claim *cover, const char *host,
                      struct sbx_error *error)
{
    if (claim->kind == FS_CLAIM_SYMLINK && host_link_is(host, claim->source))
        return 0;
    err_set(error, SBX_E_PROFILE, EROFS, FS_STAGE, "%s: /%s can't be made inside the %s bind /%s",
            claim->key, claim->target, access_of(cover), cover->target);
    err_hint(error, "nothing is made on the host: make it yourself, or put a files.tmpfs above it");
    return err_at(error, claim->origin);
}

/* In a directory of the host: the place must be there, and of the right kind. */
static int add_in_bind(struct steps *steps, const struct fs_claim *claim,
                       const struct fs_claim *cover, struct sbx_error *error)
{
    const char *suffix = claim->target + cover->length + (cover->length ? 1 : 0);
    const char *base = strcmp(cover->source, "/") == 0 ? "" : cover->source;
    const char *host = arena_printf(steps->arena, "%s/%s", base, suffix);
    const bool file = fs_claim_is_file(claim);
    struct stat st;
    if (!host)
        return err_memory(error, FS_STAGE);
    if (claim->kind == FS_CLAIM_SYMLINK || claim->kind == FS_CLAIM_DIR)
        return add_unmade(claim, cover, host, error);
    if (lstat(host, &st) != 0)
        return no_place(claim, cover, host, "does not exist", errno, error);
    if (file && S_ISDIR(st.st_mode))
        return no_place(claim, cover, host, "is a directory, not a file,", EISDIR, error);
    if (!file && !S_ISDIR(st.st_mode))
        return no_place(claim, cover, host, "is not a directory", ENOTDIR, error);
    if (claim->kind == FS_CLAIM_TEXT)
        return add_shown_text(steps, claim, &st, error);
    if (is_shown_already(claim, cover, host))
        return 0;
    return add_content(steps, claim, error);
}

/* On top of what the host has there. What lies below a directory is put into the tmpfs that hides
 * it, so that one is sealed last. */
static int add_hidden(struct steps *steps, const struct fs_claims *claims,
                      const struct fs_claim *claim, struct sbx_error *error)
{
    struct fs_step step = {
        .op = claim->directory ? FS_HIDE_DIR : FS_HIDE_FILE,
        .source = claim->source,
        .target = claim->target,
        .attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY,
        .device = claim->device,
        .inode = claim->inode,
        .mode = claim->directory ? HIDDEN_DIR_MODE : 0,
        .size_text = FS_ROOT_SIZE,
        .origin = claim->origin,
    };
    if (claim->directory && fs_claims_below(claims, claim->target, claim->length)) {
        step.attributes &= ~(uint64_t)MOUNT_ATTR_RDONLY;
        steps->seals++;
    }
    return fs_steps_add(steps, &step, error) ? 0 : -1;
}

/* In an overlay: what the layers have is the place, or the scaffold makes one. */
static int add_in_overlay(struct steps *steps, const struct fs_claims *claims,
                          const struct fs_claim *claim, const struct fs_claim *cover,
                          struct sbx_error *error)
{
    bool done;
    if (claim->pin)
        return add_content(steps, claim, error);
    if (fs_scaffold_place(steps, claim, cover, &done, error) != 0)
        return -1;
    if (done)
        return 0;
    if (claim->kind == FS_CLAIM_HIDDEN)
        return add_hidden(steps, claims, claim, error);
    if (claim->kind == FS_CLAIM_TEXT)
        return add_shown_text(steps, claim, NULL, error);
    return add_content(steps, claim, error);
}

static int no_directory(const struct fs_claim *claim, const struct fs_claim *cover,
                        struct sbx_error *error)
{
    err_set(error, SBX_E_PROFILE, ENOTDIR, FS_STAGE,
            "%s: /%s lies in /%s (%s), where nothing can be put", claim->key, claim->target,
            cover->target, cover->key);
    err_hint(error, "take one of the two away");
    return err_at(error, claim->origin);
}

/* The deepest claim strictly above; where one has nothing to hide there is no place of its own. */
static const struct fs_claim *cover_of(const struct fs_claims *claims, const struct fs_claim *claim)
{
    const struct fs_claim *cover = claim;
    do {
        if (cover->length == 0)
            return NULL;
        size_t length = fs_parent_length(cover->target, cover->length);
        cover = fs_claims_cover(claims, cover->target, length);
    } while (cover && cover->idle);
    return cover;
}

/* The innermost first: a path to the outer ones crosses none that is not there. */
static int add_seals(struct steps *steps, struct sbx_error *error)
{
    for (size_t i = steps->count; steps->seals > 0; i--) {
        const struct fs_step *hidden = &steps->list[i - 1];
        if (hidden->op != FS_HIDE_DIR || hidden->attributes & MOUNT_ATTR_RDONLY)
            continue;
        struct fs_step seal = {.op = FS_SEAL, .target = hidden->target, .origin = hidden->origin};
        if (!fs_steps_add(steps, &seal, error))
            return -1;
        steps->seals--;
    }
    return 0;
}

static int add_claim(struct steps *steps, const struct fs_claims *claims,
                     const struct fs_claim *claim, struct sbx_error *error)
{
    const struct fs_claim *cover = cover_of(claims, claim);
    if (claim->idle)
        return 0;
    if (claim->length == 0) {
        if ((claim->kind != FS_CLAIM_BIND && claim->kind != FS_CLAIM_OVERLAY) ||
            !claim->directory) {
            err_set(error, SBX_E_PROFILE, ENOTDIR, FS_STAGE,
                    "%s: only a directory of the host can be the root", claim->key);
            return err_at(error, claim->origin);
        }
        return add_content(steps, claim, error);
    }
    if (cover && cover->kind == FS_CLAIM_OVERLAY)
        return add_in_overlay(steps, claims, claim, cover, error);
    if (claim->kind == FS_CLAIM_HIDDEN) /* what has no source lies where nothing can be put */
        return claim->source || !cover ? add_hidden(steps, claims, claim, error)
                                       : no_directory(claim, cover, error);
    if (!cover || cover->kind == FS_CLAIM_TMPFS || cover->kind == FS_CLAIM_DIR ||
        (cover->kind == FS_CLAIM_HIDDEN && cover->directory))
        return add_in_own(steps, claim, cover, error);
    if (cover->kind == FS_CLAIM_BIND && cover->directory)
        return add_in_bind(steps, claim, cover, error);
    return no_directory(claim, cover, error);
}

/* The stage's steps, and behind them those of the root. */
static int join(struct fs_build *build, const struct steps *root, struct sbx_error *error)
{
    const struct stage *stage = root->stage;
    const struct steps *const lists[] = {&stage->layout, &stage->scaffold, &stage->mounts, root};
    const size_t before = stage->layout.count + stage->scaffold.count;
    struct fs_plan *fs = &build->plan->fs;
    size_t count = 0;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        count += lists[i]->count;
    struct fs_step *all = arena_array(root->arena, count, sizeof(*all));
    int *trees = arena_array(root->arena, count, sizeof(*trees));
    if (!all || !trees)
        return err_memory(error, FS_STAGE);
    fs->count = 0;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (lists[i]->count)
            memcpy(all + fs->count, lists[i]->list, lists[i]->count * sizeof(*all));
        fs->count += lists[i]->count;
    }
    fs->staged = before + stage->mounts.count;
    for (size_t i = 0; i < count; i++) {
        all[i].from += all[i].op == FS_SHOW_OVERLAY ? before : 0;
        trees[i] = -1;
    }
    fs->steps = all;
    fs->trees = trees;
    return 0;
}

/* The upper directory may be in it. */
static int size_stage(struct fs_build *build, struct sbx_error *error)
{
    const struct sbx_policy *policy = build->plan->policy;
    const struct value_upper *upper = &policy->root_upper;
    struct fs_plan *fs = &build->plan->fs;
    fs->stage_size_text = FS_ROOT_SIZE;
    fs->stage_inodes_text = NULL;
    if (!upper->tmpfs)
        return 0;
    const uint64_t size = upper->size ? upper->size : policy->root_size.v;
    const uint64_t inodes = upper->inodes ? upper->inodes : fs_inodes(size);
    fs->stage_size_text = number_text(build->claims.arena, size);
    fs->stage_inodes_text = number_text(build->claims.arena, inodes);
    return fs->stage_size_text && fs->stage_inodes_text ? 0 : err_memory(error, FS_STAGE);
}

int fs_steps(struct fs_build *build, struct sbx_error *error)
{
    struct arena *arena = build->claims.arena;
    struct stage stage = {
        .plan = build->plan,
        .layout.arena = arena,
        .scaffold.arena = arena,
        .mounts.arena = arena,
    };
    struct steps steps = {.build = build, .arena = arena, .stage = &stage};
    if (fs_claims_sort(&build->claims, error) != 0)
        return -1;
    for (size_t i = 0; i < build->claims.count; i++)
        if (add_claim(&steps, &build->claims, &build->claims.list[i], error) != 0)
            return -1;
    if (add_seals(&steps, error) != 0 || join(build, &steps, error) != 0)
        return -1;
    build->plan->fs.root_size_text = FS_ROOT_SIZE;
    return size_stage(build, error);
}
