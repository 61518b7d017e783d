/* SPDX-License-Identifier: MIT
 *
 * test_image_documents.c - index, manifest and config of an image: what is meant, and what is
 * refused with which words. Pure code.
 */
#include "image/document.h"
#include "support/test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

#define MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define INDEX    "application/vnd.oci.image.index.v1+json"
#define CONFIG   "application/vnd.oci.image.config.v1+json"
#define LAYER    "application/vnd.oci.image.layer.v1.tar"

#define OF(media, digest, more)                                                                    \
    "{\"mediaType\": \"" media "\", \"digest\": \"" digest "\", \"size\": 7" more "}"
#define TAG(tag)       ", \"annotations\": {\"org.opencontainers.image.ref.name\": \"" tag "\"}"
#define FOR(os, arch)  ", \"platform\": {\"os\": \"" os "\", \"architecture\": \"" arch "\"}"
#define WRAP(list)     "{\"schemaVersion\": 2, \"manifests\": [" list "]}"
#define IMAGE(d, more) OF(MANIFEST, d, more)

struct indexed {
    const char *text;
    const char *tag;    /* that is asked for */
    const char *digest; /* likewise */
    bool nested;
    const char *answer; /* the digest; or, with a blank in it, a part of the error */
};

static const struct indexed indexes[] = {
    {WRAP(IMAGE(A, "")), NULL, NULL, false, A},
    {WRAP(IMAGE(A, TAG("x"))), NULL, NULL, false, A},
    {WRAP(IMAGE(A, TAG("x")) "," IMAGE(B, TAG("y"))), "y", NULL, false, B},
    {WRAP(IMAGE(A, TAG("x")) "," IMAGE(B, TAG("y"))), NULL, B, false, B},
    {WRAP(IMAGE(A, TAG("x")) "," IMAGE(B, TAG("y"))), NULL, NULL, false, "several images"},
    {WRAP(IMAGE(A, TAG("x")) "," IMAGE(B, TAG("y"))), "z", NULL, false, "no image 'z'"},
    {WRAP(IMAGE(A, TAG("x")) "," IMAGE(B, TAG("y"))), NULL, C, false, "no image '" C "'"},
    {WRAP(IMAGE(A, TAG("x")) "," IMAGE(B, TAG("x"))), "x", NULL, false, "images have that name"},
    {WRAP(IMAGE(A, TAG("x")) "," IMAGE(A, TAG("y"))), NULL, NULL, false, A}, /* two names of one */
    /* platforms */
    {WRAP(IMAGE(A, FOR("linux", "me")) "," IMAGE(B, FOR("linux", "other"))), NULL, NULL, false, A},
    {WRAP(IMAGE(A, FOR("linux", "other")) "," IMAGE(B, FOR("linux", "me"))), NULL, NULL, true, B},
    {WRAP(IMAGE(A, FOR("windows", "me")) "," IMAGE(B, FOR("linux", "me"))), NULL, NULL, true, B},
    {WRAP(IMAGE(A, FOR("linux", "other"))), NULL, NULL, true, "no image for linux/me"},
    {WRAP(IMAGE(A, FOR("linux", "me")) "," IMAGE(B, FOR("linux", "me"))), NULL, NULL, true, A},
    {WRAP(IMAGE(A, FOR("linux", "me")) "," IMAGE(B, FOR("linux", "me"))), NULL, NULL, false,
     "several images"},
    {WRAP(IMAGE(A, ", \"platform\": {\"os\": \"linux\", \"architecture\": \"me\", "
                   "\"variant\": \"v99\"}")),
     NULL, NULL, true, "no image for linux/me"},
    {WRAP(IMAGE(A, FOR("unknown", "unknown")) "," IMAGE(B, "")), NULL, NULL, true, B},
    {WRAP(OF("application/x", A, "") "," OF(INDEX, B, "")), NULL, NULL, false, B},
    /* refused */
    {WRAP(""), NULL, NULL, false, "no image in it"},
    {WRAP(OF("application/x", A, "")), NULL, NULL, false, "no image in it"},
    {"{\"schemaVersion\": 2}", NULL, NULL, false, "no list \"manifests\""},
    {"{\"schemaVersion\": 2, \"manifests\": {}}", NULL, NULL, false, "no list \"manifests\""},
    {"{\"schemaVersion\": 1, \"manifests\": []}", NULL, NULL, false, "schemaVersion is not 2"},
    {"{\"schemaVersion\": \"2\", \"manifests\": []}", NULL, NULL, false, "schemaVersion is not 2"},
    {"{\"schemaVersion\": 2, \"schemaVersion\": 2, \"manifests\": []}", NULL, NULL, false,
     "duplicate object key"},
    {WRAP("3"), NULL, NULL, false, "it is not an object"},
    {WRAP("{\"mediaType\": \"" MANIFEST "\", \"digest\": \"" A "\"}"), NULL, NULL, false,
     "size is not a number"},
    {WRAP("{\"mediaType\": \"" MANIFEST "\", \"digest\": \"" A "\", \"size\": -1}"), NULL, NULL,
     false, "size is not a number"},
    {WRAP("{\"mediaType\": \"" MANIFEST "\", \"digest\": \"" A "\", \"size\": 1e3}"), NULL, NULL,
     false, "size is not a number"},
    {WRAP("{\"mediaType\": \"" MANIFEST "\", \"digest\": \"" A
          "\", \"size\": 99999999999999999999}"),
     NULL, NULL, false, "too big integer"},
    {WRAP("{\"mediaType\": \"" MANIFEST "\", \"digest\": \"sha256:../../x\", \"size\": 1}"), NULL,
     NULL, false, "digest is not sha256"},
    {WRAP("{\"mediaType\": 5, \"digest\": \"" A "\", \"size\": 1}"), NULL, NULL, false,
     "no mediaType"},
    {"", NULL, NULL, false, "the image index, line"},
    {"[]", NULL, NULL, false, "it is not an object"},
    {"{", NULL, NULL, false, "the image index, line"},
    {WRAP("") "x", NULL, NULL, false, "end of file expected"},
    {"{\"a\": \"\xff\"}", NULL, NULL, false, "the image index, line"},
    {"{\"a\": \"\\u0000\"}", NULL, NULL, false, "\\u0000 is not"},
};

