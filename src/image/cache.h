/* SPDX-License-Identifier: MIT
 *
 * cache.h - where unpacked layers are kept:
 *
 *     ${XDG_CACHE_HOME:-$HOME/.cache}/sandbox/layers/ALGORITHM/HEX/
 *
 * named by the digest of the layer's uncompressed archive. A directory of that name is whole: it is
 * made under another name, written to the disk, and then renamed. All who change the cache hold the
 * lock of layers/; whoever uses a layer holds a shared lock of the layer's own directory, and a
 * layer that is locked so is not removed.
 *
 * The directories above the layers are the user's, and nobody else can look into them: a layer may
 * have directories that anybody may write.
 */
#ifndef IMAGE_CACHE_H
#define IMAGE_CACHE_H

#include "image/digest.h"
#include "image/tree.h"
#include <limits.h>
#include <sandbox/sandbox.h>
#include <stdbool.h>

struct cache {
    int fd;              /* of layers/; -1 */
    char path[PATH_MAX]; /* of layers/, without links */
    bool locked;
};

/* Finds the cache, makes it where it is missing, and refuses it where somebody else could have
 * written to it. Reads the environment. Errors: SBX_E_HOST. */
int cache_open(struct cache *cache, struct sbx_error *error);

void cache_close(struct cache *cache);

/* Waits until nobody else changes the cache, and removes what a run left that was killed. `waits`,
 * which may be NULL, is called before it has to wait. Errors: SBX_E_HOST. */
int cache_lock(struct cache *cache, void (*waits)(void), struct sbx_error *error);

/* Whether the cache has a layer: then it has all of it. */
bool cache_has(const struct cache *cache, const struct digest *digest);

/* The path of a layer. -1: too long. */
int cache_layer_path(const struct cache *cache, const struct digest *digest, char path[PATH_MAX]);

/* Whether nothing of the layers below can be seen: overlayfs does not look for that mark on the
 * root of a layer. */
bool cache_is_opaque(const struct cache *cache, const struct digest *digest);

/* An empty directory for a layer that is being unpacked; *fd is the caller's. The cache is locked.
 * Errors: SBX_E_HOST. */
int cache_begin(const struct cache *cache, const struct digest *digest, int *fd,
                struct sbx_error *error);

/* The directory is the layer from now on, or rubbish. Errors: SBX_E_HOST. */
int cache_finish(const struct cache *cache, const struct digest *digest, struct sbx_error *error);
void cache_abandon(const struct cache *cache, const struct digest *digest);

struct cached {
    struct digest digest;
    struct tree_size size;
    bool used; /* by a sandbox, now */
};

/* Calls `each` for every layer until it returns other than 0, which it then returns. Errors:
 * SBX_E_HOST, -1. */
int cache_list(const struct cache *cache, int (*each)(const struct cached *cached, void *context),
               void *context, struct sbx_error *error);

/* Removes a layer. *used receives whether it is in use, and so stays. The cache is locked. Errors:
 * SBX_E_HOST; SBX_E_USAGE where there is none. */
int cache_remove(const struct cache *cache, const struct digest *digest, bool *used,
                 struct sbx_error *error);

#endif
