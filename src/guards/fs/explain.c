/* SPDX-License-Identifier: MIT
 *
 * explain.c - what the child could not do, in words. It runs in the parent, which may look at the
 * host again to say more; the kernel's own answer is added by the caller.
 */
#include "guards/fs/fs.h"
#include "guards/fs/server.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SAY(error, ...) snprintf((error)->text, sizeof((error)->text), __VA_ARGS__)

static void say_overlay_step(const struct plan *plan, const struct fs_step *step,
                             struct sbx_error *error)
{
    switch (step->op) {
    case FS_LAYER:
        SAY(error, "could not use %s as a layer", step->source);
        break;
    case FS_UPPER:
        SAY(error, "could not use /%s in the directory that keeps the changes (k)", step->target);
        break;
    case FS_WHITEOUT:
        SAY(error, "could not hide /%s, which no layer has yet", step->target);
        break;
    case FS_OVERLAY:
        SAY(error, plan->fs.server.program ? "could not mount what fuse-overlayfs serves"
                                           : "overlayfs refuses these layers");
        break;
    default: /* FS_SHOW_OVERLAY */
        SAY(error, "could not show the overlay at /%s", step->target);
        break;
    }
}

static void say_step(const struct plan *plan, const struct fs_step *step, struct sbx_error *error)
{
    switch (step->op) {
    case FS_DIR:
        SAY(error, "could not make the directory /%s", step->target);
        break;
    case FS_FILE:
        SAY(error, "could not make the mount point /%s", step->target);
        break;
    case FS_TEXT:
    case FS_SHOW_TEXT:
        SAY(error, "could not write the file /%s", step->target);
        break;
    case FS_SYMLINK:
        SAY(error, "could not make the symbolic link /%s -> %s", step->target, step->source);
        break;
    case FS_BIND:
        SAY(error, "could not show %s at /%s (%s)", step->source, step->target,
            step->attributes & MOUNT_ATTR_RDONLY ? "read-only" : "writable");
        break;
    case FS_TMPFS:
        SAY(error, "could not mount a tmpfs at /%s (size=%s, nr_inodes=%s, mode=%s)", step->target,
            step->size_text, step->inodes_text, step->mode_text);
        break;
    case FS_PROC:
        SAY(error, "could not mount a private /%s (hidepid=%s%s%s)", step->target, FS_PROC_HIDES,
            step->source ? ",subset=" : "", step->source ? step->source : "");
        break;
    case FS_MQUEUE:
        SAY(error, "could not mount the sandbox's own message queues at /%s", step->target);
        break;
    case FS_DEVPTS:
        SAY(error, "could not mount private terminals at /%s", step->target);
        break;
    case FS_HIDE_DIR:
    case FS_HIDE_FILE:
        SAY(error, "could not hide /%s", step->target);
        break;
    case FS_LAYER:
    case FS_UPPER:
    case FS_WHITEOUT:
    case FS_OVERLAY:
    case FS_SHOW_OVERLAY:
        say_overlay_step(plan, step, error);
        break;
    case FS_AGAIN:
        SAY(error, "could not make /%s a mount of its own", step->target);
        break;
    case FS_READONLY:
        SAY(error, "could not make /%s read-only", step->target);
        break;
    case FS_SEAL:
        SAY(error, "could not make what hides /%s read-only", step->target);
        break;
    }
}

