/* SPDX-License-Identifier: MIT
 *
 * diff_lists.c - compares lists as sets: each word stands for one thing, and what is in both lists
 * is looked at more closely.
 */
#include "explain/diff.h"
#include "guards/files.h"
#include "policy/ports.h"
#include "policy/value.h"
#include "policy/words.h"
#include <stdlib.h>
#include <string.h>

/* A word, and what it is about: two words with the same subject are one thing. */
struct entry {
    const char *subject;
    const struct item *item;
    const struct key *key; /* whose list it is in */
    const char *source;    /* of files.ro, rw and bind: the host's path */
    bool writable;         /* of the same */
    bool optional;
    size_t position;
};

struct entries {
    struct entry *list;
    size_t count, room;
};

/* What differs in two words about the same thing. */
typedef void match(struct diff *diff, const struct entry *a, const struct entry *b);

/* ---- from lists to sets --------------------------------------------------------------------- */

static const char *subject_of(const struct key *key, const struct item *item)
{
    switch ((enum type_id)(key->type - policy_types)) {
    case TYPE_paths:
    case TYPE_views:
    case TYPE_tmpfs:
    case TYPE_assigns:
    case TYPE_texts:
        return item->first;
    case TYPE_binds:
    case TYPE_links:
        return item->second;
    default:
        return item->text;
    }
}

static void add_list(struct entries *entries, const struct sbx_policy *policy,
                     const struct key *key)
{
    const struct value_list *list = key_field(policy, key);
    for (size_t i = 0; i < list->count; i++) {
        const struct item *item = &list->items[i];
        entries->list[entries->count] = (struct entry){
            .subject = subject_of(key, item),
            .item = item,
            .key = key,
            .source = item->first,
            .writable = item->writable || key == &policy_keys[KEY_files_rw],
            .optional = item->optional,
            .position = entries->count,
        };
        entries->count++;
    }
}

static int by_subject(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = strcmp(a->subject, b->subject);
    return order ? order : a->position < b->position ? -1 : a->position > b->position;
}

/* Sorts, and leaves one entry for each subject: the last, which is the one that counts where words
 * replace each other. It may be absent only where all of them may. */
static void settle(struct entries *entries)
{
    size_t kept = 0;
    if (entries->count)
        qsort(entries->list, entries->count, sizeof(*entries->list), by_subject);
    for (size_t i = 0; i < entries->count; i++) {
        struct entry *entry = &entries->list[i], *last = &entries->list[kept ? kept - 1 : 0];
        if (kept && strcmp(last->subject, entry->subject) == 0) {
            entry->optional = entry->optional && last->optional;
            *last = *entry;
        } else {
            entries->list[kept++] = *entry;
        }
    }
    entries->count = kept;
}

/* The entries of some keys of one policy, sorted. */
static struct entries collect(struct diff *diff, const struct sbx_policy *policy,
                              const struct key *const *keys, size_t count)
{
    struct entries entries = {NULL, 0, 0};
    for (size_t i = 0; i < count; i++) {
        const struct value_list *list = key_field(policy, keys[i]);
        entries.room += list->count;
    }
    entries.list = arena_array(&diff->arena, entries.room + 1, sizeof(*entries.list));
    if (!entries.list) {
        diff->broken = true;
        return entries;
    }
    for (size_t i = 0; i < count; i++)
        add_list(&entries, policy, keys[i]);
    settle(&entries);
    return entries;
}

/* ---- what lies on what ---------------------------------------------------------------------- */

/* The words that put something at a path inside. */
static const struct key *const place_keys[] = {
    &policy_keys[KEY_files_ro],    &policy_keys[KEY_files_rw],      &policy_keys[KEY_files_bind],
    &policy_keys[KEY_files_tmpfs], &policy_keys[KEY_files_symlink], &policy_keys[KEY_files_hide],
    &policy_keys[KEY_files_text]};
enum { PLACE_KEYS = sizeof(place_keys) / sizeof(place_keys[0]), VIEW_KEYS = 3 };

static bool is_key_of(const struct entry *entry, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (entry->key == place_keys[i])
            return true;
    return false;
}

/* The entry whose subject is the first `length` bytes of a path. */
static const struct entry *place_at(const struct entries *places, const char *path, size_t length)
{
    size_t low = 0, high = places->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strncmp(places->list[middle].subject, path, length) < 0)
            low = middle + 1;
        else /* the path itself comes before all that begins with it */
            high = middle;
    }
    if (low == places->count || strncmp(places->list[low].subject, path, length) != 0 ||
        places->list[low].subject[length] != '\0')
        return NULL;
    return &places->list[low];
}

/* The nearest directory above a path that a word puts something at. */
static const struct entry *place_above(const struct entries *places, const char *path)
{
    size_t length = strlen(path);
    const struct entry *found = NULL;
    while (length > 1 && !found) {
        while (path[length - 1] != '/')
            length--;
        length = length > 1 ? length - 1 : 1;
        found = place_at(places, path, length);
    }
    return found;
}

