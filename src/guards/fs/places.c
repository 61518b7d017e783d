/* SPDX-License-Identifier: MIT
 *
 * places.c - a hash table of paths that knows which lies above which. It never looks at a file.
 */
#include "guards/fs/places.h"
#include <string.h>

enum { FIRST_ROOM = 64, SLOTS_A_PLACE = 2 };

/* FNV-1a: the hash of a path goes on from that of the directory above it. */
static const uint64_t hash_start = 0xcbf29ce484222325, hash_prime = 0x100000001b3;

static uint64_t hash_more(uint64_t hash, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * hash_prime;
    return hash;
}

/* Where a hash begins to look: the high bits are the better mixed. */
static uint32_t first_slot(const struct fs_places *places, uint64_t hash)
{
    return (uint32_t)(hash >> 32 ^ hash) & (places->slot_count - 1);
}

static uint32_t find(struct fs_places *places, const char *path, size_t length, uint64_t hash)
{
    if (!places->slot_count)
        return FS_NO_PLACE;
    for (uint32_t slot = first_slot(places, hash); places->slots[slot];
         slot = (slot + 1) & (places->slot_count - 1)) {
        const struct fs_place *place = &places->list[places->slots[slot] - 1];
        places->looks++;
        if (place->hash == hash && place->length == length &&
            memcmp(place->path, path, length) == 0)
            return places->slots[slot] - 1;
    }
    return FS_NO_PLACE;
}

static void take_slot(struct fs_places *places, uint32_t number)
{
    uint32_t slot = first_slot(places, places->list[number].hash);
    while (places->slots[slot])
        slot = (slot + 1) & (places->slot_count - 1);
    places->slots[slot] = number + 1;
}

static int grow(struct fs_places *places)
{
    const uint32_t room = places->room ? places->room * 2 : FIRST_ROOM;
    struct fs_place *list = arena_array(places->arena, room, sizeof(*list));
    uint32_t *slots =
        arena_array(places->arena, (size_t)room * SLOTS_A_PLACE, sizeof(*places->slots));
    if (!list || !slots)
        return -1;
    if (places->count)
        memcpy(list, places->list, places->count * sizeof(*list));
    places->list = list;
    places->room = room;
    places->slots = slots;
    places->slot_count = room * SLOTS_A_PLACE;
    for (uint32_t i = 0; i < places->count; i++)
        take_slot(places, i);
    return 0;
}

/* The end of the component that begins at `from`. */
static size_t component_end(const char *path, size_t from, size_t length)
{
    const char *slash = memchr(path + from, '/', length - from);
    return slash ? (size_t)(slash - path) : length;
}

/* A new place. */
static uint32_t put(struct fs_places *places, const char *path, size_t length, uint64_t hash,
                    uint32_t parent)
{
    if (places->count == places->room && grow(places) != 0)
        return FS_NO_PLACE;
    places->list[places->count] =
        (struct fs_place){.path = path, .length = length, .hash = hash, .parent = parent};
    if (length)
        places->list[parent].above = true;
    take_slot(places, places->count);
    return places->count++;
}

/* The deepest place there is on a path or above it; *hash and *done say how far that is. The root's
 * must be there. */
static uint32_t descend(struct fs_places *places, const char *path, size_t length, uint64_t *hash,
                        size_t *done)
{
    uint32_t deepest = 0;
    *hash = hash_start;
    *done = 0;
    while (*done < length) {
        const size_t end = component_end(path, *done ? *done + 1 : 0, length);
        const uint64_t next = hash_more(*hash, path + *done, end - *done);
        const uint32_t found = find(places, path, end, next);
        if (found == FS_NO_PLACE)
            break;
        deepest = found;
        *hash = next;
        *done = end;
    }
    return deepest;
}

uint32_t fs_places_add(struct fs_places *places, const char *path, size_t length)
{
    uint64_t hash;
    size_t done;
    if (!places->count && put(places, "", 0, hash_start, 0) == FS_NO_PLACE)
        return FS_NO_PLACE;
    uint32_t place = descend(places, path, length, &hash, &done);
    while (done < length && place != FS_NO_PLACE) {
        const size_t end = component_end(path, done ? done + 1 : 0, length);
        hash = hash_more(hash, path + done, end - done);
        place = put(places, path, end, hash, place);
        done = end;
    }
    return place;
}

uint32_t fs_places_find(struct fs_places *places, const char *path, size_t length)
{
    return find(places, path, length, hash_more(hash_start, path, length));
}

uint32_t fs_places_above(const struct fs_places *places, uint32_t place)
{
    while (places->list[place].length) {
        place = places->list[place].parent;
        if (places->list[place].number)
            return place;
    }
    return FS_NO_PLACE;
}

uint32_t fs_places_cover(struct fs_places *places, const char *path, size_t length)
{
    uint64_t hash;
    size_t done;
    if (!places->count)
        return FS_NO_PLACE;
    const uint32_t place = descend(places, path, length, &hash, &done);
    return places->list[place].number ? place : fs_places_above(places, place);
}
