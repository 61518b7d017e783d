/* SPDX-License-Identifier: MIT
 *
 * test_image_layout.c - layouts that are damaged, incomplete, made for other machines, or meant to
 * deceive: each is refused, and says why.
 */
#include "image/drive.h"
#include "support/stage.h"
#include "support/test.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Changes one byte of a blob, or adds one. */
static void spoil(const struct digest *digest, long offset, int whence)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/blobs/sha256/%s", drive_layout(), digest->hex);
    FILE *file = fopen(path, "r+e");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, whence), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, offset, whence), 0);
    fputc(byte == EOF ? 'x' : byte ^ 1, file);
    assert_int_equal(fclose(file), 0);
}

static void damage_is_seen(void **state)
{
    struct oci oci;
    (void)state;
    for (unsigned layer = 0; layer < 3; layer++) {
        for (int end = 0; end < 2; end++) {
            drive_image(&oci);
            spoil(&oci.layers[layer].digest, end ? -1 : 20, end ? SEEK_END : SEEK_SET);
            drive_fails(drive_layout(), "is damaged: its digest is");
            assert_int_equal(access(drive_layer(&oci, layer), F_OK), -1);
        }
    }
    drive_image(&oci);
    spoil(&oci.layers[2].digest, 0, SEEK_END);
    drive_fails(drive_layout(), "bytes, not the");
    drive_image(&oci);
    spoil(&oci.manifest, 30, SEEK_SET);
    drive_fails(drive_layout(), "is damaged: its digest is");
    drive_image(&oci);
    spoil(&oci.config, 30, SEEK_SET);
    drive_fails(drive_layout(), "is damaged: its digest is");
}

/* The config says another thing of a layer than what is in it. */
static void wrong_diff_id(void **state)
{
    struct oci oci;
    (void)state;
    drive_image(&oci);
    oci.layers[1].diff_id.hex[0] ^= 1;
    oci_finish(&oci, "3.18");
    drive_fails(drive_layout(), "is not the sha256:");
    assert_int_equal(access(drive_layer(&oci, 1), F_OK), -1);
}

/* The config speaks of fewer layers than there are. */
static void too_few_diff_ids(void **state)
{
    struct oci oci;
    (void)state;
    drive_image(&oci);
    oci.unspoken = 1;
    oci_finish(&oci, "3.18");
    drive_fails(drive_layout(), "has 3 layers, and its config speaks of 2");
}

static void manifest_by_digest(void **state)
{
    struct oci oci;
    struct result r;
    char name[PATH_MAX];
    (void)state;
    drive_image(&oci);
    snprintf(name, sizeof(name), "%s@%s", drive_layout(), digest_text(&oci.manifest).text);
    DRIVE(&r, "unpack", name);
    assert_int_equal(r.status, 0);
    result_free(&r);
    snprintf(name, sizeof(name), "%s@%s", drive_layout(), digest_text(&oci.config).text);
    drive_fails(name, "the layout has no image 'sha256:");
}

/* ---- layouts -------------------------------------------------------------------------------- */

static void broken_layouts(void **state)
{
    struct oci oci;
    char path[1024], away[1024];
    (void)state;
    drive_fails(drive_layout(), "can't open the image layout");
    drive_image(&oci);
    snprintf(path, sizeof(path), "%s/blobs/sha256/%s", drive_layout(), oci.layers[0].digest.hex);
    snprintf(away, sizeof(away), "%s/away", drive_layout());
    assert_int_equal(rename(path, away), 0);
    drive_fails(drive_layout(), "can't open 'blobs/sha256/");
    assert_int_equal(symlink(away, path), 0);
    drive_fails(drive_layout(), "links in a layout are not followed");
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    drive_fails(drive_layout(), "is no file");
    unlink(path);
    assert_int_equal(rename(away, path), 0);

    oci_file(&oci, "index.json", "{", 1);
    drive_fails(drive_layout(), "the image index, line 1");
    oci_file(&oci, "oci-layout", "{}", 2);
    drive_fails(drive_layout(), "imageLayoutVersion");
    snprintf(path, sizeof(path), "%s/index.json", drive_layout());
    drive_image(&oci);
    assert_int_equal(truncate(path, 5L << 20), 0);
    drive_fails(drive_layout(), "larger than 4 MiB");
}

static void other_machines(void **state)
{
    struct oci oci;
    char text[2048], other[2048];
    struct digest digest;
    (void)state;
    drive_image(&oci);
    snprintf(text, sizeof(text),
             "{\"schemaVersion\": 2, \"manifests\": [{\"mediaType\": "
             "\"application/vnd.oci.image.manifest.v1+json\", \"digest\": \"%s\", \"size\": %llu, "
             "\"platform\": {\"os\": \"linux\", \"architecture\": \"riscv64\"}}]}",
             digest_text(&oci.manifest).text, (unsigned long long)oci.manifest_size);
    oci_blob(&oci, text, strlen(text), &digest);
    snprintf(other, sizeof(other),
             "{\"schemaVersion\": 2, \"manifests\": [{\"mediaType\": "
             "\"application/vnd.oci.image.index.v1+json\", \"digest\": \"%s\", \"size\": %zu}]}",
             digest_text(&digest).text, strlen(text));
    oci_file(&oci, "index.json", other, strlen(other));
    drive_fails(drive_layout(), "there is no image for linux/");
}

/* An index that leads to itself can't be made, for its digest; one of many steps can. */
static void many_indexes(void **state)
{
    struct oci oci;
    char text[1024] = "";
    struct digest digest;
    size_t size;
    (void)state;
    drive_image(&oci);
    digest = oci.manifest;
    size = oci.manifest_size;
    for (int i = 0; i < 8; i++) {
        snprintf(text, sizeof(text),
                 "{\"schemaVersion\": 2, \"manifests\": [{\"mediaType\": "
                 "\"application/vnd.oci.image.%s.v1+json\", \"digest\": \"%s\", \"size\": %zu}]}",
                 i ? "index" : "manifest", digest_text(&digest).text, size);
        size = strlen(text);
        oci_file(&oci, "index.json", text, size);
        struct result r;
        DRIVE(&r, "unpack", drive_layout());
        assert_int_equal(r.status, i < 4 ? 0 : 125);
        result_free(&r);
        oci_blob(&oci, text, size, &digest);
    }
    drive_fails(drive_layout(), "too many indexes");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, drive_enter, drive_leave)

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(damage_is_seen),     TEST(wrong_diff_id),  TEST(too_few_diff_ids),
        TEST(manifest_by_digest), TEST(broken_layouts), TEST(other_machines),
        TEST(many_indexes),
    };
    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
