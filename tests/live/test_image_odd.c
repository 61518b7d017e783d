/* SPDX-License-Identifier: MIT
 *
 * test_image_odd.c - layers that are harmless and odd: what is left out of them, and what becomes
 * of names, modes and times that few have.
 */
#include "image/drive.h"
#include "support/stage.h"
#include "support/test.h"
#include <stdio.h>
#include <sys/xattr.h>
#include <unistd.h>

/* ---- what is left out ----------------------------------------------------------------------- */

static void devices_are_left_out(void **state)
{
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    (void)state;
    TAR(&tar, "null", .type = '3', .major = 1, .minor = 3);
    TAR(&tar, "disk", .type = '4', .major = 8, .minor = 0);
    TAR(&tar, "forged", .type = '3'); /* a whiteout as overlayfs has it */
    TAR(&tar, "pipe", .type = '6', .mode = 0622);
    drive_unpack(&oci, &tar, &r);
    drive_succeeded(&r);
    expect_word(&r, r.out, "3 device nodes left out");
    result_free(&r);
    assert_int_equal(access(drive_file(&oci, 0, "null"), F_OK), -1);
    assert_int_equal(access(drive_file(&oci, 0, "disk"), F_OK), -1);
    assert_int_equal(access(drive_file(&oci, 0, "forged"), F_OK), -1);
    assert_int_equal(drive_stat(&oci, 0, "pipe").st_mode, S_IFIFO | 0622);
}

static void set_id_bits_are_taken(void **state)
{
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    (void)state;
    TAR(&tar, "su", .mode = 06755, .data = "x");
    TAR(&tar, "group", .type = '5', .mode = 02775);
    TAR(&tar, "tmp", .type = '5', .mode = 01777);
    TAR(&tar, "sticky", .mode = 01644);
    drive_unpack(&oci, &tar, &r);
    drive_succeeded(&r);
    expect_word(&r, r.out, "2 set-user-id or set-group-id bits");
    result_free(&r);
    assert_int_equal(drive_stat(&oci, 0, "su").st_mode, S_IFREG | 0755);
    assert_int_equal(drive_stat(&oci, 0, "group").st_mode, S_IFDIR | 0775);
    assert_int_equal(drive_stat(&oci, 0, "tmp").st_mode, S_IFDIR | 01777);
    assert_int_equal(drive_stat(&oci, 0, "sticky").st_mode, S_IFREG | 0644);
    assert_int_equal(drive_stat(&oci, 0, "su").st_uid, geteuid());
}

/* A layer can't speak to overlayfs but by whiteouts, nor lend capabilities. */
static void attributes_are_left_out(void **state)
{
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    char list[256];
    static const char *const names[] = {
        "SCHILY.xattr.user.overlay.opaque=y",      "SCHILY.xattr.user.overlay.redirect=/etc",
        "SCHILY.xattr.user.overlay.metacopy=",     "SCHILY.xattr.trusted.overlay.opaque=y",
        "SCHILY.xattr.security.capability=\1",     "SCHILY.xattr.user.fuseoverlayfs.opaque=y",
        "LIBARCHIVE.xattr.user.overlay.opaque=eQ", "SCHILY.acl.access=user::rwx,user:0:rwx",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char name[8];
        snprintf(name, sizeof(name), "d%zu", i);
        TAR(&tar, name, .type = '5', .pax = names[i]);
    }
    drive_unpack(&oci, &tar, &r);
    drive_succeeded(&r);
    expect_word(&r, r.out, "entries lost their extended attributes");
    result_free(&r);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char name[8];
        snprintf(name, sizeof(name), "d%zu", i);
        assert_int_equal(listxattr(drive_file(&oci, 0, name), list, sizeof(list)), 0);
    }
}

/* ---- what is odd and allowed ---------------------------------------------------------------- */

