/* SPDX-License-Identifier: MIT
 *
 * names.c - reads directories whole, so that what is done to them afterwards is not met again.
 */
#include "changes/names.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int add(struct names *names, const char *name, unsigned char type, bool own)
{
    size_t length = strlen(name) + 1;
    if (names->used + length > names->room) {
        size_t room = names->room ? 2 * names->room : 1024;
        char *text = realloc(names->text, room);
        if (!text)
            return -ENOMEM;
        names->text = text;
        names->room = room;
    }
    if (names->count == names->capacity) {
        size_t capacity = names->capacity ? 2 * names->capacity : 32;
        struct name *list = reallocarray(names->list, capacity, sizeof(*list));
        if (!list)
            return -ENOMEM;
        names->list = list;
        names->capacity = capacity;
    }
    names->list[names->count++] = (struct name){names->used, type, own};
    memcpy(names->text + names->used, name, length);
    names->used += length;
    return 0;
}

int names_read(struct names *names, int dirfd, bool own)
{
    _Alignas(struct dirent64) char buffer[32768];
    ssize_t length;
    if (lseek(dirfd, 0, SEEK_SET) < 0)
        return -errno;
    while ((length = getdents64(dirfd, buffer, sizeof(buffer))) > 0) {
        for (ssize_t at = 0; at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);
            at += entry->d_reclen;
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                continue;
            int result = add(names, entry->d_name, entry->d_type, own);
            if (result != 0)
                return result;
        }
    }
    return length < 0 ? -errno : 0;
}

static int by_text(const void *a, const void *b, void *text)
{
    const struct name *left = a, *right = b;
    int order = strcmp((char *)text + left->at, (char *)text + right->at);
    return order ? order : (int)right->own - (int)left->own;
}

void names_sort(struct names *names)
{
    size_t kept = 0;
    if (names->count)
        qsort_r(names->list, names->count, sizeof(*names->list), by_text, names->text);
    for (size_t i = 0; i < names->count; i++) {
        if (kept && strcmp(names_at(names, kept - 1), names_at(names, i)) == 0)
            continue;
        names->list[kept++] = names->list[i];
    }
    names->count = kept;
}

bool names_own(const struct names *names, const char *name)
{
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(names_at(names, middle), name);
        if (order == 0)
            return names->list[middle].own;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

void names_free(struct names *names)
{
    free(names->text);
    free(names->list);
    *names = (struct names){0};
}
