/* SPDX-License-Identifier: MIT
 *
 * index.c - which of the images of an index is meant. A part of document.h.
 */
#include "base/error.h"
#include "image/json.h"
#include "image/reference.h"
#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
const char document_architecture[] = "amd64";
static const char baseline[] = "v1";
#elif defined(__aarch64__)
const char document_architecture[] = "arm64";
static const char baseline[] = "v8";
#else
#error "sandbox supports x86_64 and aarch64"
#endif

static const char index_name[] = "the image index";

/* How well an image fits this machine. */
enum fit { FIT_NOT, FIT_UNTOLD, FIT_EXACT };

static enum fit platform_fit(const json_t *entry, const char *architecture)
{
    const json_t *platform = json_object_get(entry, "platform");
    const char *name = document_string(platform, "architecture");
    const char *os = document_string(platform, "os");
    const char *variant = document_string(platform, "variant");
    if (!platform || json_is_null(platform))
        return FIT_UNTOLD;
    if (!name || !os || !variant || strcmp(os, "linux") != 0 || strcmp(name, architecture) != 0)
        return FIT_NOT;
    return !*variant || strcmp(variant, baseline) == 0 ? FIT_EXACT : FIT_NOT;
}

static const char *tag_of(const json_t *entry)
{
    return document_string(json_object_get(entry, "annotations"),
                           "org.opencontainers.image.ref.name");
}

/* What the search has seen. */
struct search {
    const struct wanted *wanted;
    unsigned images, named; /* all of them; those that have the tag or the digest */
    unsigned count[FIT_EXACT + 1];
    struct descriptor first[FIT_EXACT + 1]; /* of each fit */
    bool differ[FIT_EXACT + 1];             /* those of a fit are not all the same */
};

static int look_at(struct search *search, const json_t *entry, struct sbx_error *error)
{
    struct descriptor descriptor;
    const struct wanted *wanted = search->wanted;
    const char *tag = tag_of(entry);
    if (document_descriptor(entry, "an entry of the image index", &descriptor, error) != 0)
        return -1;
    if (descriptor.media != MEDIA_INDEX && descriptor.media != MEDIA_MANIFEST)
        return 0; /* something else that is kept beside the images */
    search->images++;
    if (wanted->tag && (!tag || strcmp(tag, wanted->tag) != 0))
        return 0;
    if (wanted->digest && !digest_equal(wanted->digest, &descriptor.digest))
        return 0;
    enum fit fit = platform_fit(entry, wanted->architecture);
    search->named++;
    if (!search->count[fit]++)
        search->first[fit] = descriptor;
    search->differ[fit] |= !digest_equal(&search->first[fit].digest, &descriptor.digest);
    return 0;
}

/* A hint with the tags that there are. */
static int hint_tags(const json_t *entries, struct sbx_error *error)
{
    char text[512] = "";
    size_t used = 0, i;
    const json_t *entry;
    json_array_foreach(entries, i, entry)
    {
        const char *tag = tag_of(entry);
        if (tag && *tag && used + strlen(tag) + 8 < sizeof(text))
            used +=
                (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", used ? ", " : "", tag);
    }
    if (!used)
        return err_hint(error, "its images have no tags: name one as DIR@sha256:...");
    return err_hint(error, "its tags are: %s", text);
}

static int choose(const struct search *search, const json_t *entries, struct descriptor *found,
                  struct sbx_error *error)
{
    const struct wanted *wanted = search->wanted;
    bool by_name = wanted->tag || wanted->digest;
    enum fit fit = search->count[FIT_EXACT] ? FIT_EXACT : FIT_UNTOLD;
    if (!search->images)
        return document_refuse(error, index_name, "there is no image in it");
    if (!search->named) {
        err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "the layout has no image '%s'",
                wanted->tag ? wanted->tag : digest_text(wanted->digest).text);
        return hint_tags(entries, error);
    }
    if (!search->count[fit]) {
        err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "there is no image for linux/%s in the layout",
                wanted->architecture);
        return err_hint(error, "copy it for this machine: skopeo copy --override-arch %s ...",
                        wanted->architecture);
    }
    if (search->differ[fit] && !wanted->nested) {
        document_refuse(error, index_name,
                        by_name ? "several images have that name" : "there are several images");
        return hint_tags(entries, error);
    }
    *found = search->first[fit];
    return 0;
}

int document_index(const char *text, size_t length, const struct wanted *wanted,
                   struct descriptor *found, struct sbx_error *error)
{
    struct search search = {.wanted = wanted};
    autojson *index = document_parse(text, length, index_name, error);
    if (!index)
        return -1;
    const json_t *entries = json_object_get(index, "manifests"), *entry;
    size_t i;
    if (json_integer_value(json_object_get(index, "schemaVersion")) != 2)
        return document_refuse(error, index_name, "its schemaVersion is not 2");
    if (!json_is_array(entries))
        return document_refuse(error, index_name, "it has no list \"manifests\"");
    json_array_foreach(entries, i, entry)
    {
        if (look_at(&search, entry, error) != 0)
            return -1;
    }
    return choose(&search, entries, found, error);
}
