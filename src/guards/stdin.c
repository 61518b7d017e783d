/* SPDX-License-Identifier: MIT
 *
 * stdin.c - an input file stays what it is.
 *
 * A descriptor is a door to its file: through /proc/self/fd/0 a program opens it anew, for writing
 * too, if its user may; and the user is the caller's own. So a regular file that the program's user
 * could write is opened once more in the child, through a read-only copy of its mount, where
 * neither open(2) nor fchmod(2) changes anything. The copy starts at the same offset, and what the
 * program reads does not move the caller's.
 *
 * Sources: open_tree(2), mount_setattr(2), proc(5).
 */
#include "base/sys.h"
#include "guards/guard.h"
#include "policy/policy.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the user that the program runs as could write the file, or give himself the right to; or
 * the descriptor itself lets him. One for writing alone stays: there is nothing to read from it. */
static bool could_write(const struct plan *plan, const struct stat *file)
{
    if ((fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE) == O_RDWR)
        return true;
    if (file->st_uid == plan->ns.outer_uid || file->st_mode & S_IWOTH ||
        (file->st_gid == plan->ns.outer_gid && file->st_mode & S_IWGRP))
        return true;
    return !plan->host->root && faccessat(AT_FDCWD, "/proc/self/fd/0", W_OK, AT_EACCESS) == 0;
}

static int stdin_prepare(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    char path[PATH_MAX];
    struct stat file, found;
    (void)host;
    if (!plan->command) /* nothing is to be run: no input is looked at */
        return 0;
    if (fstat(STDIN_FILENO, &file) != 0 || !S_ISREG(file.st_mode) || file.st_nlink == 0 ||
        !could_write(plan, &file))
        return 0;
    ssize_t length = readlink("/proc/self/fd/0", path, sizeof(path) - 1);
    off_t offset = lseek(STDIN_FILENO, 0, SEEK_CUR);
    if (length <= 0 || offset < 0)
        return err_set(error, SBX_E_HOST, errno, "stdin", "the file that stdin is can't be found");
    path[length] = '\0';
    if (stat(path, &found) != 0 || found.st_dev != file.st_dev || found.st_ino != file.st_ino) {
        err_set(error, SBX_E_HOST, 0, "stdin",
                "stdin is a file that the program could write, and it can't be found again as %s",
                path);
        return err_hint(error, "feed it through a pipe: cat FILE | sandbox ...");
    }
    plan->input.path = arena_strdup(&plan->arena, path);
    plan->input.device = file.st_dev;
    plan->input.inode = file.st_ino;
    plan->input.offset = offset;
    return plan->input.path ? 0 : err_memory(error, "stdin");
}

/* Opens what an O_PATH descriptor stands for. */
static long reopen(long fd)
{
    char path[32] = "/proc/self/fd/", digits[12];
    int count = 0, at = 14;
    do
        digits[count++] = (char)('0' + fd % 10);
    while ((fd /= 10) > 0);
    while (count > 0)
        path[at++] = digits[--count];
    path[at] = '\0';
    return sys(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static long open_view(const struct stdin_plan *input)
{
    struct stat st = {.st_dev = 0};
    long file = -1, tree = sys(SYS_open_tree, AT_FDCWD, input->path,
                               OPEN_TREE_CLONE | O_CLOEXEC | AT_SYMLINK_NOFOLLOW);
    if (tree < 0)
        return tree;
    long ret = sys(SYS_fstat, tree, &st);
    if (ret >= 0 && (st.st_dev != input->device || st.st_ino != input->inode))
        ret = -ESTALE;
    if (ret >= 0)
        ret = sys_mount_setattr((int)tree, 0,
                                MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (ret >= 0)
        ret = file = reopen(tree);
    sys(SYS_close, tree);
    return ret < 0 ? ret : file;
}

static int stdin_enter(const struct plan *plan, int *item)
{
    const struct stdin_plan *input = &plan->input;
    *item = 0;
    if (!input->path)
        return 0;
    long file = open_view(input);
    if (file < 0)
        return (int)file;
    long ret = sys(SYS_lseek, file, input->offset, SEEK_SET);
    if (ret >= 0)
        ret = sys(SYS_dup3, file, STDIN_FILENO, 0);
    sys(SYS_close, file);
    return ret < 0 ? (int)ret : 0;
}

static void stdin_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    (void)item;
    snprintf(error->text, sizeof(error->text), "stdin (%s) could not be opened read-only",
             plan->input.path);
    err_hint(error, "feed it through a pipe: cat FILE | sandbox ...");
}

static void stdin_observe(const struct plan *plan, struct sbx_report *report)
{
    if (plan->input.path)
        guard_report(report, "stdin", SBX_STATE_ENFORCED, "a read-only view of the input file");
    else
        guard_report(report, "stdin", SBX_STATE_OFF, "no file that the program could write");
}

static void stdin_describe(const struct plan *plan, FILE *out)
{
    const struct origin nowhere = {.file = NULL};
    if (plan->input.path)
        guard_line(out, nowhere, "open %s anew through a read-only copy of its mount, at byte %lld",
                   plan->input.path, (long long)plan->input.offset);
    else if (plan->command)
        guard_line(out, nowhere, "nothing: stdin is no file that the program could write");
    else
        guard_line(out, nowhere, "a file that the program could write is opened anew, read-only");
}

const struct guard guard_stdin = {
    .name = "stdin",
    .prepare = stdin_prepare,
    .enter = stdin_enter,
    .explain = stdin_explain,
    .observe = stdin_observe,
    .describe = stdin_describe,
};
