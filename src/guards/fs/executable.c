/* SPDX-License-Identifier: MIT
 *
 * executable.c - may a file be executed in the sandbox, and is what it needs to start there? Every
 * answer that execve(2) would give with a bare EACCES or ENOENT is given here with its reason.
 */
#include "base/fd.h"
#include "guards/fs/fs.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

enum { INTERPRETERS_MAX = 5 }; /* the kernel's own bound on scripts that run scripts */

static int refuse(const char *shown, int sys_errno, const char *why, struct sbx_error *error)
{
    return err_set(error, SBX_E_NOT_EXECUTABLE, sys_errno, FS_STAGE_EXEC, "%s %s", shown, why);
}

static const char *kind_of(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return "is a directory";
    case S_IFIFO:
        return "is a FIFO";
    case S_IFSOCK:
        return "is a socket";
    case S_IFCHR:
    case S_IFBLK:
        return "is a device";
    default:
        return "is not a regular file";
    }
}

/* Rights that come from the file itself would not survive no_new_privs, and nobody who runs such a
 * program in a sandbox means to run it without them. */
static int refuse_privileged(const struct fs_source *file, const char *shown,
                             struct sbx_error *error)
{
    static const char hint[] = "run a copy without the privilege: cp makes one";
    if (file->mode & S_ISUID)
        refuse(shown, 0, "is a setuid program, which gets no rights in a sandbox", error);
    else if (file->mode & S_ISGID)
        refuse(shown, 0, "is a setgid program, which gets no rights in a sandbox", error);
    else if (getxattr(file->path, "security.capability", NULL, 0) > 0)
        refuse(shown, 0, "has file capabilities, which give no rights in a sandbox", error);
    else
        return 0;
    return err_hint(error, "%s", hint);
}

int fs_executable_check(const struct fs_build *build, const struct fs_source *file,
                        const char *shown, struct sbx_error *error)
{
    struct statvfs fs;
    if (!S_ISREG(file->mode))
        return refuse(shown, EACCES, kind_of(file->mode), error);
    if (!(file->mode & 0111) || faccessat(AT_FDCWD, file->path, X_OK, AT_EACCESS) != 0) {
        refuse(shown, EACCES, "is not executable", error);
        return err_hint(error, "chmod +x %s", file->path);
    }
    if (refuse_privileged(file, shown, error) != 0)
        return -1;
    if (statvfs(file->path, &fs) == 0 && fs.f_flag & ST_NOEXEC) {
        refuse(shown, EACCES, "is on a file system that is mounted noexec", error);
        return err_hint(error, "copy it to another file system");
    }
    if (fs_source_reach(build, file, SBX_E_NOT_EXECUTABLE, FS_STAGE_EXEC, shown, error) != 0)
        return -1;
    if (build->host->root && !fs_source_permits(file, &build->plan->ns, 05)) {
        err_set(error, SBX_E_NOT_EXECUTABLE, EACCES, FS_STAGE_EXEC,
                "%s may not be read and executed by uid %u, as whom root's programs run", shown,
                build->plan->ns.outer_uid);
        return err_hint(error, "chmod o+rx %s", file->path);
    }
    return 0;
}

/* The interpreter of `shown` leads to a place that has no such file. */
static int not_visible(const char *shown, const char *interpreter, const struct fs_view *view,
                       struct sbx_error *error)
{
    err_set(error, SBX_E_NOT_EXECUTABLE, ENOENT, FS_STAGE_EXEC,
            "%s can't start: its interpreter %s is not visible inside the sandbox", shown,
            interpreter);
    if (view->links && strcmp(view->path, interpreter + 1) != 0)
        return err_hint(error, "it leads to /%s: add that to files.ro", view->path);
    return err_hint(error, "add %s to files.ro", interpreter);
}

static int check_interpreter(const struct fs_build *build, const char *shown,
                             const char *interpreter, struct fs_view *view, struct sbx_error *error)
{
    struct fs_source file;
    if (interpreter[0] != '/') {
        err_set(error, SBX_E_NOT_EXECUTABLE, ENOENT, FS_STAGE_EXEC,
                "%s can't start: its interpreter '%s' is not an absolute path", shown, interpreter);
        return err_hint(error, "a first line such as #!/usr/bin/env NAME is portable");
    }
    fs_view(&build->claims, interpreter, FS_VIEW_FOLLOW, view);
    if (view->state != FS_VIEW_HOST || fs_source_look(build->claims.arena, view->host, &file) != 0)
        return not_visible(shown, interpreter, view, error);
    if (!S_ISREG(file.mode) || faccessat(AT_FDCWD, file.path, X_OK, AT_EACCESS) != 0)
        return err_set(error, SBX_E_NOT_EXECUTABLE, EACCES, FS_STAGE_EXEC,
                       "%s can't start: its interpreter %s is not an executable file", shown,
                       interpreter);
    return fs_executable_place(view, shown, interpreter, error);
}

int fs_executable_place(const struct fs_view *view, const char *shown, const char *interpreter,
                        struct sbx_error *error)
{
    if (!(view->cover->attributes & MOUNT_ATTR_NOEXEC))
        return 0;
    if (interpreter)
        err_set(error, SBX_E_NOT_EXECUTABLE, EACCES, FS_STAGE_EXEC,
                "%s can't start: its interpreter %s lies in /%s, which is mounted noexec inside",
                shown, interpreter, view->cover->target);
    else
        err_set(error, SBX_E_NOT_EXECUTABLE, EACCES, FS_STAGE_EXEC,
                "%s lies in /%s, which is mounted noexec inside", shown, view->cover->target);
    return err_hint(
        error,
        "take that path out of files.noexec, or the option noexec off its word; or move what is to "
        "run");
}

static enum fs_binary look_into(const char *path, char interpreter[PATH_MAX])
{
    /* O_NONBLOCK: should a FIFO have taken the file's place, this must not wait for a writer. */
    autofd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return fd < 0 ? FS_BINARY_UNREADABLE : fs_binary_read(fd, interpreter);
}

int fs_executable_interpreters(struct fs_build *build, const char *host_path, const char *shown,
                               struct sbx_error *error)
{
    char interpreter[PATH_MAX];
    struct fs_view view;
    for (int depth = 0; depth < INTERPRETERS_MAX; depth++) {
        enum fs_binary kind = look_into(host_path, interpreter);
        if (kind == FS_BINARY_EMPTY)
            return refuse(shown, ENOEXEC, "is empty", error);
        if (kind == FS_BINARY_DAMAGED)
            return refuse(shown, ENOEXEC, "is damaged: its header names no valid interpreter",
                          error);
        if (kind != FS_BINARY_SCRIPT && kind != FS_BINARY_DYNAMIC)
            return 0; /* needs none, or only the kernel can tell */
        if (check_interpreter(build, shown, interpreter, &view, error) != 0)
            return -1;
        shown = arena_strdup(build->claims.arena, interpreter);
        if (!shown)
            return err_memory(error, FS_STAGE_EXEC);
        if (!build->plan->exec.interpreter)
            build->plan->exec.interpreter = shown;
        if (kind == FS_BINARY_DYNAMIC)
            return 0;
        host_path = view.host;
    }
    return refuse(shown, ELOOP, "is a script that needs too many other scripts to run", error);
}