static void hint_bind(const struct plan *plan, const struct fs_step *step, struct sbx_error *error)
{
    char closed[PATH_MAX];
    switch (error->sys_errno) {
    case ELOOP:
        SAY(error, "a directory above %s was replaced by a symbolic link", step->source);
        err_hint(error, "run it again; if it comes back, see who changes that path");
        break;
    case ESTALE:
        SAY(error, "%s was replaced by another file while the sandbox was starting", step->source);
        err_hint(error, "run it again; if it comes back, see who changes that path");
        break;
    case ENOENT:
        err_hint(error,
                 "%s or its mount point went away while the sandbox was starting: run it "
                 "again",
                 step->source);
        break;
    case EACCES:
        if (fs_source_find_closed(step->source, plan->host, closed))
            err_hint(error,
                     "the sandbox is built as host user %u, who may not enter %s: chmod o+x "
                     "that directory, or show a path outside of it",
                     plan->host->uid, closed);
        else
            err_hint(error,
                     "the sandbox is built as host user %u, who needs the right to reach that "
                     "path",
                     plan->host->uid);
        break;
    case EMFILE:
        err_hint(error, FS_OPEN_FILES_HINT);
        break;
    case EINVAL:
        err_hint(error,
                 step->op == FS_LAYER
                     ? "something was mounted below it while the sandbox was starting: run it again"
                     : "the kernel does not copy mounts that are unbindable; see the propagation "
                       "column of findmnt -o TARGET,PROPAGATION");
        break;
    default:
        break;
    }
}

/* overlayfs tells a few reasons apart, and none of the layers. */
static void hint_overlay(const struct plan *plan, struct sbx_error *error)
{
    if (plan->fs.server.program)
        return;
    switch (error->sys_errno) {
    case ENOSPC:
        err_hint(error,
                 plan->fs.kept.path
                     ? "the file system of %s is full, in bytes or in files (df, df -i), or the "
                       "machine's bound on mounts is reached: /proc/sys/fs/mount-max"
                     : "root.upper is too small: give it a larger size or inodes%s",
                 plan->fs.kept.path ? plan->fs.kept.path : "");
        break;
    case EINVAL:
        err_hint(
            error,
            "overlayfs takes no file system that is itself an overlay on another one, or%s has "
            "no extended attributes and no O_TMPFILE: vfat, NFS, FUSE; dmesg may say more%s",
            plan->fs.kept.path ? ", for changes, an overlay or one that"
                               : " a network's or a case-insensitive one, or one that",
            plan->fs.kept.path ? "" : "; root.driver = fuse takes them");
        break;
    case ELOOP:
        err_hint(error, "one layer lies in another, by a mount: leave one of them out");
        break;
    case ENODEV:
        err_hint(error, "the kernel has no overlayfs: modprobe overlay, as root");
        break;
    case EPERM:
        err_hint(error, "overlayfs in a user namespace needs Linux 5.11, and no security module "
                        "that forbids it");
        break;
    case ESTALE:
        err_hint(error, "the directory of the changes has been used with other layers: name a new "
                        "one, or start afresh with 'sandbox changes discard'");
        break;
    default:
        break;
    }
}

static void hint_hidden(const struct fs_step *step, struct sbx_error *error)
{
    const bool ours = step->op == FS_READONLY || !step->inode;
    SAY(error,
        ours ? "/%s went away while the sandbox was starting, so it could not be covered"
             : "/%s was replaced by another file while the sandbox was starting, so it could not "
               "be hidden",
        step->target);
    err_hint(error,
             ours ? "run it again: somebody changes a layer, or a module of the kernel was unloaded"
                  : "run it again; if it comes back, see who changes that path");
}

/* The server is gone, or never came to answer. */
static bool hint_server(const struct plan *plan, struct sbx_error *error)
{
    char words[160];
    const int number = error->sys_errno;
    if (!plan->fs.server.program ||
        (number != ENOTCONN && number != ECONNABORTED && number != EPIPE && number != ECONNRESET))
        return false;
    fs_server_words(&plan->fs.server, words, sizeof(words));
    SAY(error, "%s, which serves the layers, has ended", plan->fs.server.program);
    err_at(error, plan->fs.server.origin);
    if (*words)
        err_hint(error, "it has said: %s", words);
    return true;
}

