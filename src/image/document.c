/* SPDX-License-Identifier: MIT
 *
 * document.c - the manifest and the config of an image. The index has a file of its own.
 *
 * Source: OCI image specification, manifest.md, config.md and image-layout.md.
 */
#include "image/document.h"
#include "base/error.h"
#include "image/json.h"
#include "image/reference.h"
#include <string.h>

static const char manifest_name[] = "the image's manifest", config_name[] = "the image's config";

int document_layout(const char *text, size_t length, struct sbx_error *error)
{
    autojson *layout = document_parse(text, length, "the file oci-layout", error);
    if (!layout)
        return -1;
    const char *version = document_string(layout, "imageLayoutVersion");
    if (version && strncmp(version, "1.", 2) == 0)
        return 0;
    return document_refuse(error, "the file oci-layout", "its imageLayoutVersion is not 1.0.0");
}

/* ---- the manifest --------------------------------------------------------------------------- */

static int read_layers(const json_t *layers, struct arena *arena, struct manifest *manifest,
                       struct sbx_error *error)
{
    size_t i, count = json_array_size(layers);
    const json_t *layer;
    struct descriptor *read = arena_array(arena, count, sizeof(*read));
    if (!read)
        return err_memory(error, IMAGE_STAGE);
    json_array_foreach(layers, i, layer)
    {
        if (document_descriptor(layer, "a layer in the image's manifest", &read[i], error) != 0)
            return -1;
        if (read[i].media >= MEDIA_TAR)
            continue;
        err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "a layer has the media type '%s'",
                document_string(layer, "mediaType"));
        return err_hint(error, "layers are tar archives, as they are, or packed by gzip or zstd");
    }
    manifest->layers = read;
    manifest->count = count;
    return 0;
}

int document_manifest(const char *text, size_t length, struct arena *arena,
                      struct manifest *manifest, struct sbx_error *error)
{
    struct manifest read;
    autojson *whole = document_parse(text, length, manifest_name, error);
    if (!whole)
        return -1;
    const json_t *layers = json_object_get(whole, "layers");
    if (json_integer_value(json_object_get(whole, "schemaVersion")) != 2)
        return document_refuse(error, manifest_name, "its schemaVersion is not 2");
    if (document_descriptor(json_object_get(whole, "config"), "the config in the image's manifest",
                            &read.config, error) != 0)
        return -1;
    if (read.config.media != MEDIA_CONFIG)
        return document_refuse(error, manifest_name, "it is not that of an image to run");
    if (!json_is_array(layers) || !json_array_size(layers))
        return document_refuse(error, manifest_name, "it has no layers");
    if (json_array_size(layers) > DOCUMENT_LAYERS)
        return document_refuse(error, manifest_name, "it has more than 500 layers");
    if (read_layers(layers, arena, &read, error) != 0)
        return -1;
    *manifest = read;
    return 0;
}

/* ---- the config ----------------------------------------------------------------------------- */

static int read_diff_ids(const json_t *rootfs, struct arena *arena, struct config *config,
                         struct sbx_error *error)
{
    const json_t *list = json_object_get(rootfs, "diff_ids"), *item;
    const char *type = document_string(rootfs, "type");
    size_t i, count = json_array_size(list);
    if (!json_is_array(list) || !type || strcmp(type, "layers") != 0)
        return document_refuse(error, config_name, "it has no rootfs.diff_ids");
    if (count > DOCUMENT_LAYERS)
        return document_refuse(error, config_name, "it has more than 500 layers");
    struct digest *read = arena_array(arena, count, sizeof(*read));
    if (!read)
        return err_memory(error, IMAGE_STAGE);
    json_array_foreach(list, i, item)
    {
        const char *digest = json_string_value(item);
        if (!digest || !digest_parse(digest, &read[i]))
            return document_refuse(error, config_name, "a diff_id is not sha256:HEX or sha512:HEX");
    }
    config->diff_ids = read;
    config->count = count;
    return 0;
}

/* A text that may be missing. */
static int read_text(const json_t *object, const char *key, struct arena *arena, const char **text,
                     struct sbx_error *error)
{
    const char *value = document_string(object, key);
    if (!value)
        return err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "%s: '%s' is not a text", config_name,
                       key);
    *text = arena_strdup(arena, value);
    return *text ? 0 : err_memory(error, IMAGE_STAGE);
}

/* A list of texts that may be missing. */
static int read_texts(const json_t *object, const char *key, struct arena *arena,
                      struct texts *texts, struct sbx_error *error)
{
    const json_t *list = json_object_get(object, key), *item;
    size_t i;
    *texts = (struct texts){.count = 0};
    if (!list || json_is_null(list))
        return 0;
    const char **read = arena_array(arena, json_array_size(list) + 1, sizeof(*read));
    if (!read)
        return err_memory(error, IMAGE_STAGE);
    json_array_foreach(list, i, item)
    {
        const char *value = json_string_value(item);
        if (!value)
            return err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "%s: '%s' holds what is not a text",
                           config_name, key);
        read[i] = arena_strdup(arena, value);
        if (!read[i])
            return err_memory(error, IMAGE_STAGE);
    }
    if (!json_is_array(list))
        return err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "%s: '%s' is not a list", config_name,
                       key);
    *texts = (struct texts){.at = read, .count = json_array_size(list)};
    return 0;
}

int document_config(const char *text, size_t length, struct arena *arena, struct config *config,
                    struct sbx_error *error)
{
    struct config read;
    autojson *whole = document_parse(text, length, config_name, error);
    if (!whole)
        return -1;
    const json_t *run = json_object_get(whole, "config");
    if (run && !json_is_object(run) && !json_is_null(run))
        return document_refuse(error, config_name, "its config is not an object");
    if (read_diff_ids(json_object_get(whole, "rootfs"), arena, &read, error) != 0 ||
        read_text(whole, "architecture", arena, &read.architecture, error) != 0 ||
        read_text(whole, "os", arena, &read.os, error) != 0 ||
        read_text(run, "WorkingDir", arena, &read.working_directory, error) != 0 ||
        read_text(run, "User", arena, &read.user, error) != 0 ||
        read_texts(run, "Env", arena, &read.env, error) != 0 ||
        read_texts(run, "Entrypoint", arena, &read.entrypoint, error) != 0 ||
        read_texts(run, "Cmd", arena, &read.command, error) != 0)
        return -1;
    *config = read;
    return 0;
}