static void later_entries_win(void **state)
{
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    char target[64];
    (void)state;
    TAR(&tar, "a", .data = "first");
    TAR(&tar, "a", .data = "second", .mode = 0600);
    TAR(&tar, "b", .type = '5');
    TAR(&tar, "b/c/d", .data = "x");
    TAR(&tar, "b", .data = "file");
    TAR(&tar, "c", .data = "x");
    TAR(&tar, "c", .type = '5');
    TAR(&tar, "c", .type = '2', .link = "a");
    TAR(&tar, "d", .type = '5', .mode = 0700);
    TAR(&tar, "d/kept", .data = "x");
    TAR(&tar, "d", .type = '5', .mode = 0711);
    drive_unpack(&oci, &tar, &r);
    drive_succeeded(&r);
    result_free(&r);
    assert_string_equal(drive_content(drive_file(&oci, 0, "a")), "second");
    assert_int_equal(drive_stat(&oci, 0, "a").st_mode, S_IFREG | 0600);
    assert_string_equal(drive_content(drive_file(&oci, 0, "b")), "file");
    assert_int_equal(readlink(drive_file(&oci, 0, "c"), target, sizeof(target)), 1);
    assert_int_equal(drive_stat(&oci, 0, "d").st_mode, S_IFDIR | 0711);
    assert_string_equal(drive_content(drive_file(&oci, 0, "d/kept")), "x");
}

static void odd_names_and_times(void **state)
{
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    (void)state;
    TAR(&tar, "\xff\n\x1b[31m", .data = "odd");
    TAR(&tar, "missing/parents/f", .data = "x");
    TAR(&tar, "old", .time = -86400);
    TAR(&tar, "ancient", .time = -(1LL << 60));
    TAR(&tar, "future", .time = 1LL << 60);
    TAR(&tar, "exact", .pax = "mtime=1234567890.123456789");
    TAR(&tar, "d", .type = '5', .time = 1111111111);
    TAR(&tar, "d/f", .data = "x");
    TAR(&tar, "l", .type = '2', .link = "/nowhere", .time = 1222222222);
    drive_unpack(&oci, &tar, &r);
    drive_succeeded(&r);
    result_free(&r);
    assert_string_equal(drive_content(drive_file(&oci, 0, "\xff\n\x1b[31m")), "odd");
    assert_int_equal(drive_stat(&oci, 0, "missing/parents").st_mode, S_IFDIR | 0755);
    assert_int_equal(drive_stat(&oci, 0, "old").st_mtim.tv_sec, -86400);
    assert_int_equal(drive_stat(&oci, 0, "exact").st_mtim.tv_sec, 1234567890);
    assert_int_equal(drive_stat(&oci, 0, "exact").st_mtim.tv_nsec, 123456789);
    assert_int_equal(drive_stat(&oci, 0, "d").st_mtim.tv_sec, 1111111111);
    assert_int_equal(drive_stat(&oci, 0, "l").st_mtim.tv_sec, 1222222222);
    drive_stat(&oci, 0, "ancient");
    drive_stat(&oci, 0, "future");
}

/* Folders that not even their owner may enter are filled first, and removed all the same. */
static void closed_folders(void **state)
{
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    (void)state;
    TAR(&tar, "./", .type = '5', .mode = NO_MODE);
    TAR(&tar, "closed", .type = '5', .mode = NO_MODE);
    TAR(&tar, "closed/in", .type = '5', .mode = NO_MODE);
    TAR(&tar, "closed/in/f", .data = "x", .mode = NO_MODE);
    drive_unpack(&oci, &tar, &r);
    drive_succeeded(&r);
    result_free(&r);
    assert_int_equal(drive_stat(&oci, 0, ".").st_mode, S_IFDIR | 0500);
    assert_int_equal(drive_stat(&oci, 0, "closed").st_mode, S_IFDIR);
}

/* The zeros that fill the last block may be missing, and bytes follow the end. */
static void odd_ends(void **state)
{
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    (void)state;
    TAR(&tar, "f", .data = "abc");
    tar.length -= 509;
    oci_simple(&oci, work_path("layout"), &tar);
    DRIVE(&r, "unpack", work_path("layout"));
    drive_succeeded(&r);
    result_free(&r);
    assert_string_equal(drive_content(drive_file(&oci, 0, "f")), "abc");

    TAR(&tar, "g", .data = "abc");
    tar_end(&tar);
    tar_raw(&tar, "garbage", 7);
    oci_simple(&oci, work_path("layout"), &tar);
    DRIVE(&r, "unpack", work_path("layout"));
    drive_succeeded(&r);
    result_free(&r);
    assert_string_equal(drive_content(drive_file(&oci, 0, "g")), "abc");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, drive_enter, drive_leave)

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(devices_are_left_out),
        TEST(set_id_bits_are_taken),
        TEST(attributes_are_left_out),
        TEST(later_entries_win),
        TEST(odd_names_and_times),
        TEST(closed_folders),
        TEST(odd_ends),
    };
    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
