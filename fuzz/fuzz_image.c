/* SPDX-License-Identifier: MIT
 *
 * fuzz_image.c - what an image says of itself: index, manifest, config, and the names of entries.
 * What is accepted keeps within its bounds and is the same the second time; what is not has an
 * error, and leaves the outputs alone. The first byte of the input is what is read; with an index
 * the second one is what is looked for.
 */
#include "expect.h"
#include "image/document.h"
#include "image/names.h"
#include <stdlib.h>
#include <string.h>

static const char some_digest[] =
    "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

static void check_error(const struct sbx_error *error)
{
    EXPECT(error->code == SBX_E_HOST, "the code %d", error->code);
    EXPECT(error->text[0], "an error without a text");
}

static void check_digest(const struct digest *digest)
{
    struct digest again;
    EXPECT(digest_parse(digest_text(digest).text, &again) && digest_equal(digest, &again),
           "the digest '%s'", digest->hex);
}

static void check_descriptor(const struct descriptor *descriptor)
{
    check_digest(&descriptor->digest);
    EXPECT(descriptor->size <= INT64_MAX, "the size %llu", (unsigned long long)descriptor->size);
}

/* Whether an output still holds what was put into it. */
static bool untouched(const void *output, size_t size)
{
    const unsigned char *bytes = output;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0xa5)
            return false;
    return true;
}

static void check_index(const char *text, size_t length)
{
    struct descriptor found, again;
    struct sbx_error error;
    struct digest digest;
    unsigned what = length ? (unsigned char)*text : 0;
    struct wanted wanted = {.tag = what & 1 ? "t" : NULL,
                            .digest = what & 2 ? &digest : NULL,
                            .nested = what & 4,
                            .architecture = "amd64"};
    EXPECT(digest_parse(some_digest, &digest), "a good digest");
    text += length > 0;
    length -= length > 0;
    memset(&found, 0xa5, sizeof(found));
    if (document_index(text, length, &wanted, &found, &error) != 0) {
        check_error(&error);
        EXPECT(untouched(&found, sizeof(found)), "an output was touched");
        return;
    }
    check_descriptor(&found);
    EXPECT(found.media == MEDIA_INDEX || found.media == MEDIA_MANIFEST, "media %d", found.media);
    EXPECT(!wanted.digest || digest_equal(&digest, &found.digest), "another digest is found");
    EXPECT(document_index(text, length, &wanted, &again, &error) == 0 &&
               digest_equal(&found.digest, &again.digest),
           "the second time another one is found");
}

static void check_manifest(const char *text, size_t length)
{
    struct arena arena = {NULL};
    struct manifest manifest;
    struct sbx_error error;
    memset(&manifest, 0xa5, sizeof(manifest));
    if (document_manifest(text, length, &arena, &manifest, &error) == 0) {
        EXPECT(manifest.count > 0 && manifest.count <= DOCUMENT_LAYERS, "%zu layers",
               manifest.count);
        check_descriptor(&manifest.config);
        EXPECT(manifest.config.media == MEDIA_CONFIG, "media %d", manifest.config.media);
        for (size_t i = 0; i < manifest.count; i++) {
            check_descriptor(&manifest.layers[i]);
            EXPECT(manifest.layers[i].media >= MEDIA_TAR, "media %d", manifest.layers[i].media);
        }
    } else {
        check_error(&error);
        EXPECT(untouched(&manifest, sizeof(manifest)), "an output was touched");
    }
    arena_free(&arena);
}

static void check_texts(const struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        EXPECT(texts->at[i], "a text is missing");
}

static void check_config(const char *text, size_t length)
{
    struct arena arena = {NULL};
    struct config config;
    struct sbx_error error;
    memset(&config, 0xa5, sizeof(config));
    if (document_config(text, length, &arena, &config, &error) == 0) {
        EXPECT(config.count <= DOCUMENT_LAYERS, "%zu layers", config.count);
        for (size_t i = 0; i < config.count; i++)
            check_digest(&config.diff_ids[i]);
        EXPECT(config.os && config.architecture && config.user && config.working_directory,
               "a text is missing");
        check_texts(&config.env);
        check_texts(&config.entrypoint);
        check_texts(&config.command);
    } else {
        check_error(&error);
        EXPECT(untouched(&config, sizeof(config)), "an output was touched");
    }
    arena_free(&arena);
}

/* A component, of those that lead nowhere but down. */
static void check_component(const char *text, size_t length)
{
    EXPECT(length > 0 && length <= NAME_MAX, "a component of %zu bytes", length);
    EXPECT(!memchr(text, '/', length), "a component with a slash");
    EXPECT(!(length == 1 && text[0] == '.') && !(length == 2 && memcmp(text, "..", 2) == 0),
           "a component leads elsewhere");
}

static void check_name(const char *text)
{
    struct name name;
    if (name_read(text, &name))
        return;
    EXPECT(strlen(name.parent) + strlen(name.last) <= strlen(text), "a name has grown");
    for (const char *at = name.parent; *at;) {
        size_t length = strcspn(at, "/");
        check_component(at, length);
        EXPECT(length < 4 || memcmp(at, ".wh.", 4) != 0, "a directory is a whiteout");
        at += length + (at[length] == '/');
        EXPECT(*at || at[-1] != '/', "a slash at the end");
    }
    if (*name.last)
        check_component(name.last, strlen(name.last));
    else
        EXPECT(name.kind == NAME_ENTRY && !*name.parent, "no name");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sbx_error error;
    if (!size)
        return 0;
    const char *text = (const char *)data + 1;
    char *name;
    switch (data[0] % 5) {
    case 0:
        if (document_layout(text, size - 1, &error) != 0)
            check_error(&error);
        break;
    case 1:
        check_index(text, size - 1);
        break;
    case 2:
        check_manifest(text, size - 1);
        break;
    case 3:
        check_config(text, size - 1);
        break;
    default:
        name = strndup(text, size - 1);
        EXPECT(name, "out of memory");
        check_name(name);
        free(name);
    }
    return 0;
}
