/* SPDX-License-Identifier: MIT
 *
 * provide.h - sees to it that the cache has all layers of an image.
 */
#ifndef IMAGE_PROVIDE_H
#define IMAGE_PROVIDE_H

#include "image/cache.h"
#include "image/layout.h"
#include "image/unpack.h"

/* What was done for a layer. */
struct provided {
    bool cached; /* it was there; then nothing else is known */
    struct unpacked unpacked;
};

/* Unpacks what the cache lacks. `waits` is as in cache_lock(). provided[] receives one for each
 * layer, the lowest first, and is the arena's. Layers that were put into the cache before a failure
 * stay in it: they are whole. Errors: SBX_E_HOST, SBX_E_RESOURCE. */
int provide_layers(const struct layout *layout, const struct image *image, struct cache *cache,
                   const struct budget *budget, void (*waits)(void), struct arena *arena,
                   const struct provided **provided, struct sbx_error *error);

/* Whether the cache has all layers. */
bool provide_has_all(const struct image *image, const struct cache *cache);

/* What provide_layers() hands out where it does; NULL where memory has run out. */
const struct provided *provide_cached(const struct image *image, struct arena *arena);

/* The layers that overlayfs is to show, as indexes into the image's, the topmost first. A layer
 * that stands in the image twice counts where it is topmost: there it has the last word about all
 * that it holds, and overlayfs takes no directory twice. Nothing is needed below a layer whose root
 * is opaque. stack[] has room for all layers. Returns how many there are. */
size_t provide_stack(const struct image *image, const struct cache *cache, size_t *stack);

#endif