static void finds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(indexes) / sizeof(indexes[0]); i++) {
        const struct indexed *row = &indexes[i];
        struct sbx_error error = {.code = SBX_OK};
        struct descriptor found;
        struct digest digest;
        struct wanted wanted = {.tag = row->tag, .architecture = "me", .nested = row->nested};
        if (row->digest) {
            assert_true(digest_parse(row->digest, &digest));
            wanted.digest = &digest;
        }
        int result = document_index(row->text, strlen(row->text), &wanted, &found, &error);
        const char *answer = result == 0 ? digest_text(&found.digest).text : error.text;
        if ((result != 0) != (strchr(row->answer, ' ') != NULL) || !strstr(answer, row->answer))
            fail_msg("%s: '%s', and not '%s'", row->text, answer, row->answer);
    }
}

static void tags_are_told(void **state)
{
    static const char text[] = WRAP(IMAGE(A, TAG("one")) "," IMAGE(B, TAG("two")));
    const struct wanted wanted = {.tag = "tow", .architecture = "me"};
    struct descriptor found;
    struct sbx_error error;
    (void)state;
    assert_int_equal(document_index(text, strlen(text), &wanted, &found, &error), -1);
    assert_string_equal(error.hint, "its tags are: one, two");
}

/* As deep as it likes: refused, and no overflow of the stack. */
static void deep(void **state)
{
    enum { DEPTH = 1000000 };
    const struct wanted wanted = {.architecture = "me"};
    struct descriptor found;
    struct sbx_error error;
    char *text = malloc(DEPTH);
    (void)state;
    assert_non_null(text);
    memset(text, '[', DEPTH);
    assert_int_equal(document_index(text, DEPTH, &wanted, &found, &error), -1);
    free(text);
    text = malloc(DOCUMENT_BYTES + 1);
    assert_non_null(text);
    memset(text, ' ', DOCUMENT_BYTES + 1);
    assert_int_equal(document_index(text, DOCUMENT_BYTES + 1, &wanted, &found, &error), -1);
    assert_non_null(strstr(error.text, "longer than 4 MiB"));
    free(text);
}

/* ---- the manifest --------------------------------------------------------------------------- */

#define WHOLE(config, layers)                                                                      \
    "{\"schemaVersion\": 2, \"config\": " config ", \"layers\": [" layers "]}"

static void manifests(void **state)
{
    static const char good[] =
        WHOLE(OF(CONFIG, A, ""), OF(LAYER, B, "") "," OF(LAYER "+gzip", C, "") "," OF(
                                     LAYER "+zstd", C, ", \"urls\": [\"file:///etc/passwd\"]"));
    static const struct {
        const char *text, *why;
    } bad[] = {
        {WHOLE(OF(CONFIG, A, ""), ""), "it has no layers"},
        {WHOLE(OF("application/x", A, ""), OF(LAYER, B, "")), "not that of an image to run"},
        {WHOLE(OF(CONFIG, A, ""), OF(LAYER "+xz", B, "")), "media type '" LAYER "+xz'"},
        {WHOLE("null", OF(LAYER, B, "")), "the config in the image's manifest"},
        {"{\"schemaVersion\": 2}", "the config in the image's manifest"},
        {"{}", "schemaVersion is not 2"},
    };
    struct arena arena = {NULL};
    struct manifest manifest;
    struct sbx_error error;
    (void)state;
    assert_int_equal(document_manifest(good, strlen(good), &arena, &manifest, &error), 0);
    assert_int_equal(manifest.count, 3);
    assert_int_equal(manifest.layers[0].media, MEDIA_TAR);
    assert_int_equal(manifest.layers[1].media, MEDIA_GZIP);
    assert_int_equal(manifest.layers[2].media, MEDIA_ZSTD);
    assert_int_equal(manifest.config.size, 7);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(
            document_manifest(bad[i].text, strlen(bad[i].text), &arena, &manifest, &error), -1);
        if (!strstr(error.text, bad[i].why))
            fail_msg("'%s', and not '%s'", error.text, bad[i].why);
    }
    assert_int_equal(manifest.count, 3); /* untouched */
    arena_free(&arena);
}

