/* SPDX-License-Identifier: MIT
 *
 * test_image_cache.c - the cache of layers: whose it must be, its locks, what killed runs leave;
 * and the walls around the helper that fills it.
 */
#include "base/fd.h"
#include "image/drive.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static void cache_of_others(void **state)
{
    struct oci oci;
    (void)state;
    char own[PATH_MAX];
    drive_image(&oci);
    snprintf(own, sizeof(own), "%s", work_path("cache/sandbox"));
    assert_int_equal(chmod(drive_cache(), 0777), 0);
    drive_fails(drive_layout(), "others may write to");
    assert_int_equal(chmod(drive_cache(), 01777), 0);
    assert_int_equal(symlink("/tmp", own), 0);
    drive_fails(drive_layout(), "can't open the directory");
    assert_int_equal(unlink(own), 0);
    assert_int_equal(mkdir(own, 0755), 0);
    assert_int_equal(mkdir(work_path("cache/sandbox/layers"), 0755), 0);
    drive_fails(drive_layout(), "others may look into");
    assert_int_equal(chmod(work_path("cache/sandbox/layers"), 0700), 0);
    assert_int_equal(chmod(own, 0775), 0);
    drive_fails(drive_layout(), "others may write to");
    assert_int_equal(chmod(own, 0755), 0);
    if (stage()->as_root) {
        assert_int_equal(chown(own, STAGE_UID, STAGE_UID), 0);
        drive_fails(drive_layout(), "belongs to another user");
        assert_int_equal(chown(own, 0, 0), 0);
        assert_int_equal(chown(drive_cache(), STAGE_UID, STAGE_UID), 0);
        drive_fails(drive_layout(), "belongs to another user");
        assert_int_equal(chown(drive_cache(), 0, 0), 0);
    }
}

static void no_place_for_a_cache(void **state)
{
    struct oci oci;
    struct result r;
    (void)state;
    drive_image(&oci);
    RUN(&r, .profile = "", .no_report = true, .options = LIST("image", "unpack", drive_layout()),
        .env = LIST("PATH=/bin", "XDG_CACHE_HOME=relative"));
    assert_int_equal(r.status, 125);
    expect_word(&r, r.err, "there is no place for the cache");
    result_free(&r);
    DRIVE(&r, "list");
    result_free(&r);
}

/* What a killed run leaves is nobody's, and gone after the next one. */
static void rubbish_is_removed(void **state)
{
    struct oci oci;
    struct result r;
    (void)state;
    drive_image(&oci);
    DRIVE(&r, "list");
    result_free(&r);
    assert_int_equal(mkdir(work_path("cache/sandbox/layers/sha256/.new"), 0700), 0);
    assert_int_equal(mkdir(work_path("cache/sandbox/layers/sha256/.new/closed"), 0700), 0);
    assert_int_equal(mkdir(work_path("cache/sandbox/layers/sha256/.new/closed/in"), 0700), 0);
    assert_int_equal(chmod(work_path("cache/sandbox/layers/sha256/.new/closed"), 0), 0);
    DRIVE(&r, "unpack", drive_layout());
    assert_int_equal(r.status, 0);
    result_free(&r);
    assert_int_equal(access(work_path("cache/sandbox/layers/sha256/.new"), F_OK), -1);
}

/* Killed at any moment: the layer is whole or not there, and the next run makes it whole. */
static void killed_runs(void **state)
{
    enum { FILES = 1000, RUNS = 16 };
    const struct run_spec spec = {.profile = "",
                                  .no_report = true,
                                  .options = LIST("image", "unpack", drive_layout()),
                                  .env = drive_environment()};
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    unsigned whole = 0;
    (void)state;
    for (int i = 0; i < FILES; i++) {
        char name[16];
        snprintf(name, sizeof(name), "f%d", i);
        TAR(&tar, name, .data = "x");
    }
    TAR(&tar, "last", .data = "x");
    tar_end(&tar);
    oci_simple(&oci, drive_layout(), &tar);
    for (unsigned i = 0; i < RUNS; i++) {
        struct running running;
        run_start(&running, &spec);
        sleep_ms(3 * i);
        kill(running.pid, SIGKILL);
        run_finish(&running, &r);
        result_free(&r);
        if (access(drive_layer(&oci, 0), F_OK) != 0)
            continue;
        assert_string_equal(drive_content(drive_file(&oci, 0, "last")), "x");
        whole++;
        DRIVE(&r, "remove", "--all");
        assert_int_equal(r.status, 0);
        result_free(&r);
    }
    assert_true(whole < RUNS); /* some were killed in time */
    DRIVE(&r, "unpack", drive_layout());
    assert_int_equal(r.status, 0);
    result_free(&r);
    assert_string_equal(drive_content(drive_file(&oci, 0, "last")), "x");
}

