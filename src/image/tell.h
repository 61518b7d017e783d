/* SPDX-License-Identifier: MIT
 *
 * tell.h - what sandbox-image prints. It decides nothing. What comes from an image or a path is
 * printed so that it shows nothing but itself on a terminal.
 */
#ifndef IMAGE_TELL_H
#define IMAGE_TELL_H

#include "image/provide.h"

/* All that is known of an image that was provided. */
struct told {
    const struct reference *reference;
    const struct image *image;
    const struct cache *cache;
    const struct provided *provided; /* the lowest first */
    const size_t *stack;             /* the topmost first */
    size_t stack_count;
};

/* For people: the image, what was made of its layers, its config, and the directories, topmost
 * first.
 */
void tell_image_text(const struct told *told);

/* The same as one JSON object, "version": 1. Errors: SBX_E_RESOURCE. */
int tell_image_json(const struct told *told, struct sbx_error *error);

/* One layer of the cache for people. */
void tell_cached_text(const struct cached *cached);

/* All of them as one JSON object. Errors: SBX_E_RESOURCE. */
int tell_cached_json(const struct cache *cache, const struct cached *cached, size_t count,
                     struct sbx_error *error);

#endif