static void too_many_layers(void **state)
{
    struct arena arena = {NULL};
    struct manifest manifest;
    struct sbx_error error;
    size_t size = 0;
    char *text = NULL;
    FILE *stream = open_memstream(&text, &size);
    (void)state;
    assert_non_null(stream);
    fputs("{\"schemaVersion\": 2, \"config\": " OF(CONFIG, A, "") ", \"layers\": [", stream);
    for (int i = 0; i <= DOCUMENT_LAYERS; i++)
        fprintf(stream, "%s%s", i ? "," : "", OF(LAYER, B, ""));
    fputs("]}", stream);
    assert_int_equal(fclose(stream), 0);
    assert_int_equal(document_manifest(text, size, &arena, &manifest, &error), -1);
    assert_non_null(strstr(error.text, "more than 500 layers"));
    free(text);
    arena_free(&arena);
}

/* ---- the config ----------------------------------------------------------------------------- */

#define ROOTFS "\"rootfs\": {\"type\": \"layers\", \"diff_ids\": [\"" A "\", \"" B "\"]}"

static void configs(void **state)
{
    static const char good[] =
        "{\"os\": \"linux\", \"architecture\": \"me\", \"config\": {\"Env\": [\"A=b c\"], \"Cmd\": "
        "[\"/bin/sh\", \"-c\"], \"Entrypoint\": null, \"User\": \"1:2\"}, " ROOTFS "}";
    static const struct {
        const char *text, *why;
    } bad[] = {
        {"{}", "no rootfs.diff_ids"},
        {"{\"rootfs\": {\"type\": \"layers\", \"diff_ids\": [\"sha256:x\"]}}", "a diff_id is not"},
        {"{\"rootfs\": {\"type\": \"layers\", \"diff_ids\": [5]}}", "a diff_id is not"},
        {"{\"rootfs\": {\"type\": \"other\", \"diff_ids\": []}}", "no rootfs.diff_ids"},
        {"{\"config\": {\"Env\": \"A=b\"}, " ROOTFS "}", "'Env' is not a list"},
        {"{\"config\": {\"Env\": [1]}, " ROOTFS "}", "'Env' holds what is not a text"},
        {"{\"config\": {\"User\": 1}, " ROOTFS "}", "'User' is not a text"},
        {"{\"config\": [], " ROOTFS "}", "its config is not an object"},
        {"{\"os\": 5, " ROOTFS "}", "'os' is not a text"},
    };
    struct arena arena = {NULL};
    struct config config;
    struct sbx_error error;
    (void)state;
    assert_int_equal(document_config(good, strlen(good), &arena, &config, &error), 0);
    assert_int_equal(config.count, 2);
    assert_string_equal(digest_text(&config.diff_ids[1]).text, B);
    assert_int_equal(config.env.count, 1);
    assert_string_equal(config.env.at[0], "A=b c");
    assert_int_equal(config.command.count, 2);
    assert_int_equal(config.entrypoint.count, 0);
    assert_string_equal(config.user, "1:2");
    assert_string_equal(config.working_directory, "");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(document_config(bad[i].text, strlen(bad[i].text), &arena, &config, &error),
                         -1);
        if (!strstr(error.text, bad[i].why))
            fail_msg("'%s', and not '%s'", error.text, bad[i].why);
    }
    arena_free(&arena);
}

static void layouts(void **state)
{
    struct sbx_error error;
    static const char good[] = "{\"imageLayoutVersion\": \"1.0.0\"}";
    static const char later[] = "{\"imageLayoutVersion\": \"2.0.0\"}";
    (void)state;
    assert_int_equal(document_layout(good, strlen(good), &error), 0);
    assert_int_equal(document_layout(later, strlen(later), &error), -1);
    assert_int_equal(document_layout("{}", 2, &error), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),
        cmocka_unit_test(tags_are_told),
        cmocka_unit_test(deep),
        cmocka_unit_test(manifests),
        cmocka_unit_test(configs),
        cmocka_unit_test(layouts),
        cmocka_unit_test(too_many_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