/* Several at once: each one has all layers at its end. */
static void many_at_once(void **state)
{
    enum { COUNT = 6 };
    struct running running[COUNT];
    struct oci oci;
    (void)state;
    drive_image(&oci);
    for (int i = 0; i < COUNT; i++) {
        const struct run_spec spec = {.profile = "",
                                      .no_report = true,
                                      .options = LIST("image", "unpack", drive_layout()),
                                      .env = drive_environment()};
        run_start(&running[i], &spec);
    }
    for (int i = 0; i < COUNT; i++) {
        struct result r;
        run_finish(&running[i], &r);
        if (r.status != 0)
            result_print(&r);
        assert_int_equal(r.status, 0);
        expect_word(&r, r.out, drive_layer(&oci, 2));
        result_free(&r);
    }
    assert_string_equal(drive_content(drive_file(&oci, 2, "etc/new")), "upper");
}

static void used_layers_stay(void **state)
{
    struct oci oci;
    struct result r;
    char digest[256];
    (void)state;
    drive_image(&oci);
    DRIVE(&r, "unpack", drive_layout());
    assert_int_equal(r.status, 0);
    result_free(&r);
    autofd lock = open(drive_layer(&oci, 1), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(lock >= 0);
    assert_int_equal(flock(lock, LOCK_SH), 0);
    DRIVE(&r, "list");
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "in use");
    result_free(&r);
    DRIVE(&r, "remove", "--all");
    assert_int_equal(r.status, 1);
    expect_word(&r, r.out, "stays: it is in use");
    result_free(&r);
    assert_int_equal(access(drive_layer(&oci, 0), F_OK), -1);
    assert_string_equal(drive_content(drive_file(&oci, 1, "etc/motd")), "middle");
    close_fd(&lock);
    snprintf(digest, sizeof(digest), "%s", digest_text(&oci.layers[1].diff_id).text);
    DRIVE(&r, "remove", digest);
    assert_int_equal(r.status, 0);
    result_free(&r);
    DRIVE(&r, "remove", digest);
    assert_int_equal(r.status, 125);
    expect_word(&r, r.err, "the cache has no layer sha256:");
    result_free(&r);
    DRIVE(&r, "remove");
    assert_int_equal(r.status, 125);
    result_free(&r);
    DRIVE(&r, "remove", "sha256:../../x");
    assert_int_equal(r.status, 125);
    result_free(&r);
}

/* ---- the helper itself ---------------------------------------------------------------------- */

static bool process_says(pid_t pid, const char *line)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    return strstr(drive_content(path), line) != NULL;
}

/* While it waits for the cache it has read nothing but JSON, and is confined. */
static void helper_is_confined(void **state)
{
    struct oci oci;
    struct running running;
    struct result r;
    (void)state;
    drive_image(&oci);
    DRIVE(&r, "list");
    result_free(&r);
    autofd lock = open(work_path("cache/sandbox/layers"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(flock(lock, LOCK_EX), 0);
    const struct run_spec spec = {.profile = "",
                                  .no_report = true,
                                  .options = LIST("image", "unpack", drive_layout()),
                                  .env = drive_environment()};
    run_start(&running, &spec);
    bool confined = false;
    for (int i = 0; i < 500 && !confined; i++) {
        confined = process_says(running.pid, "NoNewPrivs:\t1\n");
#ifndef SANDBOX_SANITIZED
        confined = confined && process_says(running.pid, "Seccomp:\t2\n");
#endif
        sleep_ms(10);
    }
    assert_true(confined);
    /* All but CAP_DAC_READ_SEARCH, by which root reads anybody's image. */
    assert_true(process_says(running.pid, stage()->as_root ? "CapPrm:\t0000000000000004\n"
                                                           : "CapPrm:\t0000000000000000\n"));
    close_fd(&lock);
    run_finish(&running, &r);
    assert_int_equal(r.status, 0);
    expect_word(&r, r.err, "waiting for it");
    result_free(&r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, drive_enter, drive_leave)

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(cache_of_others),    TEST(no_place_for_a_cache), TEST(rubbish_is_removed),
        TEST(killed_runs),        TEST(many_at_once),         TEST(used_layers_stay),
        TEST(helper_is_confined),
    };
    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
