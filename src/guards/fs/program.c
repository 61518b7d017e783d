/* SPDX-License-Identifier: MIT
 *
 * program.c - which file the program is. A bare name is looked for as the program itself would see
 * its PATH; a path with a '/' is the caller's, on the host. What is not visible inside at its own
 * path is put into the working directory.
 */
#include "guards/fs/fs.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define STANDARD_PATH "/usr/local/bin:/usr/bin:/bin"

struct program {
    struct fs_source file;
    const char *inside; /* absolute; NULL: not visible, to be put into the working directory */
};

static const char *search_path(const struct exec_plan *exec)
{
    for (char *const *entry = exec->envp; entry && *entry; entry++)
        if (strncmp(*entry, "PATH=", 5) == 0)
            return *entry + 5;
    return STANDARD_PATH;
}

/* What a search that found nothing came across: the better answer. */
struct near_miss {
    const char *blocked;  /* a file that can't be executed */
    const char *dangling; /* a link that leads to where nothing is visible */
    const char *leads_to;
};

static int not_found(const char *name, const char *path, const struct near_miss *miss,
                     struct sbx_error *error)
{
    if (miss->blocked) {
        err_set(error, SBX_E_NOT_EXECUTABLE, EACCES, FS_STAGE_EXEC,
                "%s is not an executable file, and no other '%s' is in the PATH", miss->blocked,
                name);
        return err_hint(error, "chmod +x it on the host, or name another program");
    }
    err_set(error, SBX_E_NOT_FOUND, ENOENT, FS_STAGE_EXEC,
            "'%s' is not in the PATH inside the sandbox (%s)", name, path);
    if (miss->dangling)
        return err_hint(error,
                        "%s is there, but leads to %s, which is not visible inside: add "
                        "that to files.ro",
                        miss->dangling, miss->leads_to);
    return err_hint(error,
                    "a program of the host outside of these directories is named with a "
                    "slash, for example ./%s",
                    name);
}

/* Notes a candidate that is a link of the host, leading to `path`, where nothing is shown. */
static int note_dangling(struct fs_build *build, const char *candidate, const char *path,
                         struct near_miss *miss, struct sbx_error *error)
{
    struct fs_view link;
    if (miss->dangling)
        return 0;
    fs_view(&build->claims, candidate, FS_VIEW_LINK, &link);
    if (link.state != FS_VIEW_HOST || !S_ISLNK(link.type))
        return 0;
    miss->dangling = candidate;
    miss->leads_to = arena_printf(build->claims.arena, "/%s", path);
    return miss->leads_to ? 0 : err_memory(error, FS_STAGE_EXEC);
}

/* Looks at one place. Returns 1 where the program is there, 0 where it is not, -1 on error. */
static int look_at(struct fs_build *build, const char *candidate, struct program *program,
                   struct near_miss *miss, struct sbx_error *error)
{
    struct fs_view view;
    fs_view(&build->claims, candidate, FS_VIEW_FOLLOW, &view);
    if (view.state != FS_VIEW_HOST)
        return view.links ? note_dangling(build, candidate, view.path, miss, error) : 0;
    int ret = fs_source_look(build->claims.arena, view.host, &program->file);
    if (ret == ENOMEM)
        return err_memory(error, FS_STAGE_EXEC);
    if (ret != 0)
        return 0;
    if (!S_ISREG(program->file.mode) ||
        faccessat(AT_FDCWD, program->file.path, X_OK, AT_EACCESS) != 0) {
        miss->blocked = miss->blocked ? miss->blocked : candidate;
        return 0;
    }
    program->inside = candidate;
    return 1;
}

static int find_in_path(struct fs_build *build, const char *name, struct program *program,
                        struct sbx_error *error)
{
    struct near_miss miss = {NULL, NULL, NULL};
    const char *path = search_path(&build->plan->exec);
    for (const char *part = path; *name && *part;) {
        size_t length = strcspn(part, ":");
        if (length > 0 && part[0] == '/') { /* relative parts would depend on where one stands */
            char *candidate = arena_printf(build->claims.arena, "%.*s/%s", (int)length, part, name);
            if (!candidate)
                return err_memory(error, FS_STAGE_EXEC);
            int ret = look_at(build, candidate, program, &miss, error);
            if (ret != 0)
                return ret < 0 ? -1 : 0;
        }
        part += length;
        part += *part == ':';
    }
    return not_found(name, path, &miss, error);
}

