/* SPDX-License-Identifier: MIT
 *
 * test_image.c - `sandbox image` and its helper: layers, whiteouts, what people and the launcher
 * are told.
 */
#include "image/drive.h"
#include "support/stage.h"
#include "support/test.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char *named(const char *tag)
{
    static char text[PATH_MAX];
    snprintf(text, sizeof(text), "oci:%s%s", drive_layout(), tag);
    return text;
}

static bool is_opaque(const char *path)
{
    char value = 0;
    return lgetxattr(path, "user.overlay.opaque", &value, 1) == 1 && value == 'y';
}

static bool is_whiteout(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

static void layers_are_unpacked_apart(void **state)
{
    struct oci oci;
    struct result r;
    (void)state;
    drive_image(&oci);
    DRIVE(&r, "unpack", named(":3.18"));
    if (r.status != 0)
        result_print(&r);
    assert_int_equal(r.status, 0);
    assert_string_equal(r.err, "");
    expect_word(&r, r.out, digest_text(&oci.manifest).text);
    expect_word(&r, r.out, "unpacked, 2 entries");
    expect_word(&r, r.out, "    1 whiteout\n");
    expect_word(&r, r.out, "    1 opaque directory\n");
    expect_word(&r, r.out,
                "    Env: A=b\n    Env: ODD=\\x1b[31m\n    WorkingDir: /w\n"
                "    User: me\n    Cmd: /bin/sh -c \"a b\"\n");
    result_free(&r);

    assert_string_equal(drive_content(drive_file(&oci, 0, "etc/motd")), "lower");
    assert_string_equal(drive_content(drive_file(&oci, 1, "etc/motd")), "middle");
    assert_true(is_whiteout(drive_file(&oci, 1, "gone")));
    assert_true(is_opaque(drive_file(&oci, 2, "etc")));
    assert_false(is_opaque(drive_file(&oci, 0, "etc")));
    assert_int_equal(drive_stat(&oci, 2, "hard").st_ino, drive_stat(&oci, 2, "etc/new").st_ino);
    assert_true(S_ISLNK(drive_stat(&oci, 2, "link").st_mode));

    DRIVE(&r, "unpack", named("")); /* the only one needs no tag */
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "in the cache");
    assert_null(strstr(r.out, "unpacked"));
    result_free(&r);
}

static void told_as_json(void **state)
{
    struct oci oci;
    struct result r;
    json_error_t wrong;
    (void)state;
    drive_image(&oci);
    DRIVE(&r, "unpack", "--format", "json", named(":3.18"));
    assert_int_equal(r.status, 0);
    json_t *json = json_loads(r.out, 0, &wrong);
    assert_non_null(json);
    assert_int_equal(json_integer_value(json_object_get(json, "version")), 1);
    assert_string_equal(json_string_value(json_object_get(json, "tag")), "3.18");
    json_t *lower = json_object_get(json, "lower");
    assert_int_equal(json_array_size(lower), 3);
    assert_string_equal(json_string_value(json_array_get(lower, 0)), drive_layer(&oci, 2));
    assert_string_equal(json_string_value(json_array_get(lower, 2)), drive_layer(&oci, 0));
    json_t *top = json_array_get(json_object_get(json, "layers"), 0);
    assert_int_equal(json_integer_value(json_object_get(top, "entries")), 4);
    assert_int_equal(json_integer_value(json_object_get(top, "opaque_directories")), 1);
    json_decref(json);
    result_free(&r);

    DRIVE(&r, "list", "--format=json");
    assert_int_equal(r.status, 0);
    json = json_loads(r.out, 0, &wrong);
    assert_non_null(json);
    assert_int_equal(json_array_size(json_object_get(json, "layers")), 3);
    json_decref(json);
    result_free(&r);
}

/* NUL-terminated folders, the topmost first; the second time without a look at the layers' blobs.
 */
static void launcher_is_told(void **state)
{
    struct oci oci;
    struct result r;
    char path[1024];
    (void)state;
    drive_image(&oci);
    for (int i = 0; i < 2; i++) {
        HELPER(&r, "layers", "--", named(":3.18"));
        assert_int_equal(r.status, 0);
        assert_string_equal(r.err, "");
        const char *at = r.out;
        for (unsigned layer = 3; layer-- > 0; at += strlen(at) + 1)
            assert_string_equal(at, drive_layer(&oci, layer));
        assert_int_equal(at - r.out, r.out_length);
        result_free(&r);
        for (unsigned layer = 0; layer < 3; layer++) {
            snprintf(path, sizeof(path), "%s/blobs/sha256/%s", drive_layout(),
                     oci.layers[layer].digest.hex);
            unlink(path);
        }
    }
    /* One line of what is wrong, and one of what to do. */
    HELPER(&r, "layers", named(":3.17"));
    assert_int_equal(r.status, 125);
    assert_int_equal(r.out_length, 0);
    assert_string_equal(r.err, "the layout has no image '3.17'\nits tags are: 3.18\n");
    result_free(&r);
    HELPER(&r, "layers", named(""), "more");
    assert_int_equal(r.status, 125);
    result_free(&r);
}