static void hint_step(const struct plan *plan, const struct fs_step *step, struct sbx_error *error)
{
    if (hint_server(plan, error))
        return;
    if (step->op == FS_PROC && error->sys_errno == EPERM)
        err_hint(error, "this machine's own /proc is partly covered, as in a container, and the "
                        "kernel then refuses a new one: run the outer container with an unmasked "
                        "/proc (an outer sandbox with files.proc = unmasked), or set "
                        "files.proc = none");
    else if (step->op == FS_MQUEUE && error->sys_errno == ENODEV)
        err_hint(error, "the kernel was built without CONFIG_POSIX_MQUEUE: leave files.mqueue out");
    else if (step->op == FS_PROC && error->sys_errno == EINVAL)
        err_hint(error,
                 "the kernel must be Linux 5.8 or newer; an emulation of one may lack "
                 "hidepid=%s: set files.proc = none there",
                 FS_PROC_HIDES);
    else if ((step->op == FS_HIDE_DIR || step->op == FS_HIDE_FILE || step->op == FS_READONLY) &&
             (error->sys_errno == ESTALE || error->sys_errno == ENOENT))
        hint_hidden(step, error);
    else if (step->op == FS_OVERLAY)
        hint_overlay(plan, error);
    else if ((error->sys_errno == ELOOP || error->sys_errno == EXDEV) && step->op != FS_LAYER)
        err_hint(error,
                 "a directory above /%s was replaced by a symbolic link while the sandbox "
                 "was starting: run it again, and see who changes that path",
                 step->target);
    else if (error->sys_errno == ENOSPC && (step->op == FS_DIR || step->op == FS_FILE ||
                                            step->op == FS_TEXT || step->op == FS_SYMLINK))
        err_hint(error, "the tmpfs that it lies in is too small: give it a larger size or inodes");
    else if (error->sys_errno == ENOSPC)
        err_hint(error, "the machine's bound on mounts is reached: /proc/sys/fs/mount-max");
    else if (step->op == FS_BIND || step->op == FS_LAYER)
        hint_bind(plan, step, error);
}

static void explain_phase(const struct plan *plan, int phase, struct sbx_error *error)
{
    static const char *const what[FS_PHASES] = {
        [FS_PHASE_DEVICE] = "could not open /dev/fuse within the new user namespace",
        [FS_PHASE_PRIVATE] = "could not cut the mounts off from the host's",
        [FS_PHASE_STAGE] = "could not make the files that are mounted one by one",
        [FS_PHASE_LAYERS] = "could not mount the tmpfs in which the layers are put together",
        [FS_PHASE_ROOT] = "could not mount the tmpfs that is the new root",
        [FS_PHASE_SEAL] = "could not make the new root read-only",
        [FS_PHASE_PIVOT] = "could not change the root (pivot_root)",
        [FS_PHASE_DETACH] = "could not detach the old root",
        [FS_PHASE_FILES] = "could not take back the limit on open files",
        [FS_PHASE_CWD] = "could not enter the working directory",
    };
    if (phase < 0 || phase >= FS_PHASES)
        return;
    SAY(error, "%s", what[phase]);
    if ((phase == FS_PHASE_PIVOT || phase == FS_PHASE_PRIVATE) && error->sys_errno == EINVAL)
        err_hint(error, "the kernel can't change a root that is the initial ramfs, or that is not "
                        "a mount of its own, as after chroot(2)");
    if (hint_server(plan, error))
        return;
    if (phase == FS_PHASE_DEVICE)
        err_at(error, plan->fs.server.origin);
    if (phase == FS_PHASE_CWD) {
        SAY(error, "could not enter the working directory %s", plan->fs.cwd);
        err_hint(error, "it must be a directory that uid %u may enter", plan->ns.outer_uid);
        err_at(error, plan->policy->root_cwd.origin);
    }
}

void fs_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    if (item < 0)
        return;
    if ((size_t)item >= plan->fs.count) {
        explain_phase(plan, item - (int)plan->fs.count, error);
        return;
    }
    const struct fs_step *step = &plan->fs.steps[item];
    say_step(plan, step, error);
    err_at(error, step->origin);
    hint_step(plan, step, error);
}