/* What is left of a path behind one above it, with its slash; NULL where that is not above it. */
static const char *path_behind(const char *path, const char *above)
{
    size_t length = strcmp(above, "/") == 0 ? 0 : strlen(above);
    return strncmp(path, above, length) == 0 && path[length] == '/' ? path + length : NULL;
}

/* Whether `below` shows at the place of `entry` what the entry shows. Devices are shown in a way of
 * their own. */
static bool shows_same(const struct entry *below, const struct entry *entry)
{
    const char *inside = path_behind(entry->subject, below->subject);
    const char *outside = path_behind(entry->source, below->source);
    return inside && outside && strcmp(inside, outside) == 0 &&
           strcmp(entry->source, "/dev") != 0 && !path_behind(entry->source, "/dev");
}

/* What can't be executed, or followed, is less. */
static unsigned way_of_options(unsigned a, unsigned b)
{
    return (a & ~b ? WAY_MORE : 0U) | (b & ~a ? WAY_LESS : 0U);
}

static unsigned options_of(const struct entry *entry)
{
    return entry->item ? entry->item->options : 0; /* the system's directories are no word */
}

/* Which way it goes to take an entry away from what another word shows of the host there. */
static unsigned way_of_uncovering(const struct entry *below, const struct entry *entry)
{
    if (!is_key_of(entry, VIEW_KEYS)) { /* the host's own files come to light */
        bool room = entry->key == &policy_keys[KEY_files_tmpfs] && !below->writable;
        return room ? WAY_MORE | WAY_LESS : WAY_MORE;
    }
    const unsigned ways = way_of_options(options_of(entry), options_of(below));
    if (entry->writable != below->writable)
        return ways | (below->writable ? WAY_MORE : WAY_LESS);
    if (ways)
        return ways;
    if (!shows_same(below, entry) || entry->optional != below->optional)
        return WAY_OTHER;
    return 0;
}

static unsigned reversed(unsigned ways)
{
    return (ways & WAY_OTHER) | (ways & WAY_MORE ? WAY_LESS : 0U) |
           (ways & WAY_LESS ? WAY_MORE : 0U);
}

/* What the policy without an entry shows of the host at its place; NULL where that is nothing.
 * `system` receives the word that root.base = host amounts to. */
static const struct entry *uncovered(const struct sbx_policy *policy, const struct entries *places,
                                     const struct entry *entry, struct entry *system)
{
    if (!is_key_of(entry, PLACE_KEYS) || place_at(places, entry->subject, strlen(entry->subject)))
        return NULL;
    const struct entry *below = place_above(places, entry->subject);
    if (below)
        return is_key_of(below, VIEW_KEYS) ? below : NULL;
    if (policy->root_base.v != BASE_HOST || !files_is_system(entry->subject))
        return NULL;
    *system = (struct entry){.subject = "/", .source = "/", .key = &policy_keys[KEY_root_base]};
    return system;
}

/* Notes an entry that one policy alone has. Where something of the host lies below it,
 * that decides. */
static void only_in_one(struct diff *diff, const struct entry *entry, bool is_a,
                        const struct entries *other)
{
    const struct sbx_policy *without = is_a ? diff->b : diff->a;
    const struct origin *origin = &entry->item->origin;
    unsigned ways = is_a ? diff_way_down(entry->key) : diff_way_up(entry->key);
    struct entry system;
    const struct entry *below = uncovered(without, other, entry, &system);
    const char *text = arena_printf(&diff->arena, "%c %s%s", is_a ? '-' : '+',
                                    entry->optional ? "?" : "", entry->item->text);
    if (below) {
        ways = way_of_uncovering(below, entry);
        ways = is_a ? ways : reversed(ways);
        if (text)
            text = arena_printf(&diff->arena, "%s, on top of %s (%s)", text,
                                below == &system ? "the system's directories" : below->subject,
                                diff_name(diff, below->key));
    }
    diff_add(diff, ways, diff_name(diff, entry->key), text, is_a ? origin : NULL,
             is_a ? NULL : origin);
}

/* ---- from sets to differences --------------------------------------------------------------- */

static void merge(struct diff *diff, const struct key *const *keys, size_t count, match *both)
{
    const struct entries a = collect(diff, diff->a, keys, count);
    const struct entries b = collect(diff, diff->b, keys, count);
    const size_t places = strcmp(keys[0]->section, "files") == 0 ? PLACE_KEYS : 0;
    const struct entries places_a = collect(diff, diff->a, place_keys, places);
    const struct entries places_b = collect(diff, diff->b, place_keys, places);
    size_t i = 0, j = 0;
    while (!diff->broken && (i < a.count || j < b.count)) {
        int order = i == a.count   ? 1
                    : j == b.count ? -1
                                   : strcmp(a.list[i].subject, b.list[j].subject);
        if (order < 0)
            only_in_one(diff, &a.list[i++], true, &places_b);
        else if (order > 0)
            only_in_one(diff, &b.list[j++], false, &places_a);
        else
            both(diff, &a.list[i++], &b.list[j++]);
    }
}

