/* SPDX-License-Identifier: MIT
 *
 * names.c - from the name of an archive's entry to components that lead nowhere but down. Pure.
 *
 * Source: OCI image specification, layer.md.
 */
#include "image/names.h"
#include <string.h>

static const char whiteout[] = ".wh.";
static const char meta[] = ".wh..wh.";
static const char opaque[] = ".wh..wh..opq";

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* What the last component means; the others are plain. */
static const char *read_last(struct name *name)
{
    char *last = name->last;
    name->kind = NAME_ENTRY;
    if (!starts_with(last, whiteout))
        return NULL;
    if (starts_with(last, meta)) {
        name->kind = strcmp(last, opaque) == 0 ? NAME_OPAQUE : NAME_RESERVED;
        return NULL;
    }
    memmove(last, last + sizeof(whiteout) - 1, strlen(last) - sizeof(whiteout) + 2);
    name->kind = NAME_WHITEOUT;
    return !*last || strcmp(last, ".") == 0 || strcmp(last, "..") == 0
               ? "a whiteout that hides no name"
               : NULL;
}

const char *name_read(const char *text, struct name *name)
{
    size_t used = 0, depth = 0;
    name->parent[0] = name->last[0] = '\0';
    if (!*text)
        return "an entry without a name";
    if (strlen(text) >= PATH_MAX)
        return "a name that is too long";
    for (const char *at = text + strspn(text, "/"); *at; at += strspn(at, "/")) {
        size_t length = strcspn(at, "/");
        if (length == 2 && at[0] == '.' && at[1] == '.')
            return "a name with '..'";
        if (length > NAME_MAX)
            return "a name that is too long";
        if (length != 1 || *at != '.') {
            if (*name->last && starts_with(name->last, whiteout))
                return "something below a whiteout";
            if (++depth > NAME_DEPTH)
                return "too many directories in each other";
            if (*name->last) { /* shorter than `text`, of which it is a part */
                if (used)
                    name->parent[used++] = '/';
                memcpy(name->parent + used, name->last, strlen(name->last) + 1);
                used += strlen(name->last);
                name->parent[used] = '\0';
            }
            memcpy(name->last, at, length);
            name->last[length] = '\0';
        }
        at += length;
    }
    return read_last(name);
}
