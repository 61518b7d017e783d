/* SPDX-License-Identifier: MIT
 *
 * describe.c - what the child will do to build its root, in words, and which part of it keeps which
 * promise of the profile.
 */
#include "guards/fs/fs.h"
#include <string.h>

static const struct origin nowhere = {.file = NULL};

const char *fs_ground(const struct fs_plan *fs)
{
    const struct fs_step *root = fs_root_step(fs);
    return !root ? "tmpfs" : root->op == FS_BIND ? "a bind" : "an overlay";
}

size_t fs_mounts(const struct fs_plan *fs)
{
    size_t mounts = fs_root_step(fs) ? 0 : 1;
    for (size_t i = fs->staged; i < fs->count; i++) {
        enum fs_op op = fs->steps[i].op;
        mounts += op == FS_BIND || op == FS_TMPFS || op == FS_PROC || op == FS_DEVPTS ||
                  op == FS_MQUEUE || op == FS_HIDE_DIR || op == FS_HIDE_FILE ||
                  op == FS_SHOW_TEXT || op == FS_SHOW_OVERLAY || op == FS_AGAIN ||
                  op == FS_READONLY;
    }
    return mounts;
}

/* ---- the steps ------------------------------------------------------------------------------ */

struct flags {
    char text[64];
};

static struct flags flags_of(uint64_t attributes)
{
    struct flags flags;
    snprintf(flags.text, sizeof(flags.text), "%s%s%s%s%s",
             attributes & MOUNT_ATTR_RDONLY ? "ro" : "rw",
             attributes & MOUNT_ATTR_NOSUID ? ",nosuid" : "",
             attributes & MOUNT_ATTR_NODEV ? ",nodev" : "",
             attributes & MOUNT_ATTR_NOEXEC ? ",noexec" : "",
             attributes & MOUNT_ATTR_NOSYMFOLLOW ? ",nosymfollow" : "");
    return flags;
}

/* What is done for overlays, in the stage and out of it. */
static void describe_overlay_step(const struct fs_step *step, const struct flags *flags, FILE *out)
{
    switch (step->op) {
    case FS_LAYER:
        guard_line(out, step->origin, "attach the layer %s at %s", step->source, step->target);
        break;
    case FS_UPPER:
        guard_line(out, step->origin, "check that %s is a directory, and no link on the way to it",
                   step->target);
        break;
    case FS_WHITEOUT:
        guard_line(out, step->origin, "whiteout %s: what a layer has there later does not show",
                   step->target);
        break;
    case FS_OVERLAY:
        guard_line(out, step->origin, "overlay at %s/m %s %s", step->target, flags->text,
                   step->source);
        break;
    default: /* FS_SHOW_OVERLAY */
        guard_line(out, step->origin, "show the overlay at /%s %s", step->target, flags->text);
        break;
    }
}

static void describe_hiding(const struct fs_step *step, const struct flags *flags, FILE *out)
{
    if (step->op == FS_HIDE_FILE)
        guard_line(out, step->origin, "hide /%s: an empty file on top, mode=0000 %s", step->target,
                   flags->text);
    else if (step->size_text)
        guard_line(out, step->origin, "hide the directory /%s: an empty tmpfs on top %s size=%s",
                   step->target, flags->text, step->size_text);
    else
        guard_line(out, step->origin, "hide the directory /%s: an empty one on top %s",
                   step->target, flags->text);
}

