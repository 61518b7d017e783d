/* SPDX-License-Identifier: MIT
 *
 * test_image_names.c - names of a layer's entries, digests, and names of images: pure code.
 */
#include "image/names.h"
#include "image/reference.h"
#include "support/test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void names(void **state)
{
    static const struct {
        const char *text;
        enum name_kind kind;
        const char *parent, *last;
    } good[] = {
        {"a", NAME_ENTRY, "", "a"},
        {"a/", NAME_ENTRY, "", "a"},
        {"./a", NAME_ENTRY, "", "a"},
        {"/a", NAME_ENTRY, "", "a"},
        {"//a///b//", NAME_ENTRY, "a", "b"},
        {"a/./b/.", NAME_ENTRY, "a", "b"},
        {"a/b/c/d", NAME_ENTRY, "a/b/c", "d"},
        {".", NAME_ENTRY, "", ""},
        {"./", NAME_ENTRY, "", ""},
        {"/", NAME_ENTRY, "", ""},
        {"...", NAME_ENTRY, "", "..."},
        {"a/..b", NAME_ENTRY, "a", "..b"},
        {"\xff\n\x1b", NAME_ENTRY, "", "\xff\n\x1b"},
        {".wh", NAME_ENTRY, "", ".wh"},
        {"x.wh.y", NAME_ENTRY, "", "x.wh.y"},
        {".wh.a", NAME_WHITEOUT, "", "a"},
        {"d/.wh.a", NAME_WHITEOUT, "d", "a"},
        {"d/.wh....", NAME_WHITEOUT, "d", "..."},
        {"d/.wh..x", NAME_WHITEOUT, "d", ".x"},
        {".wh..wh", NAME_WHITEOUT, "", ".wh"},
        {"d/.wh..wh..opq", NAME_OPAQUE, "d", ".wh..wh..opq"},
        {".wh..wh..opq", NAME_OPAQUE, "", ".wh..wh..opq"},
        {".wh..wh.plnk", NAME_RESERVED, "", ".wh..wh.plnk"},
        {".wh..wh..opqx", NAME_RESERVED, "", ".wh..wh..opqx"},
    };
    struct name name;
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        const char *why = name_read(good[i].text, &name);
        if (why)
            fail_msg("'%s': %s", good[i].text, why);
        assert_int_equal(name.kind, good[i].kind);
        assert_string_equal(name.parent, good[i].parent);
        assert_string_equal(name.last, good[i].last);
    }
}

static void names_that_are_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } bad[] = {
        {"", "without a name"},
        {"..", "'..'"},
        {"a/..", "'..'"},
        {"../a", "'..'"},
        {"/../a", "'..'"},
        {"a/../b", "'..'"},
        {"a/b/../../..", "'..'"},
        {".wh.", "hides no name"},
        {".wh..", "hides no name"},
        {".wh...", "hides no name"},
        {"d/.wh./", "hides no name"},
        {".wh.a/b", "below a whiteout"},
        {".wh..wh..opq/b", "below a whiteout"},
    };
    struct name name;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *why = name_read(bad[i].text, &name);
        if (!why || !strstr(why, bad[i].why))
            fail_msg("'%s': %s", bad[i].text, why ? why : "accepted");
    }
}

/* `count` times "PIECE", with '/' between. */
static char *repeat(const char *piece, size_t count)
{
    char *text = calloc(count, strlen(piece) + 1), *end = text;
    assert_non_null(text);
    for (size_t i = 0; i < count; i++) {
        memcpy(end, piece, strlen(piece));
        end += strlen(piece);
        *end++ = i + 1 < count ? '/' : '\0';
    }
    return text;
}

