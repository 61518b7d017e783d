/* SPDX-License-Identifier: MIT
 *
 * mounts.c - where the host has mounts: the table of /proc/self/mountinfo, see proc(5).
 */
#include "base/fd.h"
#include "guards/fs/fs.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the field that *cursor points to, and moves behind it. NULL at the end. */
static char *take_field(char **cursor)
{
    char *field = *cursor + strspn(*cursor, " ");
    if (!*field)
        return NULL;
    *cursor = field + strcspn(field, " ");
    if (**cursor)
        *(*cursor)++ = '\0';
    return field;
}

static bool is_octal(const char *text)
{
    for (int i = 0; i < 3; i++)
        if (text[i] < '0' || text[i] > '7')
            return false;
    return true;
}

/* Blanks, tabs, line ends and backslashes stand as \ooo. */
static void unescape(char *text)
{
    char *out = text;
    while (*text) {
        if (text[0] == '\\' && is_octal(text + 1)) {
            *out++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
            text += 4;
        } else {
            *out++ = *text++;
        }
    }
    *out = '\0';
}

/* 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue */
static bool parse_line(char *line, char **point, char **type)
{
    char *field = NULL;
    line[strcspn(line, "\n")] = '\0';
    for (int i = 0; i < 5; i++)
        field = take_field(&line);
    *point = field;
    while (field && strcmp(field, "-") != 0)
        field = take_field(&line);
    *type = field ? take_field(&line) : NULL;
    if (!*type)
        return false;
    unescape(*point);
    return true;
}

static int keep(struct arena *arena, struct fs_mounts *mounts, size_t *room, const char *point,
                const char *type)
{
    if (mounts->count == *room) {
        size_t more = *room ? *room * 2 : 64;
        struct fs_mount *list = arena_array(arena, more, sizeof(*list));
        if (!list)
            return ENOMEM;
        if (mounts->count)
            memcpy(list, mounts->list, mounts->count * sizeof(*list));
        mounts->list = list;
        *room = more;
    }
    struct fs_mount *mount = &mounts->list[mounts->count++];
    mount->point = arena_strdup(arena, point);
    mount->type = arena_strdup(arena, type);
    return mount->point && mount->type ? 0 : ENOMEM;
}

int fs_mounts_read(struct arena *arena, const char *file, struct fs_mounts *mounts)
{
    FILE *in = fopen(file, "re");
    char *line = NULL, *point, *type;
    size_t size = 0, room = 0;
    int ret = 0;
    if (!in)
        return errno;
    *mounts = (struct fs_mounts){.list = NULL};
    while (ret == 0 && getline(&line, &size, in) > 0)
        ret = parse_line(line, &point, &type) ? keep(arena, mounts, &room, point, type) : EBADMSG;
    if (ret == 0 && ferror(in))
        ret = EIO;
    free(line);
    fclose(in);
    return ret;
}

bool fs_mounts_below(const struct fs_mounts *mounts, const char *path)
{
    for (size_t i = 0; i < mounts->count; i++) {
        const char *rest = fs_path_below(mounts->list[i].point, path);
        if (rest && *rest)
            return true;
    }
    return false;
}

/* Mounts that only the kernel fills: nothing in them is a layer. */
static bool is_kernels_own(const char *type)
{
    static const char *const types[] = {
        "autofs",     "binfmt_misc", "bpf",      "cgroup",   "cgroup2", "configfs",
        "debugfs",    "devpts",      "devtmpfs", "efivarfs", "fusectl", "hugetlbfs",
        "mqueue",     "nfsd",        "nsfs",     "proc",     "pstore",  "rpc_pipefs",
        "securityfs", "selinuxfs",   "smackfs",  "sysfs",    "tracefs", "resctrl",
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return false;
}

/* Mounts with an idea of their own of which names are the same, which overlayfs refuses. */
static bool is_no_layer(const char *type)
{
    static const char *const types[] = {
        "affs", "cifs", "exfat", "hfs", "hfsplus", "iso9660", "msdos", "ntfs3", "smb3", "vfat",
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return false;
}

/* The type of the mount whose root a path is; NULL: it is none. */
static const char *type_at(const struct fs_mounts *mounts, const char *path)
{
    for (size_t i = mounts->count; i-- > 0;) /* the last on a place is the topmost */
        if (strcmp(mounts->list[i].point, path) == 0)
            return mounts->list[i].type;
    return NULL;
}

bool fs_mounts_kernels_own(const struct fs_mounts *mounts, const char *path)
{
    const char *type = type_at(mounts, path);
    return type && is_kernels_own(type);
}

bool fs_mounts_no_layer(const struct fs_mounts *mounts, const char *path)
{
    const char *type = type_at(mounts, path);
    return type && is_no_layer(type);
}
