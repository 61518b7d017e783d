/* SPDX-License-Identifier: MIT
 *
 * document.h - what the JSON texts of an image layout say: the index, the manifest, the config.
 *
 * Hostile: whoever made the image wrote them. A text is read as a whole or not at all: what is not
 * JSON, has a key twice, or lacks what is needed is an error that names it. Texts belong to the
 * arena. Reads no file; nothing here knows whether a digest is true. Errors: SBX_E_HOST,
 * SBX_E_RESOURCE.
 */
#ifndef IMAGE_DOCUMENT_H
#define IMAGE_DOCUMENT_H

#include "base/arena.h"
#include "image/digest.h"
#include <sandbox/sandbox.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    DOCUMENT_BYTES = 4 * 1024 * 1024, /* no text may be longer */
    DOCUMENT_LAYERS = 500,            /* overlayfs takes no more */
};

enum media {
    MEDIA_OTHER,
    MEDIA_INDEX,
    MEDIA_MANIFEST,
    MEDIA_CONFIG,
    MEDIA_TAR,
    MEDIA_GZIP,
    MEDIA_ZSTD
};

/* A blob, as those that refer to it say it is. */
struct descriptor {
    enum media media;
    struct digest digest;
    uint64_t size;
};

/* Which of the images of an index is meant. */
struct wanted {
    const char *tag;             /* NULL: any */
    const struct digest *digest; /* NULL: any */
    const char *architecture;    /* as Go calls it */
    bool nested; /* in an index inside of the index the first one that fits is meant */
};

struct manifest {
    struct descriptor config;
    const struct descriptor *layers; /* the lowest first */
    size_t count;
};

/* A list of texts. */
struct texts {
    const char *const *at;
    size_t count;
};

struct config {
    const char *architecture, *os; /* "" where they are not told */
    const struct digest *diff_ids; /* of the uncompressed layers, the lowest first */
    size_t count;
    struct texts env, entrypoint, command;
    const char *working_directory, *user; /* "" where they are not told */
};

/* This machine's architecture, as images name it. */
extern const char document_architecture[];

/* The file oci-layout: that there is one, of a version that is known. */
int document_layout(const char *text, size_t length, struct sbx_error *error);

/* The one manifest, or further index, that is meant. */
int document_index(const char *text, size_t length, const struct wanted *wanted,
                   struct descriptor *found, struct sbx_error *error);

int document_manifest(const char *text, size_t length, struct arena *arena,
                      struct manifest *manifest, struct sbx_error *error);

int document_config(const char *text, size_t length, struct arena *arena, struct config *config,
                    struct sbx_error *error);

#endif
