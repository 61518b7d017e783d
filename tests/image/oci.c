/* SPDX-License-Identifier: MIT
 *
 * oci.c - tar headers, blobs and the three JSON texts.
 */
#include "image/oci.h"
#include "support/test.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- tar ------------------------------------------------------------------------------------ */

struct header { /* POSIX ustar */
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100], magic[6],
        version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};

void tar_raw(struct tar *tar, const void *bytes, size_t length)
{
    tar->bytes = realloc(tar->bytes, tar->length + length + 1);
    assert_non_null(tar->bytes);
    if (bytes)
        memcpy(tar->bytes + tar->length, bytes, length);
    else
        memset(tar->bytes + tar->length, 0, length);
    tar->length += length;
}

static void tar_padded(struct tar *tar, const char *bytes, size_t length)
{
    tar_raw(tar, bytes, length);
    tar_raw(tar, NULL, (TAR_BLOCK - length % TAR_BLOCK) % TAR_BLOCK);
}

/* Fills a field: the name and link fields need no NUL where they are full. */
static void fill(char *field, size_t size, const char *text)
{
    size_t length = strlen(text);
    memcpy(field, text, length < size ? length : size);
}

static void add_pax(struct tar *tar, const char *record)
{
    char text[8192];
    size_t length = strlen(record) + 3; /* its number, a blank, a newline */
    int used = 0;
    for (int i = 0; i < 3; i++) {
        used = snprintf(text, sizeof(text), "%zu %s\n", length, record);
        length = (size_t)used;
    }
    TAR(tar, "pax", .type = 'x', .data = text);
}

/* Octal; or, where it does not fit, the binary form of GNU tar. */
static void number(char field[12], long long value)
{
    if (value >= 0 && value <= 077777777777) {
        snprintf(field, 12, "%011llo", (unsigned long long)value);
        return;
    }
    for (int i = 11; i > 0; i--, value >>= 8)
        field[i] = (char)(value & 0xff);
    field[0] = value < 0 ? (char)0xff : (char)0x80;
}

void tar_add(struct tar *tar, const struct member *m)
{
    struct header header;
    unsigned sum = 0;
    const char *data = m->data ? m->data : "";
    unsigned mode = m->mode == NO_MODE ? 0 : m->mode ? m->mode : m->type == '5' ? 0755 : 0644;
    if (m->pax)
        add_pax(tar, m->pax);
    memset(&header, 0, sizeof(header));
    fill(header.name, sizeof(header.name), m->name);
    fill(header.link, sizeof(header.link), m->link ? m->link : "");
    snprintf(header.mode, sizeof(header.mode), "%07o", mode);
    snprintf(header.uid, sizeof(header.uid), "%07o", 0U);
    snprintf(header.gid, sizeof(header.gid), "%07o", 0U);
    number(header.size, (long long)(m->size ? m->size : strlen(data)));
    number(header.mtime, m->time ? m->time : 1000000000);
    snprintf(header.major, sizeof(header.major), "%07o", m->major);
    snprintf(header.minor, sizeof(header.minor), "%07o", m->minor);
    header.type = m->type ? m->type : '0';
    memcpy(header.magic, "ustar", 6);
    memcpy(header.version, "00", 2);
    memset(header.sum, ' ', sizeof(header.sum));
    for (size_t i = 0; i < sizeof(header); i++)
        sum += ((const unsigned char *)&header)[i];
    snprintf(header.sum, sizeof(header.sum), "%06o", sum);
    tar_raw(tar, &header, sizeof(header));
    tar_padded(tar, data, strlen(data));
}

void tar_end(struct tar *tar)
{
    tar_raw(tar, NULL, (size_t)2 * TAR_BLOCK);
}

void tar_free(struct tar *tar)
{
    free(tar->bytes);
    *tar = (struct tar){NULL, 0};
}

/* ---- blobs ---------------------------------------------------------------------------------- */

void oci_file(const struct oci *oci, const char *name, const void *bytes, size_t length)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", oci->path, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

void oci_blob(const struct oci *oci, const void *bytes, size_t length, struct digest *digest)
{
    char name[256];
    struct hasher hasher;
    hasher_start(&hasher, DIGEST_SHA256);
    hasher_add(&hasher, bytes, length);
    hasher_finish(&hasher, digest);
    snprintf(name, sizeof(name), "blobs/sha256/%s", digest->hex);
    oci_file(oci, name, bytes, length);
}

char *oci_pack(const void *bytes, size_t length, enum packing packing, size_t *packed)
{
    size_t room = length + 65536;
    char *out = malloc(room);
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    assert_true(out && archive && entry);
    if (packing == PACK_GZIP)
        assert_int_equal(archive_write_add_filter_gzip(archive), ARCHIVE_OK);
    if (packing == PACK_ZSTD)
        assert_int_equal(archive_write_add_filter_zstd(archive), ARCHIVE_OK);
    archive_write_set_format_raw(archive);
    archive_write_set_bytes_in_last_block(archive, 1);
    assert_int_equal(archive_write_open_memory(archive, out, room, packed), ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFREG);
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    assert_true(archive_write_data(archive, bytes, length) == (la_ssize_t)length);
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_entry_free(entry);
    archive_write_free(archive);
    return out;
}

