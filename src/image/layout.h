/* SPDX-License-Identifier: MIT
 *
 * layout.h - an OCI image layout on disk: oci-layout, index.json and blobs/ALGORITHM/HEX. It is
 * only read. Nothing of a blob is believed before its size and its digest are known to be what the
 * text that refers to it says.
 */
#ifndef IMAGE_LAYOUT_H
#define IMAGE_LAYOUT_H

#include "image/document.h"
#include "image/reference.h"

struct layout {
    int fd;           /* of the directory; owned by whoever opened it */
    const char *path; /* for people */
};

struct image {
    struct digest digest; /* of the manifest */
    struct manifest manifest;
    struct config config; /* as many diff_ids as the manifest has layers */
};

/* Whether a path is that of a layout: see reference_is_layout. */
bool layout_exists(const char *path);

/* Opens the directory. Errors: SBX_E_HOST. */
int layout_open(const char *path, struct layout *layout, struct sbx_error *error);

/* Opens a blob of the right size, for whoever checks the digest while reading. *fd is the caller's.
 * Errors: SBX_E_HOST. */
int layout_blob(const struct layout *layout, const struct descriptor *descriptor, int *fd,
                struct sbx_error *error);

/* From a name to the image for this machine: index, manifest and config, each one checked. Texts
 * belong to the arena. Errors: SBX_E_HOST, SBX_E_RESOURCE. */
int layout_resolve(const struct layout *layout, const struct reference *reference,
                   struct arena *arena, struct image *image, struct sbx_error *error);

#endif
