/* SPDX-License-Identifier: MIT
 *
 * attributes.c - compares and copies extended attributes. A file system without them has none.
 */
#include "changes/attributes.h"
#include "changes/thing.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef SYS_listxattrat
#define SYS_listxattrat 465
#endif

/* The names of the attributes that count, each with its NUL. */
struct list {
    size_t length;
    char few[1024], *names; /* `few`, or from the heap */
};

static bool counts(const char *name)
{
    if (strncmp(name, "user.", 5) == 0)
        return strncmp(name, "user.overlay.", 13) != 0;
    return strcmp(name, "system.posix_acl_access") == 0 ||
           strcmp(name, "system.posix_acl_default") == 0;
}

/* Each file that has changed is asked for its attributes, and the way through /proc takes longer
 * than all the rest: Linux 6.13 has a shorter one. */
static ssize_t list_all(struct attributed of, char *names, size_t size)
{
    char path[THING_PATH_SIZE];
    if (!of.name)
        return flistxattr(of.fd, names, size);
    long length = syscall(SYS_listxattrat, of.fd, of.name, AT_SYMLINK_NOFOLLOW, names, size);
    if (length >= 0 || errno != ENOSYS)
        return length;
    return llistxattr(thing_path(path, of.fd, of.name), names, size);
}

static ssize_t get(struct attributed of, const char *name, char *value, size_t size)
{
    char path[THING_PATH_SIZE];
    return of.name ? lgetxattr(thing_path(path, of.fd, of.name), name, value, size)
                   : fgetxattr(of.fd, name, value, size);
}

static void list_free(struct list *list)
{
    if (list->names != list->few)
        free(list->names);
}

static int list_read(struct attributed of, struct list *list)
{
    list->names = list->few;
    list->length = 0;
    ssize_t length = list_all(of, list->few, sizeof(list->few));
    if (length < 0 && errno == ERANGE) {
        list->names = malloc(XATTR_LIST_MAX);
        if (!list->names) {
            list->names = list->few;
            return -ENOMEM;
        }
        length = list_all(of, list->names, XATTR_LIST_MAX);
    }
    if (length < 0)
        return errno == EOPNOTSUPP ? 0 : -errno;
    for (const char *name = list->names; name < list->names + length;) {
        size_t size = strlen(name) + 1;
        if (counts(name)) {
            memmove(list->names + list->length, name, size);
            list->length += size;
        }
        name += size;
    }
    return 0;
}

static bool list_has(const struct list *list, const char *wanted)
{
    for (const char *name = list->names; name < list->names + list->length;
         name += strlen(name) + 1)
        if (strcmp(name, wanted) == 0)
            return true;
    return false;
}

/* Whether all of these have the same value at both. `values` has room for two. */
static int values_differ(const struct list *list, struct attributed a, struct attributed b,
                         char *values)
{
    for (const char *name = list->names; name < list->names + list->length;
         name += strlen(name) + 1) {
        ssize_t left = get(a, name, values, XATTR_SIZE_MAX);
        if (left < 0)
            return -errno;
        ssize_t right = get(b, name, values + XATTR_SIZE_MAX, XATTR_SIZE_MAX);
        if (right < 0)
            return errno == ENODATA ? 1 : -errno;
        if (left != right || memcmp(values, values + XATTR_SIZE_MAX, (size_t)left) != 0)
            return 1;
    }
    return 0;
}

int attributes_differ(struct attributed a, struct attributed b)
{
    struct list left = {.names = left.few}, right = {.names = right.few};
    int result = list_read(a, &left);
    if (result == 0)
        result = list_read(b, &right);
    if (result == 0 && left.length != right.length)
        result = 1;
    if (result == 0 && left.length) {
        char *values = malloc(2 * (size_t)XATTR_SIZE_MAX);
        result = values ? values_differ(&left, a, b, values) : -ENOMEM;
        free(values);
    }
    list_free(&left);
    list_free(&right);
    return result;
}

/* `value` has room for one. */
static int copy_each(const struct list *list, int from, int to, char *value)
{
    for (const char *name = list->names; name < list->names + list->length;
         name += strlen(name) + 1) {
        ssize_t length = fgetxattr(from, name, value, XATTR_SIZE_MAX);
        if (length < 0 || fsetxattr(to, name, value, (size_t)length, 0) != 0)
            return -errno;
    }
    return 0;
}

static int copy_all(const struct list *list, int from, int to)
{
    if (!list->length)
        return 0;
    char *value = malloc(XATTR_SIZE_MAX);
    int result = value ? copy_each(list, from, to, value) : -ENOMEM;
    free(value);
    return result;
}

static int remove_others(const struct list *old, const struct list *list, int to)
{
    for (const char *name = old->names; name < old->names + old->length; name += strlen(name) + 1) {
        if (list_has(list, name))
            continue;
        if (fremovexattr(to, name) != 0 && errno != ENODATA)
            return -errno;
    }
    return 0;
}

int attributes_copy(int from, int to)
{
    struct list list = {.names = list.few}, old = {.names = old.few};
    int result = list_read((struct attributed){from, NULL}, &list);
    if (result == 0)
        result = list_read((struct attributed){to, NULL}, &old);
    if (result == 0)
        result = remove_others(&old, &list, to);
    if (result == 0)
        result = copy_all(&list, from, to);
    list_free(&list);
    list_free(&old);
    return result;
}
