/* SPDX-License-Identifier: MIT
 *
 * openfiles.c - each bind is an open file from the moment its source is opened until it is mounted,
 * and a profile may have more of them than the usual soft limit of 1024. So that limit is raised to
 * the hard one for as long as the root is built, in the child alone; the program gets the
 * launcher's own back, or what limits.open_files says.
 */
#include "base/sys.h"
#include "guards/fs/fs.h"
#include <errno.h>

/* What the launch has open beside the binds: pipes, pidfd, stdio, the directories it works in. What
 * the caller has left open is not counted. */
enum { OTHERS = 24 };

void fs_open_files_probe(struct host *host)
{
    struct rlimit own;
    if (getrlimit(RLIMIT_NOFILE, &own) != 0)
        return;
    host->open_files_soft = own.rlim_cur;
    host->open_files_hard = own.rlim_max;
}

int fs_open_files_prepare(struct fs_plan *fs, const struct host *host, struct sbx_error *error)
{
    uint64_t files = OTHERS;
    const struct fs_step *beyond = NULL;
    for (size_t i = 0; i < fs->count; i++) {
        const enum fs_op op = fs->steps[i].op;
        files += op == FS_BIND || op == FS_SHOW_TEXT || op == FS_HIDE_FILE || op == FS_LAYER ||
                 op == FS_OVERLAY || (op == FS_HIDE_DIR && !fs->steps[i].size_text);
        if (!beyond && files > host->open_files_hard)
            beyond = &fs->steps[i];
    }
    if (!host->open_files_hard || files <= host->open_files_soft)
        return 0;
    fs->raise_open_files = true;
    fs->open_files_soft = host->open_files_soft;
    fs->open_files_hard = host->open_files_hard;
    if (!beyond)
        return 0;
    err_set(error, SBX_E_HOST, EMFILE, FS_STAGE,
            "/%s is one mount too many: while the root is built each takes an open file, %llu "
            "together, and the launcher's hard limit is %llu",
            beyond->target, (unsigned long long)files, (unsigned long long)host->open_files_hard);
    err_hint(error, FS_OPEN_FILES_HINT);
    return err_at(error, beyond->origin);
}

/* Where this is refused, the source that finds no room says so. */
void fs_open_files_raise(const struct fs_plan *fs)
{
    const struct rlimit64 raised = {fs->open_files_hard, fs->open_files_hard};
    if (fs->raise_open_files)
        sys(SYS_prlimit64, 0, RLIMIT_NOFILE, &raised, NULL);
}

long fs_open_files_restore(const struct fs_plan *fs)
{
    const struct rlimit64 own = {fs->open_files_soft, fs->open_files_hard};
    return fs->raise_open_files ? sys(SYS_prlimit64, 0, RLIMIT_NOFILE, &own, NULL) : 0;
}
