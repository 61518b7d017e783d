/* SPDX-License-Identifier: MIT
 *
 * stream.c - blob, filter, tar: the two outer steps of reading a layer. libarchive's own choice of
 * filters by what the bytes look like is not used: an archive could ask for any of them, and for
 * many in a row.
 */
#include "image/stream.h"
#include "base/error.h"
#include "image/reference.h"
#include <archive.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK = 256 * 1024 };

struct stream {
    int fd;
    struct descriptor blob;
    struct digest diff_id;
    struct archive *filter; /* NULL where the blob is the archive itself */
    struct hasher packed, plain;
    uint64_t packed_bytes, plain_bytes, limit;
    bool failed;
    struct sbx_error error;
    char chunk[CHUNK];
};

/* ---- the blob ------------------------------------------------------------------------------- */

static ssize_t read_packed(struct stream *stream, const void **data)
{
    ssize_t got;
    do
        got = read(stream->fd, stream->chunk, sizeof(stream->chunk));
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        stream->failed = true;
        err_set(&stream->error, SBX_E_HOST, errno, IMAGE_STAGE, "can't read the blob %s",
                digest_text(&stream->blob.digest).text);
        return -1;
    }
    hasher_add(&stream->packed, stream->chunk, (size_t)got);
    stream->packed_bytes += (uint64_t)got;
    *data = stream->chunk;
    return got;
}

static la_ssize_t filter_read(struct archive *archive, void *context, const void **data)
{
    ssize_t got = read_packed(context, data);
    if (got < 0)
        archive_set_error(archive, EIO, "%s", "the blob can't be read");
    return got;
}

/* ---- the filter ----------------------------------------------------------------------------- */

static int open_filter(struct stream *stream)
{
    struct archive *filter = archive_read_new();
    struct archive_entry *entry;
    stream->filter = filter;
    if (!filter)
        return ARCHIVE_FATAL;
    int status = archive_read_append_filter(
        filter, stream->blob.media == MEDIA_GZIP ? ARCHIVE_FILTER_GZIP : ARCHIVE_FILTER_ZSTD);
    if (status == ARCHIVE_OK)
        status = archive_read_support_format_raw(filter);
    if (status == ARCHIVE_OK)
        status = archive_read_open(filter, stream, NULL, filter_read, NULL);
    return status == ARCHIVE_OK ? archive_read_next_header(filter, &entry) : status;
}

static ssize_t filter_failed(struct stream *stream)
{
    const char *why = stream->filter ? archive_error_string(stream->filter) : NULL;
    if (!stream->failed)
        err_set(&stream->error, SBX_E_HOST, 0, IMAGE_STAGE, "the layer %s can't be unpacked: %s",
                digest_text(&stream->blob.digest).text, why ? why : "there is nothing in it");
    stream->failed = true;
    return -1;
}

static ssize_t read_filtered(struct stream *stream, const void **data)
{
    size_t length = 0;
    la_int64_t offset;
    if (!stream->filter) {
        int status = open_filter(stream);
        if (status != ARCHIVE_OK) /* nothing at all is no archive either */
            return filter_failed(stream);
    }
    for (;;) {
        int status = archive_read_data_block(stream->filter, data, &length, &offset);
        if (status == ARCHIVE_EOF)
            return 0;
        if (status != ARCHIVE_OK)
            return filter_failed(stream);
        if (length)
            return (ssize_t)length;
    }
}

ssize_t stream_read(struct stream *stream, const void **data)
{
    if (stream->failed)
        return -1;
    ssize_t got =
        stream->blob.media == MEDIA_TAR ? read_packed(stream, data) : read_filtered(stream, data);
    if (got <= 0)
        return got;
    if ((uint64_t)got > stream->limit - stream->plain_bytes) {
        stream->failed = true;
        err_set(&stream->error, SBX_E_HOST, 0, IMAGE_STAGE,
                "the image is larger, unpacked, than what is allowed");
        err_hint(&stream->error, "if it may be so large: sandbox image unpack --max-size SIZE");
        return -1;
    }
    hasher_add(&stream->plain, *data, (size_t)got);
    stream->plain_bytes += (uint64_t)got;
    return got;
}

/* ---- begin and end -------------------------------------------------------------------------- */

int stream_open(int fd, const struct descriptor *blob, const struct digest *diff_id, uint64_t limit,
                struct stream **stream, struct sbx_error *error)
{
    struct stream *fresh = calloc(1, sizeof(*fresh));
    if (!fresh)
        return err_memory(error, IMAGE_STAGE);
    fresh->fd = fd;
    fresh->blob = *blob;
    fresh->diff_id = *diff_id;
    fresh->limit = limit;
    hasher_start(&fresh->packed, blob->digest.algorithm);
    hasher_start(&fresh->plain, diff_id->algorithm);
    *stream = fresh;
    return 0;
}

const struct sbx_error *stream_error(const struct stream *stream)
{
    return stream->failed ? &stream->error : NULL;
}

uint64_t stream_bytes(const struct stream *stream)
{
    return stream->plain_bytes;
}

bool stream_is_damaged(struct stream *stream, struct sbx_error *error)
{
    struct digest digest;
    struct hasher hasher;
    const void *data;
    while (read_packed(stream, &data) > 0)
        if (stream->packed_bytes > stream->blob.size)
            break; /* it grows while it is read */
    hasher = stream->packed;
    hasher_finish(&hasher, &digest);
    if (stream->packed_bytes == stream->blob.size && digest_equal(&digest, &stream->blob.digest))
        return false;
    err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "the layer %s is damaged: its digest is %s",
            digest_text(&stream->blob.digest).text, digest_text(&digest).text);
    err_hint(error, "copy the image again");
    return true;
}

int stream_finish(struct stream *stream, struct sbx_error *error)
{
    struct digest digest;
    const void *data;
    ssize_t got;
    do
        got = stream_read(stream, &data);
    while (got > 0);
    if (stream_is_damaged(stream, error))
        return -1;
    if (got < 0) {
        *error = stream->error;
        return -1;
    }
    hasher_finish(&stream->plain, &digest);
    if (!digest_equal(&digest, &stream->diff_id)) {
        err_set(error, SBX_E_HOST, 0, IMAGE_STAGE,
                "what the layer %s holds is not the %s that the image's config says, but %s",
                digest_text(&stream->blob.digest).text, digest_text(&stream->diff_id).text,
                digest_text(&digest).text);
        return err_hint(error, "whoever made the image made it wrong, or means to deceive");
    }
    return 0;
}

void stream_close(struct stream *stream)
{
    if (stream && stream->filter)
        archive_read_free(stream->filter);
    free(stream);
}
