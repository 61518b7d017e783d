/* SPDX-License-Identifier: MIT
 *
 * object.c - what sandbox-image prints as JSON. A part of tell.h.
 */
#include "base/error.h"
#include "image/json.h"
#include "image/tell.h"
#include <stdlib.h>
#include <string.h>

/* A text that may hold anything, as a path may. What is not UTF-8 is shown as \xHH. */
static json_t *json_any(const char *text)
{
    json_t *string = json_string(text);
    if (string)
        return string;
    size_t size = sbx_escape(text, NULL, 0) + 1;
    char *plain = malloc(size);
    if (!plain)
        return NULL;
    sbx_escape(text, plain, size);
    string = json_string(plain);
    free(plain);
    return string;
}

static json_t *json_texts(const struct texts *texts)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < texts->count; i++)
        json_array_append_new(list, json_any(texts->at[i]));
    return list;
}

static json_t *json_digest(const struct digest *digest)
{
    return json_string(digest_text(digest).text);
}

static json_t *json_count(uint64_t count)
{
    return json_integer((json_int_t)count);
}

static json_t *json_directory(const struct cache *cache, const struct digest *digest)
{
    char path[PATH_MAX];
    return cache_layer_path(cache, digest, path) == 0 ? json_any(path) : json_null();
}

static json_t *json_layer(const struct told *told, size_t i)
{
    const struct provided *provided = &told->provided[i];
    const struct unpacked *unpacked = &provided->unpacked;
    const struct digest *diff_id = &told->image->config.diff_ids[i];
    json_t *layer = json_pack("{s:o, s:o, s:o, s:b}", "diff_id", json_digest(diff_id), "digest",
                              json_digest(&told->image->manifest.layers[i].digest), "directory",
                              json_directory(told->cache, diff_id), "cached", provided->cached);
    if (!layer || provided->cached)
        return layer;
    json_object_set_new(layer, "entries", json_count(unpacked->entries));
    json_object_set_new(layer, "bytes", json_count(unpacked->bytes));
    json_object_set_new(layer, "whiteouts", json_count(unpacked->whiteouts));
    json_object_set_new(layer, "opaque_directories", json_count(unpacked->opaque));
    json_object_set_new(layer, "devices_left_out", json_count(unpacked->devices));
    json_object_set_new(layer, "set_id_bits_taken", json_count(unpacked->modes));
    json_object_set_new(layer, "attributes_left_out", json_count(unpacked->attributes));
    json_object_set_new(layer, "aufs_marks_left_out", json_count(unpacked->reserved));
    return layer;
}

static json_t *json_config(const struct config *config)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "env", json_texts(&config->env), "working_dir",
                     json_any(config->working_directory), "user", json_any(config->user),
                     "entrypoint", json_texts(&config->entrypoint), "cmd",
                     json_texts(&config->command));
}

/* In ASCII, so that what a name holds does nothing to a terminal that shows it. */
static int print(json_t *value, struct sbx_error *error)
{
    int result = value ? json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII) : -1;
    json_decref(value);
    if (result != 0)
        return err_memory(error, IMAGE_STAGE);
    putchar('\n');
    return 0;
}

int tell_image_json(const struct told *told, struct sbx_error *error)
{
    const struct image *image = told->image;
    json_t *layers = json_array(), *lower = json_array();
    for (size_t i = image->config.count; i-- > 0;)
        json_array_append_new(layers, json_layer(told, i));
    for (size_t i = 0; i < told->stack_count; i++)
        json_array_append_new(lower,
                              json_directory(told->cache, &image->config.diff_ids[told->stack[i]]));
    return print(json_pack("{s:i, s:o, s:o?, s:o, s:o, s:o, s:o}", "version", 1, "layout",
                           json_any(told->reference->directory), "tag",
                           told->reference->tag ? json_any(told->reference->tag) : NULL, "manifest",
                           json_digest(&image->digest), "layers", layers, "lower", lower, "config",
                           json_config(&image->config)),
                 error);
}

int tell_cached_json(const struct cache *cache, const struct cached *cached, size_t count,
                     struct sbx_error *error)
{
    json_t *layers = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(layers, json_pack("{s:o, s:o, s:o, s:o, s:b}", "diff_id",
                                                json_digest(&cached[i].digest), "directory",
                                                json_directory(cache, &cached[i].digest), "bytes",
                                                json_count(cached[i].size.bytes), "entries",
                                                json_count(cached[i].size.entries), "in_use",
                                                cached[i].used));
    return print(json_pack("{s:i, s:o}", "version", 1, "layers", layers), error);
}