/* A layer that is there twice, and one whose root hides all that is below. */
static void stack_of_layers(void **state)
{
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    (void)state;
    oci_start(&oci, drive_layout());
    for (int i = 0; i < 4; i++) {
        static const char *const files[] = {"a", "b", "a", "c"};
        if (i == 3)
            TAR(&tar, ".wh..wh..opq");
        TAR(&tar, files[i]);
        tar_end(&tar);
        oci_add(&oci, &tar, PACK_GZIP);
        if (i == 2) {
            oci_finish(&oci, "twice");
            HELPER(&r, "layers", drive_layout());
            assert_int_equal(r.status, 0);
            assert_int_equal(r.out_length, 2 * strlen(drive_layer(&oci, 0)) + 2);
            assert_string_equal(r.out, drive_layer(&oci, 2));
            assert_string_equal(r.out + strlen(r.out) + 1, drive_layer(&oci, 1));
            result_free(&r);
        }
    }
    oci_finish(&oci, "opaque");
    HELPER(&r, "layers", drive_layout());
    assert_int_equal(r.status, 0);
    assert_int_equal(r.out_length, strlen(drive_layer(&oci, 3)) + 1);
    assert_string_equal(r.out, drive_layer(&oci, 3));
    result_free(&r);
}

/* A whiteout speaks of the layers below: what its own layer has of that name stays, in either
 * order.
 */
static void whiteouts_of_the_same_layer(void **state)
{
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    (void)state;
    TAR(&tar, ".wh.before");
    TAR(&tar, "before", .data = "x");
    TAR(&tar, "after", .data = "y");
    TAR(&tar, ".wh.after");
    TAR(&tar, ".wh.one");
    TAR(&tar, "one", .type = '5');
    TAR(&tar, "one/f", .data = "z");
    TAR(&tar, "two", .type = '5');
    TAR(&tar, ".wh.two");
    TAR(&tar, "three/.wh.f");
    TAR(&tar, "three/.wh.f");
    TAR(&tar, ".wh.four");
    TAR(&tar, "four/five/f", .data = "untold");
    TAR(&tar, "linked/.wh.f", .type = '1', .link = ".wh..wh.aufs");
    TAR(&tar, ".wh..wh.plnk", .type = '5');
    tar_end(&tar);
    oci_simple(&oci, drive_layout(), &tar);
    DRIVE(&r, "unpack", drive_layout());
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "1 mark of AUFS left out");
    result_free(&r);
    assert_string_equal(drive_content(drive_file(&oci, 0, "before")), "x");
    assert_string_equal(drive_content(drive_file(&oci, 0, "after")), "y");
    assert_true(is_opaque(drive_file(&oci, 0, "one")));
    assert_string_equal(drive_content(drive_file(&oci, 0, "one/f")), "z");
    assert_true(is_opaque(drive_file(&oci, 0, "two")));
    assert_true(is_whiteout(drive_file(&oci, 0, "three/f")));
    assert_true(is_opaque(drive_file(&oci, 0, "four")));
    assert_string_equal(drive_content(drive_file(&oci, 0, "four/five/f")), "untold");
    assert_true(is_whiteout(drive_file(&oci, 0, "linked/f")));
    assert_int_equal(access(drive_file(&oci, 0, ".wh.before"), F_OK), -1);
}

static void usage(void **state)
{
    const char *const *const lines[] = {
        LIST("image"),
        LIST("image", "make"),
        LIST("image", "unpack"),
        LIST("image", "unpack", "--max-size", "0", "x"),
        LIST("image", "unpack", "--max-size", "12Q", "x"),
        LIST("image", "unpack", "--max-size", "99999999T", "x"),
        LIST("image", "unpack", "--format", "sarif", "x"),
        LIST("image", "unpack", "docker://alpine"),
        LIST("image", "list", "x"),
        LIST("image", "list", "--all"),
        LIST("image", "remove", "--max-size", "1", "--all"),
        LIST("image", "unpack", "--all", "x"),
        LIST("image", "--nonsense"),
    };
    struct result r;
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        drive(&r, lines[i]);
        assert_int_equal(r.status, 125);
        assert_string_equal(r.out, "");
        expect_word(&r, r.err, "sandbox: ");
        result_free(&r);
    }
    DRIVE(&r, "--help");
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "--max-entries");
    result_free(&r);
    DRIVE(&r, "list");
    result_free(&r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, drive_enter, drive_leave)

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(layers_are_unpacked_apart),
        TEST(told_as_json),
        TEST(launcher_is_told),
        TEST(stack_of_layers),
        TEST(whiteouts_of_the_same_layer),
        TEST(usage),
    };
    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