/* ---- the layout ----------------------------------------------------------------------------- */

static void folder(const struct oci *oci, const char *name)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s%s", oci->path, name);
    assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
}

void oci_start(struct oci *oci, const char *path)
{
    static const char text[] = "{\"imageLayoutVersion\": \"1.0.0\"}";
    memset(oci, 0, sizeof(*oci));
    snprintf(oci->path, sizeof(oci->path), "%s", path);
    folder(oci, "");
    folder(oci, "/blobs");
    folder(oci, "/blobs/sha256");
    oci_file(oci, "oci-layout", text, strlen(text));
}

void oci_add(struct oci *oci, struct tar *tar, enum packing packing)
{
    size_t length = tar->length;
    struct hasher hasher;
    assert_true(oci->count < sizeof(oci->layers) / sizeof(oci->layers[0]));
    hasher_start(&hasher, DIGEST_SHA256);
    hasher_add(&hasher, tar->bytes, tar->length);
    hasher_finish(&hasher, &oci->layers[oci->count].diff_id);
    char *packed =
        packing == PACK_NOT ? tar->bytes : oci_pack(tar->bytes, tar->length, packing, &length);
    oci_blob(oci, packed, length, &oci->layers[oci->count].digest);
    oci->layers[oci->count].size = length;
    oci->layers[oci->count++].packing = packing;
    if (packing != PACK_NOT)
        free(packed);
    tar_free(tar);
}

static void write_config(struct oci *oci)
{
    char text[4096];
    int used = snprintf(text, sizeof(text),
                        "{\"architecture\": \"%s\", \"os\": \"linux\", \"config\": %s, "
                        "\"rootfs\": {\"type\": \"layers\", \"diff_ids\": [",
#ifdef __x86_64__
                        "amd64",
#else
                        "arm64",
#endif
                        oci->run ? oci->run : "{}");
    for (unsigned i = 0; i < oci->count - oci->unspoken; i++)
        used += snprintf(text + used, sizeof(text) - (size_t)used, "%s\"%s\"", i ? ", " : "",
                         digest_text(&oci->layers[i].diff_id).text);
    used += snprintf(text + used, sizeof(text) - (size_t)used, "]}}");
    oci_blob(oci, text, (size_t)used, &oci->config);
    oci->config_size = (uint64_t)used;
}

static void write_manifest(struct oci *oci)
{
    static const char *const media[] = {"tar", "tar+gzip", "tar+zstd"};
    char text[8192];
    int used = snprintf(text, sizeof(text),
                        "{\"schemaVersion\": 2, \"config\": {\"mediaType\": "
                        "\"application/vnd.oci.image.config.v1+json\", \"digest\": \"%s\", "
                        "\"size\": %llu}, \"layers\": [",
                        digest_text(&oci->config).text, (unsigned long long)oci->config_size);
    for (unsigned i = 0; i < oci->count; i++)
        used += snprintf(text + used, sizeof(text) - (size_t)used,
                         "%s{\"mediaType\": \"application/vnd.oci.image.layer.v1.%s\", \"digest\": "
                         "\"%s\", \"size\": %llu}",
                         i ? ", " : "", media[oci->layers[i].packing],
                         digest_text(&oci->layers[i].digest).text,
                         (unsigned long long)oci->layers[i].size);
    used += snprintf(text + used, sizeof(text) - (size_t)used, "]}");
    oci_blob(oci, text, (size_t)used, &oci->manifest);
    oci->manifest_size = (uint64_t)used;
}

void oci_finish(struct oci *oci, const char *tag)
{
    char text[4096], annotation[512] = "";
    write_config(oci);
    write_manifest(oci);
    if (tag)
        snprintf(annotation, sizeof(annotation),
                 ", \"annotations\": {\"org.opencontainers.image.ref.name\": \"%s\"}", tag);
    int used = snprintf(text, sizeof(text),
                        "{\"schemaVersion\": 2, \"manifests\": [{\"mediaType\": "
                        "\"application/vnd.oci.image.manifest.v1+json\", \"digest\": \"%s\", "
                        "\"size\": %llu%s}]}",
                        digest_text(&oci->manifest).text, (unsigned long long)oci->manifest_size,
                        annotation);
    oci_file(oci, "index.json", text, (size_t)used);
}

void oci_simple(struct oci *oci, const char *path, struct tar *tar)
{
    oci_start(oci, path);
    oci_add(oci, tar, PACK_GZIP);
    oci_finish(oci, "t");
}
