/* SPDX-License-Identifier: MIT
 *
 * layout.c - opens what an image layout holds, and follows its digests down to the layers.
 */
#include "image/layout.h"
#include "base/error.h"
#include "base/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { NESTED_INDEXES = 4 };

bool layout_exists(const char *path)
{
    char file[4096];
    struct stat status;
    int length = snprintf(file, sizeof(file), "%s/oci-layout", path);
    return length > 0 && (size_t)length < sizeof(file) && stat(file, &status) == 0;
}

int layout_open(const char *path, struct layout *layout, struct sbx_error *error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        err_set(error, SBX_E_HOST, errno, IMAGE_STAGE, "can't open the image layout '%s'", path);
        return err_hint(error, "an image is named oci:DIR, oci:DIR:TAG or oci:DIR@sha256:...; "
                               "skopeo copy SOURCE oci:DIR:TAG makes one");
    }
    *layout = (struct layout){.fd = fd, .path = path};
    return 0;
}

/* Opens a file of the layout for reading. No link is followed on the way, and a named pipe does not
 * make anybody wait. Returns the fd or -1 with errno. */
static int open_below(int folder, const char *path)
{
    char name[DIGEST_HEX + 1];
    autofd at = -1;
    while (strchr(path, '/')) {
        size_t length = strcspn(path, "/");
        snprintf(name, sizeof(name), "%.*s", (int)length, path);
        int next =
            openat(at >= 0 ? at : folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0)
            return -1;
        close_fd(&at);
        at = next;
        path += length + 1;
    }
    return openat(at >= 0 ? at : folder, path,
                  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* The same with all that is wrong in words. Stores the size. */
static int open_file(const struct layout *layout, const char *path, int *fd, uint64_t *size,
                     struct sbx_error *error)
{
    struct stat status;
    autofd file = open_below(layout->fd, path);
    if (file < 0) {
        int number = errno;
        err_set(error, SBX_E_HOST, number, IMAGE_STAGE, "can't open '%s' of the image layout '%s'",
                path, layout->path);
        if (number == ELOOP || number == ENOTDIR)
            err_hint(error, "links in a layout are not followed: cp -rL copies it without them");
        if (number == ENOENT)
            err_hint(error, "is the copy complete? skopeo copy SOURCE oci:DIR:TAG");
        return -1;
    }
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        return err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "'%s' of the image layout is no file",
                       path);
    *size = (uint64_t)status.st_size;
    *fd = take_fd(&file);
    return 0;
}

int layout_blob(const struct layout *layout, const struct descriptor *descriptor, int *fd,
                struct sbx_error *error)
{
    char path[DIGEST_HEX + 16];
    uint64_t size = 0;
    autofd blob = -1;
    snprintf(path, sizeof(path), "blobs/%s/%s", digest_algorithm_name(descriptor->digest.algorithm),
             descriptor->digest.hex);
    if (open_file(layout, path, &blob, &size, error) != 0)
        return -1;
    if (size != descriptor->size)
        return err_set(error, SBX_E_HOST, 0, IMAGE_STAGE,
                       "the blob %s has %llu bytes, not the %llu that the image says",
                       digest_text(&descriptor->digest).text, (unsigned long long)size,
                       (unsigned long long)descriptor->size);
    *fd = take_fd(&blob);
    return 0;
}

/* Reads a file of `size` bytes, which is no more than fits, into the arena. */
static char *read_all(int fd, size_t size, struct arena *arena, struct sbx_error *error)
{
    size_t used = 0;
    char *text = arena_alloc(arena, size + 1);
    if (!text) {
        err_memory(error, IMAGE_STAGE);
        return NULL;
    }
    while (used < size) {
        ssize_t got = read(fd, text + used, size - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            err_set(error, SBX_E_HOST, got < 0 ? errno : 0, IMAGE_STAGE,
                    "the image layout can't be read, or changes meanwhile");
            return NULL;
        }
        used += (size_t)got;
    }
    return text;
}

/* A small file that no digest speaks of. */
static char *read_plain(const struct layout *layout, const char *path, size_t *length,
                        struct arena *arena, struct sbx_error *error)
{
    autofd fd = -1;
    uint64_t size = 0;
    if (open_file(layout, path, &fd, &size, error) != 0)
        return NULL;
    if (size > DOCUMENT_BYTES) {
        err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "'%s' of the image layout is larger than 4 MiB",
                path);
        return NULL;
    }
    *length = (size_t)size;
    return read_all(fd, *length, arena, error);
}

