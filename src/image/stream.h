/* SPDX-License-Identifier: MIT
 *
 * stream.h - a layer's blob as the bytes of its tar archive: unpacked by the filter that the
 * manifest names, and no other; counted and hashed on both sides of it.
 */
#ifndef IMAGE_STREAM_H
#define IMAGE_STREAM_H

#include "image/document.h"
#include <stdint.h>
#include <sys/types.h>

struct stream;

/* Begins to read a layer's blob. `fd` is borrowed for the stream's life. No more than `limit` bytes
 * come out: what would be longer is an error. Errors: SBX_E_RESOURCE. */
int stream_open(int fd, const struct descriptor *blob, const struct digest *diff_id, uint64_t limit,
                struct stream **stream, struct sbx_error *error);

/* The next bytes: their number, 0 at the end, -1 after an error, which stream_error() tells. They
 * are the stream's, and stand until the next call. */
ssize_t stream_read(struct stream *stream, const void **data);

/* What went wrong in stream_read(); NULL where nothing did. */
const struct sbx_error *stream_error(const struct stream *stream);

/* How many bytes came out so far. */
uint64_t stream_bytes(const struct stream *stream);

/* Reads what is left, which means nothing, and checks the digest of the blob and that of what came
 * out of it. Errors: SBX_E_HOST. */
int stream_finish(struct stream *stream, struct sbx_error *error);

/* Where the archive could not be read: whether the blob is not what its digest says, which is then
 * the better thing to tell. Fills in the error where it is so. */
bool stream_is_damaged(struct stream *stream, struct sbx_error *error);

/* Frees a stream. NULL is allowed. */
void stream_close(struct stream *stream);

#endif
