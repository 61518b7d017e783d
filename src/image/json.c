/* SPDX-License-Identifier: MIT
 *
 * json.c - strict reading of JSON.
 */
#include "image/json.h"
#include "base/error.h"
#include "image/reference.h"
#include <string.h>

int document_refuse(struct sbx_error *error, const char *what, const char *why)
{
    return err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "%s: %s", what, why);
}

json_t *document_parse(const char *text, size_t length, const char *what, struct sbx_error *error)
{
    json_error_t wrong;
    if (length > DOCUMENT_BYTES) {
        document_refuse(error, what, "it is longer than 4 MiB");
        return NULL;
    }
    /* jansson itself refuses what is not UTF-8, numbers out of range, NUL in names and texts, what
     * follows the value, and more than 2048 values in each other. */
    json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES, &wrong);
    if (!value)
        err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "%s, line %d: %s", what, wrong.line, wrong.text);
    else if (!json_is_object(value))
        document_refuse(error, what, "it is not an object");
    if (json_is_object(value))
        return value;
    json_decref(value);
    return NULL;
}

const char *document_string(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return !value || json_is_null(value) ? "" : json_string_value(value);
}

static enum media media_of(const char *text)
{
    static const struct {
        const char *text;
        enum media media;
    } types[] = {
        {"application/vnd.oci.image.index.v1+json", MEDIA_INDEX},
        {"application/vnd.docker.distribution.manifest.list.v2+json", MEDIA_INDEX},
        {"application/vnd.oci.image.manifest.v1+json", MEDIA_MANIFEST},
        {"application/vnd.docker.distribution.manifest.v2+json", MEDIA_MANIFEST},
        {"application/vnd.oci.image.config.v1+json", MEDIA_CONFIG},
        {"application/vnd.docker.container.image.v1+json", MEDIA_CONFIG},
        {"application/vnd.oci.image.layer.v1.tar", MEDIA_TAR},
        {"application/vnd.oci.image.layer.v1.tar+gzip", MEDIA_GZIP},
        {"application/vnd.oci.image.layer.v1.tar+zstd", MEDIA_ZSTD},
        {"application/vnd.oci.image.layer.nondistributable.v1.tar", MEDIA_TAR},
        {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", MEDIA_GZIP},
        {"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", MEDIA_ZSTD},
        {"application/vnd.docker.image.rootfs.diff.tar", MEDIA_TAR},
        {"application/vnd.docker.image.rootfs.diff.tar.gzip", MEDIA_GZIP},
        {"application/vnd.docker.image.rootfs.diff.tar.zstd", MEDIA_ZSTD},
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(text, types[i].text) == 0)
            return types[i].media;
    return MEDIA_OTHER;
}

int document_descriptor(const json_t *object, const char *what, struct descriptor *descriptor,
                        struct sbx_error *error)
{
    struct descriptor read;
    const char *media = document_string(object, "mediaType");
    const char *digest = document_string(object, "digest");
    const json_t *size = json_object_get(object, "size");
    if (!json_is_object(object))
        return document_refuse(error, what, "it is not an object");
    if (!media || !*media)
        return document_refuse(error, what, "it has no mediaType");
    if (!digest || !digest_parse(digest, &read.digest))
        return document_refuse(error, what, "its digest is not sha256:HEX or sha512:HEX");
    if (!json_is_integer(size) || json_integer_value(size) < 0)
        return document_refuse(error, what, "its size is not a number");
    read.media = media_of(media);
    read.size = (uint64_t)json_integer_value(size);
    *descriptor = read;
    return 0;
}