/* A place in the stage is named without the leading '/'. */
static void describe_step(const struct fs_step *step, bool staged, FILE *out)
{
    const char *root = staged ? "" : "/";
    const struct flags flags = flags_of(step->attributes);
    switch (step->op) {
    case FS_DIR:
        guard_line(out, step->origin, "mkdir %s%s mode=%04o", root, step->target, step->mode);
        break;
    case FS_FILE:
        guard_line(out, step->origin, "file %s%s, empty: a place to mount on", root, step->target);
        break;
    case FS_TEXT:
        guard_line(out, step->origin, "file /%s with %zu bytes of sandbox's own, mode=%04o",
                   step->target, strlen(step->source), step->mode);
        break;
    case FS_SHOW_TEXT:
        guard_line(out, step->origin, "mount a file with %zu bytes of sandbox's own at /%s %s",
                   strlen(step->source), step->target, flags.text);
        break;
    case FS_SYMLINK:
        guard_line(out, step->origin, "symlink %s%s -> %s", root, step->target, step->source);
        break;
    case FS_BIND:
        guard_line(out, step->origin, "bind %s at /%s %s%s", step->source, step->target, flags.text,
                   step->pin ? ", on top of itself" : "");
        break;
    case FS_TMPFS:
        guard_line(out, step->origin, "tmpfs at /%s %s size=%s nr_inodes=%s mode=%s", step->target,
                   flags.text, step->size_text, step->inodes_text, step->mode_text);
        break;
    case FS_PROC:
        guard_line(out, step->origin, "proc at /%s %s hidepid=%s%s%s", step->target, flags.text,
                   FS_PROC_HIDES, step->source ? ",subset=" : "", step->source ? step->source : "");
        break;
    case FS_MQUEUE:
        guard_line(out, step->origin, "mqueue at /%s %s", step->target, flags.text);
        break;
    case FS_DEVPTS:
        guard_line(out, step->origin, "devpts at /%s %s ptmxmode=0666,mode=620", step->target,
                   flags.text);
        break;
    case FS_HIDE_DIR:
    case FS_HIDE_FILE:
        describe_hiding(step, &flags, out);
        break;
    case FS_LAYER:
    case FS_UPPER:
    case FS_WHITEOUT:
    case FS_OVERLAY:
    case FS_SHOW_OVERLAY:
        describe_overlay_step(step, &flags, out);
        break;
    case FS_AGAIN:
    case FS_READONLY:
        guard_line(out, step->origin, "mount /%s on itself %s", step->target, flags.text);
        break;
    case FS_SEAL:
        guard_line(out, step->origin, "make the tmpfs at /%s read-only", step->target);
        break;
    }
}

void fs_sources_describe(const struct plan *plan, FILE *out)
{
    bool any = false;
    if (plan->fs.server.program)
        guard_line(out, plan->fs.server.origin, "open /dev/fuse");
    if (plan->fs.raise_open_files)
        guard_line(out, nowhere,
                   "prlimit64 RLIMIT_NOFILE %llu while the root is built, for many are open at "
                   "once; then %llu again",
                   (unsigned long long)plan->fs.open_files_hard,
                   (unsigned long long)plan->fs.open_files_soft);
    for (size_t i = 0; i < plan->fs.count; i++) {
        const struct fs_step *step = &plan->fs.steps[i];
        if (step->op != FS_BIND && step->op != FS_LAYER)
            continue;
        if (!any)
            guard_line(out, nowhere,
                       "with all that is mounted below each; one that is another file by now is "
                       "refused");
        any = true;
        guard_line(out, step->origin, "%sopen %s%s",
                   step->op == FS_LAYER && plan->fs.server.program ? "in the server: " : "",
                   step->source,
                   step->op == FS_LAYER ? ", with nothing that is mounted below it" : "");
    }
}

void fs_describe(const struct plan *plan, FILE *out)
{
    const struct fs_plan *fs = &plan->fs;
    const bool own_root = !fs_root_step(fs);
    guard_line(out, nowhere, "make all mounts private: nothing that follows reaches the host");
    if (fs->server.program)
        guard_line(out, fs->server.origin,
                   "before the clone: %s is started, in namespaces of its own, with no capability, "
                   "no new privileges, and this root:",
                   fs->server.program);
    if (fs->staged)
        guard_line(out, nowhere,
                   "tmpfs rw,nosuid,nodev size=%s%s%s: the stage, where overlays are put together",
                   fs->stage_size_text, fs->stage_inodes_text ? " nr_inodes=" : "",
                   fs->stage_inodes_text ? fs->stage_inodes_text : "");
    for (size_t i = 0; i < fs->staged; i++)
        describe_step(&fs->steps[i], true, out);
    if (fs->server.program)
        guard_line(out, fs->server.origin,
                   "mount fuse, and hand its device to the server: default_permissions, and for "
                   "uid %u alone",
                   plan->ns.inner_uid);
    else if (fs->staged)
        guard_line(out, nowhere, "detach the stage: the overlays keep what they need of it");
    if (own_root)
        guard_line(out, nowhere, "tmpfs at / rw,nosuid,nodev size=%s: the new root",
                   fs->root_size_text);
    for (size_t i = fs->staged; i < fs->count; i++)
        describe_step(&fs->steps[i], false, out);
    if (own_root)
        guard_line(out, nowhere, "make the tmpfs at / read-only");
    guard_line(out, nowhere, "pivot_root, and detach the old root with all its mounts");
    guard_line(out, plan->policy->root_cwd.origin, "working directory %s", fs->cwd);
}

