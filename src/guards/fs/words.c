/* SPDX-License-Identifier: MIT
 *
 * words.c - what the profile's own text claims, path by path. Pure: it looks at no file and follows
 * no link, so that the same profile gets the same answer on every machine.
 */
#include "guards/fs/fs.h"
#include <stdlib.h>
#include <string.h>

static void add(struct fs_words *words, const struct fs_word *word)
{
    words->list[words->count] = *word;
    words->list[words->count].position = words->count;
    words->count++;
}

static void add_binds(struct fs_words *words, const struct value_list *list, const char *key,
                      bool writable)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct item *item = &list->items[i];
        add(words, &(struct fs_word){
                       .kind = FS_CLAIM_BIND,
                       .optional = item->optional,
                       .writable = writable || item->writable,
                       .noexec = item->options & VIEW_NOEXEC,
                       .options = item->options,
                       .source = item->first,
                       .target = item->second ? item->second : item->first,
                       .key = key,
                       .origin = item->origin,
                   });
    }
}

static void add_tmpfs_and_links(struct fs_words *words, const struct sbx_policy *policy)
{
    for (size_t i = 0; i < policy->files_tmpfs.count; i++) {
        const struct item *item = &policy->files_tmpfs.items[i];
        uint64_t size = item->size ? item->size : policy->root_size.v;
        add(words, &(struct fs_word){
                       .kind = FS_CLAIM_TMPFS,
                       .target = item->first,
                       .size = size,
                       .inodes = item->inodes ? item->inodes : fs_inodes(size),
                       .mode = item->mode,
                       .key = "files.tmpfs",
                       .origin = item->origin,
                   });
    }
    for (size_t i = 0; i < policy->files_symlink.count; i++) {
        const struct item *item = &policy->files_symlink.items[i];
        add(words, &(struct fs_word){
                       .kind = FS_CLAIM_SYMLINK,
                       .source = item->first,
                       .target = item->second,
                       .key = "files.symlink",
                       .origin = item->origin,
                   });
    }
}

static void add_texts(struct fs_words *words, const struct value_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        add(words, &(struct fs_word){
                       .kind = FS_CLAIM_TEXT,
                       .source = list->items[i].second,
                       .target = list->items[i].first,
                       .key = "files.text",
                       .origin = list->items[i].origin,
                   });
}

static void add_hidden(struct fs_words *words, const struct value_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        add(words, &(struct fs_word){
                       .kind = FS_CLAIM_HIDDEN,
                       .optional = list->items[i].optional,
                       .target = list->items[i].first,
                       .key = "files.hide",
                       .origin = list->items[i].origin,
                   });
}

/* What single keys put in, of which a part gives way to a word of [files]. */
static void add_keys(struct fs_words *words, const struct sbx_policy *policy)
{
    if (policy->files_sys.v == SYS_RO)
        add(words, &(struct fs_word){.kind = FS_CLAIM_BIND,
                                     .source = "/sys",
                                     .target = "/sys",
                                     .key = "files.sys",
                                     .origin = policy->files_sys.origin});
    if (policy->files_proc.v != PROC_NONE)
        add(words, &(struct fs_word){.kind = FS_CLAIM_PROC,
                                     .builtin = !policy->files_proc.origin.file,
                                     .target = "/proc",
                                     .key = "files.proc",
                                     .origin = policy->files_proc.origin});
    if (policy->files_mqueue.v == MQUEUE_PRIVATE)
        add(words, &(struct fs_word){.kind = FS_CLAIM_MQUEUE,
                                     .target = "/dev/mqueue",
                                     .key = "files.mqueue",
                                     .origin = policy->files_mqueue.origin});
    if (policy->files_dev.v == DEV_MINIMAL)
        add(words, &(struct fs_word){.kind = FS_CLAIM_TMPFS,
                                     .builtin = true,
                                     .target = "/dev",
                                     .key = "files.dev",
                                     .origin = policy->files_dev.origin});
}

static void mark_noexec(struct fs_words *words, const struct value_list *list)
{
    for (size_t i = 0; i < words->count; i++)
        for (size_t j = 0; j < list->count; j++)
            words->list[i].noexec |=
                fs_path_below(words->list[i].target, list->items[j].first) != NULL;
}

static int compare(const void *left, const void *right)
{
    const struct fs_word *one = left, *two = right;
    int order = strcmp(one->target, two->target);
    if (order != 0)
        return order;
    if (one->builtin != two->builtin) /* the guard's own last */
        return one->builtin ? 1 : -1;
    return one->position < two->position ? -1 : 1;
}

int fs_words_read(struct arena *arena, const struct sbx_policy *policy, struct fs_words *words)
{
    size_t room = policy->files_ro.count + policy->files_rw.count + policy->files_bind.count +
                  policy->files_tmpfs.count + policy->files_symlink.count +
                  policy->files_text.count + policy->files_hide.count + 4;
    words->list = arena_array(arena, room, sizeof(*words->list));
    words->count = 0;
    if (!words->list)
        return -1;
    add_binds(words, &policy->files_ro, "files.ro", false);
    add_binds(words, &policy->files_rw, "files.rw", true);
    add_binds(words, &policy->files_bind, "files.bind", false);
    add_tmpfs_and_links(words, policy);
    add_texts(words, &policy->files_text);
    add_hidden(words, &policy->files_hide);
    add_keys(words, policy);
    mark_noexec(words, &policy->files_noexec);
    qsort(words->list, words->count, sizeof(*words->list), compare);
    return 0;
}

const struct fs_word *fs_words_at(const struct fs_words *words, const char *path, size_t length)
{
    size_t low = 0, high = words->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *target = words->list[middle].target;
        int order = strncmp(target, path, length);
        if (order < 0)
            low = middle + 1;
        else /* the first of those on one path; a longer one comes behind it */
            high = middle;
    }
    if (low == words->count || strncmp(words->list[low].target, path, length) != 0 ||
        words->list[low].target[length] != '\0')
        return NULL;
    return &words->list[low];
}

/* Length of a path's parent: 1 for "/usr", which is the root's own; 0 for the root. */
static size_t parent_length(const char *path, size_t length)
{
    if (length <= 1)
        return 0;
    while (path[length - 1] != '/')
        length--;
    return length > 1 ? length - 1 : 1;
}

const struct fs_word *fs_words_above(const struct fs_words *words, const char *path)
{
    for (size_t length = parent_length(path, strlen(path)); length > 0;
         length = parent_length(path, length)) {
        const struct fs_word *word = fs_words_at(words, path, length);
        if (word)
            return word;
    }
    return NULL;
}

const struct fs_word *fs_words_cover(const struct fs_words *words, const char *path)
{
    const struct fs_word *word = fs_words_at(words, path, strlen(path));
    return word ? word : fs_words_above(words, path);
}

const char *fs_path_below(const char *path, const char *above)
{
    size_t length = strcmp(above, "/") == 0 ? 0 : strlen(above);
    if (strncmp(path, above, length) != 0 || (path[length] != '/' && path[length] != '\0'))
        return NULL;
    return strcmp(path + length, "/") == 0 ? "" : path + length;
}