static void limits_of_names(void **state)
{
    struct name name;
    char longest[NAME_MAX + 2];
    (void)state;
    char *text = repeat("a", NAME_DEPTH);
    assert_null(name_read(text, &name));
    assert_int_equal(strlen(name.parent), 2 * NAME_DEPTH - 3);
    free(text);
    text = repeat("a", NAME_DEPTH + 1);
    assert_non_null(strstr(name_read(text, &name), "too many directories"));
    free(text);
    memset(longest, 'x', sizeof(longest));
    longest[NAME_MAX] = '\0';
    assert_null(name_read(longest, &name));
    assert_string_equal(name.last, longest);
    longest[NAME_MAX] = 'x';
    longest[NAME_MAX + 1] = '\0';
    assert_non_null(strstr(name_read(longest, &name), "too long"));
    longest[NAME_MAX] = '\0';
    text = repeat(longest, 16); /* 16 * 256 - 1: PATH_MAX with its NUL */
    assert_null(name_read(text, &name));
    assert_int_equal(strlen(name.parent), 15 * 256 - 1);
    free(text);
    text = repeat(longest, 17);
    assert_non_null(strstr(name_read(text, &name), "too long"));
    free(text);
}

static void digests(void **state)
{
    static const char empty[] =
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    static const char abc512[] =
        "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
    struct digest digest, read;
    struct hasher hasher;
    (void)state;
    hasher_start(&hasher, DIGEST_SHA256);
    hasher_finish(&hasher, &digest);
    assert_string_equal(digest_text(&digest).text, empty);
    assert_true(digest_parse(empty, &read));
    assert_true(digest_equal(&digest, &read));
    hasher_start(&hasher, DIGEST_SHA512);
    hasher_add(&hasher, "a", 1);
    hasher_add(&hasher, "bc", 2);
    hasher_finish(&hasher, &digest);
    assert_string_equal(digest_text(&digest).text, abc512);
    assert_true(digest_parse(abc512, &read));
    assert_true(digest_equal(&digest, &read));

    static const char *const bad[] = {
        "",
        "sha256:",
        "sha256",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
        "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
        "sha256:../../../../../../../../../../../../../../../../etc/passwd000000",
        "sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "md5:d41d8cd98f00b204e9800998ecf8427e",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(digest_parse(bad[i], &read));
    assert_true(digest_equal(&digest, &read)); /* untouched */
}

/* ---- names of images ------------------------------------------------------------------------ */

static bool is_layout(const char *path)
{
    return strcmp(path, "d") == 0 || strcmp(path, "/x/a:b") == 0 || strcmp(path, "dir") == 0;
}

static void references(void **state)
{
    static const char hex[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    static const struct {
        const char *text, *directory, *tag;
    } good[] = {
        {"d", "d", NULL},
        {"oci:d", "d", NULL},
        {"oci:d:3.18", "d", "3.18"},
        {"d:docker.io/library/alpine:3", "d", "docker.io/library/alpine:3"},
        {"/x/a:b", "/x/a:b", NULL},
        {"oci:/x/a:b:t", "/x/a:b", "t"},
        {"nothing/here:t:u", "nothing/here", "t:u"},
        {"nothing", "nothing", NULL},
        {"dir:t", "dir", "t"},
    };
    struct arena arena = {NULL};
    struct reference reference;
    struct sbx_error error;
    char text[256];
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(reference_parse(good[i].text, is_layout, &arena, &reference, &error), 0);
        assert_string_equal(reference.directory, good[i].directory);
        assert_string_equal(reference.tag ? reference.tag : "-", good[i].tag ? good[i].tag : "-");
        assert_false(reference.has_digest);
    }
    snprintf(text, sizeof(text), "oci:d@sha256:%s", hex);
    assert_int_equal(reference_parse(text, is_layout, &arena, &reference, &error), 0);
    assert_true(reference.has_digest);
    assert_string_equal(reference.digest.hex, hex);
    assert_string_equal(reference.directory, "d");

    static const char *const bad[] = {
        "", "oci:", ":t", "d:", "docker://alpine", "docker-archive:x", "oci-archive:x.tar:t"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(reference_parse(bad[i], is_layout, &arena, &reference, &error), -1);
        assert_int_equal(error.code, SBX_E_USAGE);
        assert_true(error.text[0] && error.hint[0]);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),           cmocka_unit_test(names_that_are_refused),
        cmocka_unit_test(limits_of_names), cmocka_unit_test(digests),
        cmocka_unit_test(references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
