/* SPDX-License-Identifier: MIT
 *
 * oci.h - makes image layouts for tests, byte by byte: also such as no tool would make. Failures
 * end the test through cmocka.
 *
 *     struct tar tar = {0};
 *     TAR(&tar, "etc/motd", .data = "hello");
 *     tar_end(&tar);
 *     struct oci oci;
 *     oci_start(&oci, work_path("layout"));
 *     oci_add(&oci, &tar, PACK_GZIP);
 *     oci_finish(&oci, "latest");
 */
#ifndef TESTS_IMAGE_OCI_H
#define TESTS_IMAGE_OCI_H

#include "image/digest.h"
#include <stdint.h>

struct tar {
    char *bytes;
    size_t length;
};

/* An entry. What is left out is as for an empty file of mode 0644. */
struct member {
    const char *name;
    char
        type; /* '0' file, '1' hard link, '2' symbolic link, '3' '4' device, '5' folder, '6' pipe */
    const char *link, *data;
    unsigned mode;         /* 0: 0755 for a folder, else 0644; NO_MODE: really 0 */
    long long time;        /* 0: 1000000000 */
    uint64_t size;         /* what the header says, where it is not the length of the data */
    const char *pax;       /* "KEY=VALUE", one, of a PAX header in front */
    unsigned major, minor; /* of a device */
};

enum { NO_MODE = 1U << 31, TAR_BLOCK = 512 };

void tar_add(struct tar *tar, const struct member *member);
#define TAR(tar, ...) tar_add((tar), &(struct member){.name = __VA_ARGS__})

/* Any bytes. */
void tar_raw(struct tar *tar, const void *bytes, size_t length);

/* The two blocks of zeros. */
void tar_end(struct tar *tar);
void tar_free(struct tar *tar);

enum packing { PACK_NOT, PACK_GZIP, PACK_ZSTD };

struct oci {
    char path[512];
    unsigned count;
    struct {
        struct digest diff_id, digest;
        uint64_t size;
        enum packing packing;
    } layers[8];
    struct digest config, manifest;
    uint64_t config_size, manifest_size;
    const char *run;   /* JSON: the "config" of the config */
    unsigned unspoken; /* so many of the topmost layers are not in the config */
};

/* Makes the folder with oci-layout and an empty blobs/. */
void oci_start(struct oci *oci, const char *path);

/* Packs an archive as a further layer, topmost so far, and frees it. */
void oci_add(struct oci *oci, struct tar *tar, enum packing packing);

/* Writes config, manifest and index. A NULL tag: none. */
void oci_finish(struct oci *oci, const char *tag);

/* Writes a blob under its digest. */
void oci_blob(const struct oci *oci, const void *bytes, size_t length, struct digest *digest);

/* Writes a file of the layout, whose folder exists. */
void oci_file(const struct oci *oci, const char *name, const void *bytes, size_t length);

/* One layer, gzip, tag "t": the layout of most tests. Frees the archive. */
void oci_simple(struct oci *oci, const char *path, struct tar *tar);

/* What gzip or zstd make of some bytes; the caller frees it. */
char *oci_pack(const void *bytes, size_t length, enum packing packing, size_t *packed);

#endif
