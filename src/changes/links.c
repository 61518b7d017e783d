/* SPDX-License-Identifier: MIT
 *
 * links.c - a search tree of files that have several names.
 */
#include "changes/links.h"
#include "base/fd.h"
#include "base/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <search.h>
#include <string.h>

struct link {
    struct thing of, copy;
    char path[];
};

static int compare(const void *a, const void *b)
{
    const struct thing *left = a, *right = b; /* the first member of struct link */
    if (left->device != right->device)
        return left->device < right->device ? -1 : 1;
    return left->inode < right->inode ? -1 : left->inode > right->inode;
}

int links_note(struct links *links, const struct thing *of, const char *path,
               const struct thing *copy)
{
    size_t size = strlen(path) + 1;
    struct link *link = malloc(sizeof(*link) + size);
    if (!link)
        return -ENOMEM;
    link->of = *of;
    link->copy = *copy;
    memcpy(link->path, path, size);
    struct link **found = tsearch(link, &links->tree, compare);
    if (found && *found == link)
        return 0;
    free(link); /* it is known already */
    return found ? 0 : -ENOMEM;
}

/* One name after the other: the path may be longer than the kernel takes at once. */
static int reach(int root, const char *path)
{
    autofd fd = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    while (*path == '/') {
        char name[NAME_MAX + 1];
        size_t length = strcspn(++path, "/");
        if (length > NAME_MAX)
            return -ENAMETOOLONG;
        memcpy(name, path, length);
        name[length] = '\0';
        path += length;
        long next = sys_openat2(fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0, RESOLVE_BENEATH);
        if (next < 0)
            return (int)next;
        close_fd(&fd);
        fd = (int)next;
    }
    return take_fd(&fd);
}

int links_open(const struct links *links, const struct thing *of, int root)
{
    struct thing now;
    struct link *const *found = tfind(of, &links->tree, compare);
    if (!found)
        return -ENOENT;
    autofd fd = reach(root, (*found)->path);
    if (fd < 0)
        return fd == -ENOENT || fd == -ENOTDIR ? -ESTALE : fd;
    int result = thing_look(fd, "", &now);
    if (result != 0)
        return result;
    return thing_is(&now, &(*found)->copy) ? take_fd(&fd) : -ESTALE;
}

void links_free(struct links *links)
{
    tdestroy(links->tree, free);
    links->tree = NULL;
}