/* Whether the inside path `path` shows the host's file. */
static bool shows(const struct fs_build *build, const char *path, const struct fs_source *file)
{
    struct fs_view view;
    fs_view(&build->claims, path, FS_VIEW_FOLLOW, &view);
    return view.state == FS_VIEW_HOST && strcmp(view.host, file->path) == 0;
}

static int path_error(const char *path, int sys_errno, struct sbx_error *error)
{
    switch (sys_errno) {
    case ENOMEM:
        return err_memory(error, FS_STAGE_EXEC);
    case ENOENT:
        return err_set(error, SBX_E_NOT_FOUND, ENOENT, FS_STAGE_EXEC, "%s does not exist", path);
    case ENOTDIR:
        return err_set(error, SBX_E_NOT_FOUND, ENOTDIR, FS_STAGE_EXEC,
                       "%s does not exist: a part of the path is not a directory", path);
    default:
        return err_set(error, SBX_E_NOT_EXECUTABLE, sys_errno, FS_STAGE_EXEC, "%s can't be reached",
                       path);
    }
}

/* A path that only the sandbox has, for example in a directory that is bound to another place. */
static bool find_inside_only(struct fs_build *build, const char *path, struct program *program)
{
    struct fs_view view;
    if (path[0] != '/')
        return false;
    fs_view(&build->claims, path, FS_VIEW_FOLLOW, &view);
    if (view.state != FS_VIEW_HOST ||
        fs_source_look(build->claims.arena, view.host, &program->file) != 0)
        return false;
    program->inside = path;
    return true;
}

static int find_by_path(struct fs_build *build, const char *path, struct program *program,
                        struct sbx_error *error)
{
    int ret = fs_source_look(build->claims.arena, path, &program->file);
    if (ret == ENOENT && find_inside_only(build, path, program))
        return 0;
    if (ret != 0)
        return path_error(path, ret, error);
    if (path[0] == '/' && shows(build, path, &program->file))
        program->inside = path;
    else if (shows(build, program->file.path, &program->file))
        program->inside = program->file.path;
    return 0;
}

/* Puts a program that is not visible into the working directory, under its own name. */
static int place(struct fs_build *build, const char *path, struct program *program,
                 struct sbx_error *error)
{
    const char *name = strrchr(path, '/') + 1, *cwd = build->plan->fs.cwd;
    struct arena *arena = build->claims.arena;
    const char *what = arena_printf(arena, "the program %s", path);
    if (!what)
        return err_memory(error, FS_STAGE_EXEC);
    if (fs_workdir_put(build, &program->file, name, what, error) != 0)
        return -1;
    program->inside = arena_printf(arena, "%s/%s", cwd[1] ? cwd : "", name);
    return program->inside ? 0 : err_memory(error, FS_STAGE_EXEC);
}

int fs_program(struct fs_build *build, struct sbx_error *error)
{
    struct program program = {.inside = NULL};
    struct fs_view view;
    struct exec_plan *exec = &build->plan->exec;
    const char *name = build->plan->command->argv ? build->plan->command->argv[0] : NULL;
    if (!name)
        return err_set(error, SBX_E_USAGE, 0, FS_STAGE_EXEC, "no program is named");
    const bool by_path = strchr(name, '/') != NULL;
    if ((by_path ? find_by_path(build, name, &program, error)
                 : find_in_path(build, name, &program, error)) != 0)
        return -1;
    const char *shown = by_path ? name : program.inside;
    if (fs_executable_check(build, &program.file, shown, error) != 0)
        return -1;
    if (program.inside)
        fs_view(&build->claims, program.inside, FS_VIEW_FOLLOW, &view);
    if (program.inside ? fs_executable_place(&view, shown, NULL, error) != 0
                       : place(build, name, &program, error) != 0)
        return -1;
    exec->path = program.inside;
    exec->source = program.file.path;
    return fs_executable_interpreters(build, program.file.path, shown, error);
}