/* ---- the promises --------------------------------------------------------------------------- */

static bool same_origin(const struct origin *a, const struct origin *b)
{
    return a->line == b->line && a->column == b->column && a->file && b->file &&
           strcmp(a->file, b->file) == 0;
}

/* How many words of a list have become a bind. */
static size_t count_binds(const struct fs_plan *fs, const struct value_list *list)
{
    size_t count = 0;
    for (size_t j = 0; j < list->count; j++) {
        bool found = false;
        for (size_t i = 0; i < fs->count && !found; i++)
            found = fs->steps[i].op == FS_BIND &&
                    same_origin(&fs->steps[i].origin, &list->items[j].origin);
        count += found;
    }
    return count;
}

static const struct fs_step *step_at(const struct fs_plan *fs, enum fs_op op, const char *path)
{
    for (size_t i = 0; i < fs->count; i++)
        if (fs->steps[i].op == op && strcmp(fs->steps[i].target, path + 1) == 0)
            return &fs->steps[i];
    return NULL;
}

static bool wall_list(const struct fs_plan *fs, const struct value_list *list, const char *how,
                      struct wall *wall)
{
    if (!list->count)
        return guard_wall(wall, SBX_STATE_OFF, "no word in it: nothing is shown for it");
    size_t count = count_binds(fs, list);
    if (count == list->count)
        return guard_wall(wall, SBX_STATE_ENFORCED, "%zu %s", count, how);
    return guard_wall(wall, SBX_STATE_ENFORCED,
                      "%zu %s; of the other words, %zu, the place is absent here or shown already",
                      count, how, list->count - count);
}

static size_t count_steps(const struct fs_plan *fs, enum fs_op op)
{
    size_t count = 0;
    for (size_t i = 0; i < fs->count; i++)
        count += fs->steps[i].op == op;
    return count;
}

static bool wall_overlay(const struct plan *plan, const char *ground, struct wall *wall)
{
    size_t overlays = count_steps(&plan->fs, FS_OVERLAY);
    if (fs_root_step(&plan->fs))
        return guard_wall(wall, SBX_STATE_ENFORCED,
                          "pivot_root to %s, whose lower layers the kernel never writes; the old "
                          "root detached",
                          ground);
    return guard_wall(wall, SBX_STATE_ENFORCED,
                      "pivot_root to %s with %zu overlays, for the layers have mounts in them; the "
                      "directories above these are read-only; the old root detached",
                      ground, overlays);
}

static bool wall_lower(const struct plan *plan, struct wall *wall)
{
    if (!plan->policy->root_lower.count)
        return guard_wall(wall, SBX_STATE_OFF, "no word in it");
    return guard_wall(wall, SBX_STATE_ENFORCED, "%zu lower layers of %s",
                      count_steps(&plan->fs, FS_LAYER) - (plan->fs.kept.path != NULL) -
                          plan->fs.image.count,
                      plan->fs.server.program ? "fuse-overlayfs" : "overlayfs, userxattr");
}

static bool wall_upper(const struct plan *plan, struct wall *wall)
{
    if (plan->policy->root_upper.tmpfs)
        return guard_wall(wall, SBX_STATE_ENFORCED,
                          "upper directory in a tmpfs size=%s,nr_inodes=%s that ends with the run",
                          plan->fs.stage_size_text, plan->fs.stage_inodes_text);
    if (plan->fs.kept.path)
        return guard_wall(wall, SBX_STATE_ENFORCED, "upper directory %s/changes, flock on %s",
                          plan->fs.kept.path, plan->fs.kept.path);
    if (plan->policy->root_base.v != BASE_OVERLAY)
        return guard_wall(wall, SBX_STATE_OFF, "there is no overlay");
    return guard_wall(wall, SBX_STATE_ENFORCED, "no upper directory: the overlay is read-only");
}

static bool wall_base(const struct plan *plan, struct wall *wall)
{
    const char *ground = fs_ground(&plan->fs);
    if (plan->policy->root_base.v == BASE_OVERLAY)
        return wall_overlay(plan, ground, wall);
    if (plan->policy->root_base.v == BASE_HOST)
        return guard_wall(wall, SBX_STATE_ENFORCED,
                          "pivot_root to %s; the system's directories as read-only binds; the old "
                          "root detached",
                          ground);
    return guard_wall(wall, SBX_STATE_ENFORCED,
                      "pivot_root to %s with nothing on it but what [files] names; the old root "
                      "detached",
                      ground);
}

