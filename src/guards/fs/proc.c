/* SPDX-License-Identifier: MIT
 *
 * proc.c - files.proc = private: what of the sandbox's own /proc is no matter of its processes, but
 * of the whole machine, and is therefore covered or read-only. It only looks at this machine's own
 * procfs: which entries a kernel has, and who may open them, is the same in each of its mounts.
 *
 * Whoever runs inside is never the host's root, with whatever capabilities. So what only root may
 * open needs nothing on top: kcore, kmsg, timer_list, slabinfo, vmallocinfo, pagetypeinfo, kpage*
 * and sysrq-trigger always are such files; mtrr nobody else may write; iomem and ioports tell no
 * addresses to others; sched_debug and timer_stats went before Linux 5.14. What stays as it is, is
 * as public as the kernel's version (cmdline, config.gz, filesystems), or sums and figures that
 * programs ask for (cpuinfo, meminfo, stat, loadavg, zoneinfo). Each mount costs every launch. An
 * entry that appears while the sandbox runs, with a module of the kernel, is seen.
 *
 * Sources: proc(5); MaskedPaths and ReadonlyPaths of runc and podman; systemd.exec(5),
 * ProtectKernelTunables= and ProtectKernelLogs=.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <stdio.h>

static const struct {
    const char *name;
    enum fs_op op;
} entries[] = {
    /* The kernel's keyrings, which no namespace holds: those of the caller's user. */
    {"keys", FS_HIDE_FILE},
    /* Where the kernel's code lies: the first thing that an exploit asks. */
    {"kallsyms", FS_HIDE_FILE},
    /* What others do at this moment: when a key is pressed, where the kernel waits. */
    {"interrupts", FS_HIDE_FILE},
    {"latency_stats", FS_HIDE_FILE},
    /* Hardware. */
    {"acpi", FS_HIDE_DIR},
    {"asound", FS_HIDE_DIR},
    {"scsi", FS_HIDE_DIR},
    /* Switches of the machine, and those of the sandbox's own namespaces, which a capability that
     * is kept would turn. Files that anybody may write are pressure/ and sys/kernel/ns_last_pid;
     * drivers have theirs. */
    {"sys", FS_READONLY},
    {"pressure", FS_READONLY},
    {"bus", FS_READONLY},
    {"fs", FS_READONLY},
    {"irq", FS_READONLY},
};
enum { ENTRIES = sizeof(entries) / sizeof(entries[0]) };
_Static_assert((int)ENTRIES <= (int)FS_PROC_COVERS_MAX, "there is room for all of them");

static int unknown(const struct fs_claim *claim, const char *path, int sys_errno,
                   struct sbx_error *error)
{
    err_set(error, SBX_E_HOST, sys_errno, FS_STAGE,
            "%s: %s can't be looked at, so it is not known what of the sandbox's /proc is to be "
            "covered",
            claim->key, path);
    err_hint(error, "the machine needs a whole procfs at /proc, without subset=; files.proc = pids "
                    "and none do without");
    return err_at(error, claim->origin);
}

/* Whether somebody who is not root may read it. A group of root's may be the caller's, too. */
static bool is_open(const struct stat *st)
{
    const mode_t others = st->st_uid == 0 ? 0044 : 0444;
    return !S_ISREG(st->st_mode) || st->st_mode & others;
}

int fs_proc_covers(const struct fs_build *build, const struct fs_claim *claim,
                   struct fs_proc_cover covers[FS_PROC_COVERS_MAX], size_t *count,
                   struct sbx_error *error)
{
    const char *proc = build->machine->proc ? build->machine->proc : "/proc";
    char path[PATH_MAX];
    struct stat st;
    size_t found = 0;
    snprintf(path, sizeof(path), "%s/version", proc); /* every whole procfs has it */
    if (lstat(path, &st) != 0)
        return unknown(claim, path, errno, error);
    for (size_t i = 0; i < ENTRIES; i++) {
        snprintf(path, sizeof(path), "%s/%s", proc, entries[i].name);
        if (lstat(path, &st) != 0) {
            if (errno != ENOENT)
                return unknown(claim, path, errno, error);
            continue;
        }
        if (is_open(&st))
            covers[found++] = (struct fs_proc_cover){entries[i].name, entries[i].op};
    }
    *count = found;
    return 0;
}