/* Notes that a word has become another one. */
static void changed(struct diff *diff, unsigned ways, const struct entry *a, const struct entry *b)
{
    const char *name = diff_name(diff, b->key);
    if (a->key != b->key)
        name = arena_printf(&diff->arena, "files.%s, %s", a->key->name, b->key->name);
    diff_add(diff, ways, name,
             arena_printf(&diff->arena, "%s%s -> %s%s", a->optional ? "?" : "", a->item->text,
                          b->optional ? "?" : "", b->item->text),
             &a->item->origin, &b->item->origin);
}

/* ---- words of one kind or another ----------------------------------------------------------- */

/* That a thing may be absent makes a launch possible elsewhere; here it changes nothing. */
static unsigned way_of_marks(const struct entry *a, const struct entry *b)
{
    return a->optional != b->optional ? WAY_OTHER : 0U;
}

static unsigned way_of_texts(const char *a, const char *b)
{
    return strcmp(a, b) != 0 ? WAY_OTHER : 0U;
}

/* More and less say it all; that it is also another thing goes without saying. */
static unsigned plain(unsigned ways)
{
    return ways & (WAY_MORE | WAY_LESS) ? ways & ~(unsigned)WAY_OTHER : ways;
}

static void match_words(struct diff *diff, const struct entry *a, const struct entry *b)
{
    changed(diff, way_of_marks(a, b), a, b);
}

static void match_assigns(struct diff *diff, const struct entry *a, const struct entry *b)
{
    changed(diff, way_of_texts(a->item->second, b->item->second) | way_of_marks(a, b), a, b);
}

static void match_links(struct diff *diff, const struct entry *a, const struct entry *b)
{
    changed(diff, way_of_texts(a->item->first, b->item->first) | way_of_marks(a, b), a, b);
}

static unsigned way_of_amounts(uint64_t a, uint64_t b)
{
    return a == b ? 0U : a < b ? WAY_MORE : WAY_LESS;
}

/* Where no size is given, root.size is it: that has a line of its own. The number of inodes that
 * goes with a size is no one's promise, so only two given numbers tell more from less. */
static void match_tmpfs(struct diff *diff, const struct entry *a, const struct entry *b)
{
    const struct item *one = a->item, *two = b->item;
    unsigned ways = way_of_marks(a, b);
    if (one->size || two->size)
        ways |= way_of_amounts(one->size ? one->size : diff->a->root_size.v,
                               two->size ? two->size : diff->b->root_size.v);
    if (one->inodes && two->inodes)
        ways |= way_of_amounts(one->inodes, two->inodes);
    else if (one->inodes != two->inodes)
        ways |= WAY_OTHER;
    if (one->mode != two->mode)
        ways |= WAY_OTHER;
    changed(diff, plain(ways), a, b);
}

/* A list whose order has a meaning is one value. */
static void diff_order(struct diff *diff, const struct key *key)
{
    const struct value_list *a = key_field(diff->a, key), *b = key_field(diff->b, key);
    diff_value(diff, WAY_OTHER, key, &a->origin, &b->origin);
}

/* Which ports there are counts, not how they are written. */
static void diff_ports(struct diff *diff, const struct key *key)
{
    const struct value_list *a = key_field(diff->a, key), *b = key_field(diff->b, key);
    const bool less = ports_beyond(a, b), more = ports_beyond(b, a);
    if (less || more)
        diff_value(diff, (less ? diff_way_down(key) : 0U) | (more ? diff_way_up(key) : 0U), key,
                   &a->origin, &b->origin);
}

void diff_list(struct diff *diff, const struct key *key)
{
    switch ((enum type_id)(key->type - policy_types)) {
    case TYPE_assigns:
    case TYPE_texts:
        merge(diff, &key, 1, match_assigns);
        break;
    case TYPE_layers:
        diff_order(diff, key);
        break;
    case TYPE_links:
        merge(diff, &key, 1, match_links);
        break;
    case TYPE_ports:
        diff_ports(diff, key);
        break;
    case TYPE_tmpfs:
        merge(diff, &key, 1, match_tmpfs);
        break;
    default:
        merge(diff, &key, 1, match_words);
    }
}

/* ---- what is shown of the host -------------------------------------------------------------- */

static void match_views(struct diff *diff, const struct entry *a, const struct entry *b)
{
    unsigned ways = way_of_texts(a->source, b->source) | way_of_marks(a, b);
    if (a->writable != b->writable)
        ways |= b->writable ? WAY_MORE : WAY_LESS;
    ways |= way_of_options(a->item->options, b->item->options);
    changed(diff, plain(ways), a, b);
}

void diff_views(struct diff *diff)
{
    static const struct key *const keys[] = {&policy_keys[KEY_files_ro], &policy_keys[KEY_files_rw],
                                             &policy_keys[KEY_files_bind]};
    merge(diff, keys, sizeof(keys) / sizeof(keys[0]), match_views);
}