static bool wall_size(const struct plan *plan, struct wall *wall)
{
    const struct fs_step *cwd = step_at(&plan->fs, FS_TMPFS, plan->fs.cwd);
    if (!cwd)
        return guard_wall(wall, SBX_STATE_OFF, "the working directory is no tmpfs of its own");
    if (cwd->size == POLICY_UNLIMITED)
        return guard_wall(wall, SBX_STATE_OFF, "unlimited: the tmpfs has no size=");
    return guard_wall(wall, SBX_STATE_ENFORCED, "tmpfs size=%s,nr_inodes=%s", cwd->size_text,
                      cwd->inodes_text);
}

static bool wall_tmpfs(const struct plan *plan, struct wall *wall)
{
    size_t count = plan->policy->files_tmpfs.count;
    if (!count)
        return guard_wall(wall, SBX_STATE_OFF, "no word in it: nothing is shown for it");
    return guard_wall(wall, SBX_STATE_ENFORCED,
                      "%zu tmpfs with size=, nr_inodes=, mode=; nosuid, nodev", count);
}

static bool wall_hide(const struct plan *plan, struct wall *wall)
{
    const struct value_list *list = &plan->policy->files_hide;
    size_t covers = 0, words = 0;
    if (!list->count)
        return guard_wall(wall, SBX_STATE_OFF, "no word in it: nothing is hidden by it");
    for (size_t j = 0; j < list->count; j++) {
        bool found = false;
        for (size_t i = 0; i < plan->fs.count; i++) {
            const struct fs_step *step = &plan->fs.steps[i];
            bool hides = (step->op == FS_HIDE_DIR || step->op == FS_HIDE_FILE) &&
                         same_origin(&step->origin, &list->items[j].origin);
            covers += hides;
            found |= hides;
        }
        words += found;
    }
    if (words == list->count)
        return guard_wall(wall, SBX_STATE_ENFORCED, "%zu empty read-only mounts on top", covers);
    return guard_wall(wall, SBX_STATE_ENFORCED,
                      "%zu empty read-only mounts on top; of the other words, %zu, the place is "
                      "absent here or shown by nothing",
                      covers, list->count - words);
}

static bool wall_noexec(const struct plan *plan, struct wall *wall)
{
    size_t mounts = 0;
    if (!plan->policy->files_noexec.count)
        return guard_wall(wall, SBX_STATE_OFF, "no word in it: nothing is noexec for its sake");
    for (size_t i = 0; i < plan->fs.count; i++)
        mounts += (plan->fs.steps[i].attributes & MOUNT_ATTR_NOEXEC) != 0;
    return guard_wall(wall, SBX_STATE_ENFORCED, "%zu mounts with MOUNT_ATTR_NOEXEC, recursively",
                      mounts);
}

static bool wall_dev(const struct plan *plan, struct wall *wall)
{
    if (plan->policy->files_dev.v == DEV_NONE)
        return guard_wall(wall, SBX_STATE_OFF, "no device but what [files] shows");
    if (!step_at(&plan->fs, FS_DEVPTS, "/dev/pts"))
        return guard_wall(wall, SBX_STATE_OFF, "[files] shows a /dev of its own, as it is");
    return guard_wall(wall, SBX_STATE_ENFORCED,
                      "binds of single nodes, a devpts of its own, a tmpfs as /dev/shm; all other "
                      "mounts nodev");
}

static bool wall_proc(const struct plan *plan, struct wall *wall)
{
    const struct fs_step *proc = step_at(&plan->fs, FS_PROC, "/proc");
    size_t hidden = 0, sealed = 0;
    if (!proc)
        return guard_wall(wall, SBX_STATE_OFF, "no procfs; the host's own is never shown");
    for (size_t i = 0; i < plan->fs.count; i++) {
        const struct fs_step *step = &plan->fs.steps[i];
        const bool inside = strncmp(step->target, "proc/", strlen("proc/")) == 0;
        hidden += inside && (step->op == FS_HIDE_FILE || step->op == FS_HIDE_DIR);
        sealed += inside && step->op == FS_READONLY;
    }
    if (hidden || sealed)
        return guard_wall(wall, SBX_STATE_ENFORCED,
                          "a new procfs of the private pid namespace, hidepid=%s; %zu entries "
                          "covered, %zu read-only",
                          FS_PROC_HIDES, hidden, sealed);
    return guard_wall(wall, SBX_STATE_ENFORCED,
                      "a new procfs of the private pid namespace, hidepid=%s%s%s", FS_PROC_HIDES,
                      proc->source ? ",subset=" : "", proc->source ? proc->source : "");
}

