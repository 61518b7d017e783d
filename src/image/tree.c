/* SPDX-License-Identifier: MIT
 *
 * tree.c - walks by descriptor, one component at a time.
 */
#include "image/tree.h"
#include "base/fd.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { OPEN_FOLDER = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

void tree_start(struct tree *tree, int root)
{
    *tree = (struct tree){.root = root, .parent = -1};
}

void tree_end(struct tree *tree)
{
    close_fd(&tree->parent);
}

/* ---- down ----------------------------------------------------------------------------------- */

/* One step. A directory that no entry speaks of gets the mode that other tools give it. */
static int step(int at, const char *name, bool make)
{
    int next = openat(at, name, OPEN_FOLDER);
    if (next >= 0 || errno != ENOENT || !make)
        return next >= 0 ? next : -errno;
    if (mkdirat(at, name, 0755) != 0)
        return -errno;
    next = openat(at, name, OPEN_FOLDER);
    return next >= 0 ? next : -errno;
}

static int walk(struct tree *tree, const char *path, bool make)
{
    char name[NAME_MAX + 1];
    autofd at = openat(tree->root, ".", OPEN_FOLDER);
    if (at < 0)
        return -errno;
    for (const char *rest = path; *rest; rest += strspn(rest, "/")) {
        size_t length = strcspn(rest, "/");
        snprintf(name, sizeof(name), "%.*s", (int)length, rest);
        rest += length;
        int next = step(at, name, make);
        if (next < 0) {
            snprintf(tree->wrong, sizeof(tree->wrong), "%.*s", (int)(rest - path), path);
            return next;
        }
        close_fd(&at);
        at = next;
    }
    return take_fd(&at);
}

int tree_folder(struct tree *tree, const char *path, bool make, int *fd)
{
    if (tree->parent < 0 || strcmp(tree->path, path) != 0) {
        tree_end(tree);
        int folder = walk(tree, path, make);
        if (folder < 0)
            return folder;
        tree->parent = folder;
        snprintf(tree->path, sizeof(tree->path), "%s", path);
    }
    *fd = tree->parent;
    return 0;
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* What is done with each thing; directories come after what they hold. 0 or -errno. */
typedef int visit(int parent, const char *name, const struct stat *status, void *context);

static int visit_all(int parent, const char *name, bool open_up, visit *each, void *context);

static int visit_folder(int parent, const char *name, bool open_up, visit *each, void *context)
{
    struct dirent *entry;
    int result = 0;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (!folder) {
        result = -errno;
        if (fd >= 0)
            close(fd);
        return result;
    }
    while (result == 0 && (errno = 0, entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            result = visit_all(dirfd(folder), entry->d_name, open_up, each, context);
    if (result == 0 && errno)
        result = -errno;
    closedir(folder);
    return result;
}

/* As deep as names.h lets an archive go. */
static int visit_all(int parent, const char *name, bool open_up, visit *each, void *context)
{
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return -errno;
    if (S_ISDIR(status.st_mode)) {
        /* A layer may have directories that not even their owner can look into. */
        if (open_up && (status.st_mode & 0700) != 0700 && fchmodat(parent, name, 0700, 0) != 0)
            return -errno;
        int result = visit_folder(parent, name, open_up, each, context);
        if (result != 0)
            return result;
    }
    return each(parent, name, &status, context);
}

static int remove_one(int parent, const char *name, const struct stat *status, void *context)
{
    (void)context;
    return unlinkat(parent, name, S_ISDIR(status->st_mode) ? AT_REMOVEDIR : 0) == 0 ? 0 : -errno;
}

int tree_remove_at(int parent, const char *name)
{
    int result = visit_all(parent, name, true, remove_one, NULL);
    return result == -ENOENT ? 0 : result;
}

static int measure_one(int parent, const char *name, const struct stat *status, void *context)
{
    struct tree_size *size = context;
    (void)parent, (void)name;
    size->entries++;
    if (S_ISREG(status->st_mode) && status->st_nlink)
        size->bytes += (unsigned long long)status->st_blocks * 512 / status->st_nlink;
    return 0;
}

int tree_measure(int parent, const char *name, struct tree_size *size)
{
    struct tree_size measured = {0};
    int result = visit_all(parent, name, false, measure_one, &measured);
    if (result == 0)
        *size = measured;
    return result;
}
