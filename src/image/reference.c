/* SPDX-License-Identifier: MIT
 *
 * reference.c - reads the name of an image. Opens nothing; it asks.
 */
#include "image/reference.h"
#include "base/error.h"
#include <string.h>

static const char prefix[] = "oci:";

/* What other tools call images that are no layout. */
static int check_transport(const char *text, struct sbx_error *error)
{
    static const char *const transports[] = {
        "docker:",        "docker-archive:",
        "docker-daemon:", "oci-archive:",
        "dir:",           "containers-storage:",
        "ostree:",        "sif:",
        "tarball:",       "http:",
        "https:",
    };
    for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
        if (strncmp(text, transports[i], strlen(transports[i])) != 0)
            continue;
        err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "'%s' is not an OCI image layout", text);
        return err_hint(error, "make one of it: skopeo copy %s oci:DIR:TAG", text);
    }
    return 0;
}

/* DIR@sha256:...: true where the text ends so. */
static bool read_digest(const char *text, size_t *length, struct digest *digest)
{
    const char *at = strrchr(text, '@');
    if (!at || !digest_parse(at + 1, digest))
        return false;
    *length = (size_t)(at - text);
    return true;
}

/* The length of DIR. */
static int find_directory(const char *text, reference_is_layout *is_layout, struct arena *arena,
                          size_t *length)
{
    size_t whole = strlen(text), first = strcspn(text, ":");
    for (size_t end = first;; end += 1 + strcspn(text + end + 1, ":")) {
        char *directory = arena_strndup(arena, text, end);
        if (!directory)
            return -1;
        if (end == whole || is_layout(directory)) {
            *length = end < whole || is_layout(directory) ? end : first;
            return 0;
        }
    }
}

int reference_parse(const char *text, reference_is_layout *is_layout, struct arena *arena,
                    struct reference *reference, struct sbx_error *error)
{
    struct reference read = {.tag = NULL};
    size_t length;
    const char *whole = text;
    if (strncmp(text, prefix, sizeof(prefix) - 1) == 0)
        text += sizeof(prefix) - 1;
    read.has_digest = read_digest(text, &length, &read.digest);
    if (!read.has_digest && find_directory(text, is_layout, arena, &length) != 0)
        return err_memory(error, IMAGE_STAGE);
    if (!read.has_digest && text[length] == ':')
        read.tag = arena_strdup(arena, text + length + 1);
    read.directory = arena_strndup(arena, text, length);
    if (!read.directory || (!read.has_digest && text[length] == ':' && !read.tag))
        return err_memory(error, IMAGE_STAGE);
    if (!*read.directory || (read.tag && !*read.tag)) {
        err_set(error, SBX_E_USAGE, 0, IMAGE_STAGE, "'%s' names no image", text);
        return err_hint(error, "an image is named oci:DIR, oci:DIR:TAG or oci:DIR@sha256:...");
    }
    if (!is_layout(read.directory) && check_transport(whole, error) != 0)
        return -1;
    *reference = read;
    return 0;
}
