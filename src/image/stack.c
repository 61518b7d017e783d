/* SPDX-License-Identifier: MIT
 *
 * stack.c - what the cache has of an image, and what overlayfs is to show of it. A part of
 * provide.h that unpacks nothing.
 */
#include "image/provide.h"

bool provide_has_all(const struct image *image, const struct cache *cache)
{
    for (size_t i = 0; i < image->config.count; i++)
        if (!cache_has(cache, &image->config.diff_ids[i]))
            return false;
    return true;
}

const struct provided *provide_cached(const struct image *image, struct arena *arena)
{
    struct provided *provided = arena_array(arena, image->config.count, sizeof(*provided));
    for (size_t i = 0; provided && i < image->config.count; i++)
        provided[i].cached = true;
    return provided;
}

size_t provide_stack(const struct image *image, const struct cache *cache, size_t *stack)
{
    const struct digest *ids = image->config.diff_ids;
    size_t count = 0;
    for (size_t i = image->config.count; i-- > 0;) {
        bool seen = false;
        for (size_t j = 0; j < count && !seen; j++)
            seen = digest_equal(&ids[stack[j]], &ids[i]);
        if (seen)
            continue;
        stack[count++] = i;
        if (cache_is_opaque(cache, &ids[i]))
            break;
    }
    return count;
}
