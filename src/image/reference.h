/* SPDX-License-Identifier: MIT
 *
 * reference.h - how an image is named: [oci:]DIR[:TAG] or [oci:]DIR@DIGEST.
 */
#ifndef IMAGE_REFERENCE_H
#define IMAGE_REFERENCE_H

#include "base/arena.h"
#include "image/digest.h"
#include <sandbox/sandbox.h>

#define IMAGE_STAGE "image"

struct reference {
    const char *directory; /* the OCI image layout */
    const char *tag;       /* NULL where none is named */
    bool has_digest;       /* of the manifest, or of the index that leads to it */
    struct digest digest;
};

/* Whether a path is that of an image layout. */
typedef bool reference_is_layout(const char *path);

/* Reads a name. The first ':' in front of which there is an image layout ends DIR, as other tools
 * have it; a DIR with a ':' in its name is found all the same. Where there is no layout at all, DIR
 * ends at the first ':', for whoever opens it to say what is wrong. The texts belong to the arena.
 * Errors: SBX_E_USAGE, SBX_E_RESOURCE. */
int reference_parse(const char *text, reference_is_layout *is_layout, struct arena *arena,
                    struct reference *reference, struct sbx_error *error);

#endif
