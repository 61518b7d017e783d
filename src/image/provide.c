/* SPDX-License-Identifier: MIT
 *
 * provide.c - from an image to layers in the cache.
 */
#include "image/provide.h"
#include "base/error.h"
#include "base/fd.h"

static int unpack_blob(const struct layout *layout, const struct descriptor *blob,
                       const struct digest *diff_id, int root, struct budget *budget,
                       struct unpacked *unpacked, struct sbx_error *error)
{
    struct stream *stream;
    autofd fd = -1;
    if (layout_blob(layout, blob, &fd, error) != 0 ||
        stream_open(fd, blob, diff_id, budget->bytes, &stream, error) != 0)
        return -1;
    int result = unpack_layer(stream, root, budget, unpacked, error);
    stream_close(stream);
    return result;
}

static int provide_layer(const struct layout *layout, const struct image *image, size_t i,
                         const struct cache *cache, struct budget *budget,
                         struct provided *provided, struct sbx_error *error)
{
    const struct digest *diff_id = &image->config.diff_ids[i];
    provided->cached = cache_has(cache, diff_id);
    if (provided->cached)
        return 0;
    autofd root = -1;
    if (cache_begin(cache, diff_id, &root, error) != 0)
        return -1;
    if (unpack_blob(layout, &image->manifest.layers[i], diff_id, root, budget, &provided->unpacked,
                    error) == 0 &&
        cache_finish(cache, diff_id, error) == 0)
        return 0;
    cache_abandon(cache, diff_id);
    return -1;
}

int provide_layers(const struct layout *layout, const struct image *image, struct cache *cache,
                   const struct budget *budget, void (*waits)(void), struct arena *arena,
                   const struct provided **provided, struct sbx_error *error)
{
    struct budget left = *budget;
    struct provided *made = arena_array(arena, image->config.count, sizeof(*made));
    if (!made)
        return err_memory(error, IMAGE_STAGE);
    /* Where nothing is missing nobody waits for anybody. */
    if (!provide_has_all(image, cache) && cache_lock(cache, waits, error) != 0)
        return -1;
    for (size_t i = 0; i < image->config.count; i++) {
        made[i].cached = !cache->locked;
        if (cache->locked && provide_layer(layout, image, i, cache, &left, &made[i], error) != 0)
            return -1;
    }
    *provided = made;
    return 0;
}