/* A small blob, size and digest checked. */
static char *read_blob(const struct layout *layout, const struct descriptor *descriptor,
                       struct arena *arena, struct sbx_error *error)
{
    struct hasher hasher;
    struct digest digest;
    autofd fd = -1;
    if (descriptor->size > DOCUMENT_BYTES) {
        err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "the blob %s is larger than 4 MiB",
                digest_text(&descriptor->digest).text);
        return NULL;
    }
    if (layout_blob(layout, descriptor, &fd, error) != 0)
        return NULL;
    char *text = read_all(fd, (size_t)descriptor->size, arena, error);
    if (!text)
        return NULL;
    hasher_start(&hasher, descriptor->digest.algorithm);
    hasher_add(&hasher, text, (size_t)descriptor->size);
    hasher_finish(&hasher, &digest);
    if (digest_equal(&digest, &descriptor->digest))
        return text;
    err_set(error, SBX_E_HOST, 0, IMAGE_STAGE, "the blob %s is damaged: its digest is %s",
            digest_text(&descriptor->digest).text, digest_text(&digest).text);
    err_hint(error, "copy the image again");
    return NULL;
}

/* index.json, and the indexes inside of it, down to a manifest. */
static int find_manifest(const struct layout *layout, const struct reference *reference,
                         struct arena *arena, struct descriptor *found, struct sbx_error *error)
{
    struct wanted wanted = {.tag = reference->tag,
                            .digest = reference->has_digest ? &reference->digest : NULL,
                            .architecture = document_architecture};
    size_t length;
    const char *text = read_plain(layout, "index.json", &length, arena, error);
    for (int i = 0; text && i < NESTED_INDEXES; i++) {
        if (document_index(text, length, &wanted, found, error) != 0)
            return -1;
        if (found->media == MEDIA_MANIFEST)
            return 0;
        text = read_blob(layout, found, arena, error);
        length = (size_t)found->size;
        wanted = (struct wanted){.architecture = document_architecture, .nested = true};
    }
    return !text ? -1
                 : err_set(error, SBX_E_HOST, 0, IMAGE_STAGE,
                           "the image layout has too many indexes in each other");
}

static int check_image(const struct image *image, struct sbx_error *error)
{
    const struct config *config = &image->config;
    if (config->count != image->manifest.count)
        return err_set(error, SBX_E_HOST, 0, IMAGE_STAGE,
                       "the image has %zu layers, and its config speaks of %zu",
                       image->manifest.count, config->count);
    if ((*config->os && strcmp(config->os, "linux") != 0) ||
        (*config->architecture && strcmp(config->architecture, document_architecture) != 0)) {
        err_set(error, SBX_E_HOST, 0, IMAGE_STAGE,
                "the image is made for %s/%s, and this machine is linux/%s", config->os,
                config->architecture, document_architecture);
        return err_hint(error, "copy it for this machine: skopeo copy --override-arch %s ...",
                        document_architecture);
    }
    return 0;
}

int layout_resolve(const struct layout *layout, const struct reference *reference,
                   struct arena *arena, struct image *image, struct sbx_error *error)
{
    struct descriptor descriptor;
    struct image read;
    size_t length;
    const char *text = read_plain(layout, "oci-layout", &length, arena, error);
    if (!text || document_layout(text, length, error) != 0 ||
        find_manifest(layout, reference, arena, &descriptor, error) != 0)
        return -1;
    read.digest = descriptor.digest;
    text = read_blob(layout, &descriptor, arena, error);
    if (!text ||
        document_manifest(text, (size_t)descriptor.size, arena, &read.manifest, error) != 0)
        return -1;
    text = read_blob(layout, &read.manifest.config, arena, error);
    if (!text ||
        document_config(text, (size_t)read.manifest.config.size, arena, &read.config, error) != 0 ||
        check_image(&read, error) != 0)
        return -1;
    *image = read;
    return 0;
}