static bool wall_sys(const struct plan *plan, struct wall *wall)
{
    if (plan->policy->files_sys.v == SYS_NONE)
        return guard_wall(wall, SBX_STATE_OFF, "no sysfs but what [files] shows");
    return guard_wall(wall, SBX_STATE_ENFORCED, "a recursive read-only bind of /sys");
}

static bool wall_driver(const struct plan *plan, struct wall *wall)
{
    if (plan->policy->root_base.v != BASE_OVERLAY)
        return guard_wall(wall, SBX_STATE_OFF, "there is no overlay");
    if (!plan->fs.server.program)
        return guard_wall(wall, SBX_STATE_ENFORCED, "overlayfs of the kernel");
    return guard_wall(
        wall, SBX_STATE_ENFORCED,
        "%s in namespaces of its own, with no capability; in sight are the layers, and the "
        "system's /usr and /lib, read-only; it ends with the sandbox",
        plan->fs.server.program);
}

bool fs_wall(const struct plan *plan, enum key_id key, struct wall *wall)
{
    const struct sbx_policy *policy = plan->policy;
    switch (key) {
    case KEY_root_base:
        return wall_base(plan, wall);
    case KEY_root_lower:
        return wall_lower(plan, wall);
    case KEY_root_image:
        return plan->fs.image.count
                   ? guard_wall(wall, SBX_STATE_ENFORCED,
                                "%zu layers in the user's cache, their digests checked when they "
                                "were unpacked; locked while it runs",
                                plan->fs.image.count)
                   : guard_wall(wall, SBX_STATE_OFF, "no image is named");
    case KEY_root_upper:
        return wall_upper(plan, wall);
    case KEY_root_driver:
        return wall_driver(plan, wall);
    case KEY_root_cwd:
        return guard_wall(wall, SBX_STATE_ENFORCED, "chdir to %s after pivot_root", plan->fs.cwd);
    case KEY_root_size:
        return wall_size(plan, wall);
    case KEY_files_ro:
        return wall_list(&plan->fs, &policy->files_ro,
                         "recursive binds with MOUNT_ATTR_RDONLY, nosuid, nodev", wall);
    case KEY_files_rw:
        return wall_list(&plan->fs, &policy->files_rw, "recursive binds, nosuid, nodev", wall);
    case KEY_files_bind:
        return wall_list(&plan->fs, &policy->files_bind,
                         "recursive binds, read-only but for :rw, nosuid, nodev", wall);
    case KEY_files_tmpfs:
        return wall_tmpfs(plan, wall);
    case KEY_files_symlink:
        return policy->files_symlink.count
                   ? guard_wall(wall, SBX_STATE_ENFORCED, "%zu links in a read-only root",
                                policy->files_symlink.count)
                   : guard_wall(wall, SBX_STATE_OFF, "no word in it: nothing is shown for it");
    case KEY_files_text:
        return policy->files_text.count
                   ? guard_wall(wall, SBX_STATE_ENFORCED,
                                "%zu files in a read-only root, or mounted read-only",
                                policy->files_text.count)
                   : guard_wall(wall, SBX_STATE_OFF, "no word in it: nothing is shown for it");
    case KEY_files_hide:
        return wall_hide(plan, wall);
    case KEY_files_noexec:
        return wall_noexec(plan, wall);
    case KEY_files_dev:
        return wall_dev(plan, wall);
    case KEY_files_proc:
        return wall_proc(plan, wall);
    case KEY_files_mqueue:
        return policy->files_mqueue.v == MQUEUE_NONE
                   ? guard_wall(wall, SBX_STATE_OFF, "message queues are no files here")
                   : guard_wall(wall, SBX_STATE_ENFORCED, "mqueue of the private ipc namespace");
    case KEY_files_sys:
        return wall_sys(plan, wall);
    default:
        return false;
    }
}
