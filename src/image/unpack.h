/* SPDX-License-Identifier: MIT
 *
 * unpack.h - from a layer's tar archive to a directory that overlayfs takes as a lower layer.
 */
#ifndef IMAGE_UNPACK_H
#define IMAGE_UNPACK_H

#include "image/stream.h"

/* What an image may still use; the layers share it. */
struct budget {
    uint64_t bytes;   /* of its archives, unpacked, and likewise of its files with their holes */
    uint64_t entries; /* of its archives */
};

/* What was made of an archive. */
struct unpacked {
    uint64_t entries, bytes; /* of the archive; of the files in it */
    uint64_t whiteouts, opaque;
    /* what an unprivileged sandbox has no use for, and was left out: */
    uint64_t devices;    /* device nodes */
    uint64_t modes;      /* set-user-id and set-group-id bits */
    uint64_t attributes; /* entries with extended attributes, capabilities or access lists */
    uint64_t reserved;   /* what AUFS kept for itself */
};

/* Unpacks a layer into the empty directory `root`, which it makes nothing outside of, and checks
 * its digests. What the directory holds after a failure is rubbish. *budget is less by what was
 * used.
 *
 * Owners are not kept: all is the caller's. Modes are, but for the set-id bits; times are. A name
 * that leads out, or through a link, is an error. Errors: SBX_E_HOST, SBX_E_RESOURCE. */
int unpack_layer(struct stream *stream, int root, struct budget *budget, struct unpacked *unpacked,
                 struct sbx_error *error);

#endif
