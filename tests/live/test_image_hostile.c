/* SPDX-License-Identifier: MIT
 *
 * test_image_hostile.c - layers that mean harm. Whatever an archive says, nothing outside of the
 * cache is touched; the control is tar itself, which does all that such an archive asks for.
 */
#include "image/drive.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char outside[512], victim[600]; /* a folder and a file that nobody may touch */

static int enter(void **state)
{
    (void)state;
    snprintf(outside, sizeof(outside), "%s", work_path("outside"));
    snprintf(victim, sizeof(victim), "%s/victim", outside);
    if (mkdir(outside, 0755) != 0 || mkdir(drive_cache(), 0700) != 0)
        return -1;
    FILE *file = fopen(victim, "we");
    if (!file || fputs("untouched", file) < 0)
        return -1;
    return fclose(file);
}

/* "FOLDER/NAME": as long as the header of an entry has room for. */
static const char *join(const char *folder, const char *name)
{
    static char texts[4][100];
    static unsigned turn;
    char *text = texts[turn++ % 4];
    assert_true(snprintf(text, sizeof(texts[0]), "%s/%s", folder, name) < 100);
    return text;
}

/* `..` up to the root from wherever a layer is, then down to a path. */
static const char *climb(const char *path)
{
    static char text[100];
    assert_true(snprintf(text, sizeof(text), "../../../../../../../../..%s", path) < 100);
    return text;
}

/* ---- out of the layer ----------------------------------------------------------------------- */

static void absolute(struct tar *tar)
{
    TAR(tar, victim, .data = "evil");
}

static void upward(struct tar *tar)
{
    TAR(tar, climb(victim), .data = "evil");
}

static void upward_inside(struct tar *tar)
{
    TAR(tar, "a", .type = '5');
    TAR(tar, join("a/..", climb(victim)), .data = "evil");
}

static void upward_in_pax(struct tar *tar)
{
    static char record[256];
    snprintf(record, sizeof(record), "path=%s", climb(victim));
    TAR(tar, "harmless", .data = "evil", .pax = record);
}

static void through_link(struct tar *tar)
{
    TAR(tar, "l", .type = '2', .link = outside);
    TAR(tar, "l/victim", .data = "evil");
}

static void folder_through_link(struct tar *tar)
{
    TAR(tar, "l", .type = '2', .link = outside);
    TAR(tar, "l/new/folder", .type = '5');
}

static void through_relative_link(struct tar *tar)
{
    TAR(tar, "d", .type = '5');
    TAR(tar, "d/l", .type = '2', .link = climb(outside));
    TAR(tar, "d/l/victim", .data = "evil");
}

static void through_two_links(struct tar *tar)
{
    TAR(tar, "one", .type = '2', .link = "..");
    TAR(tar, "two", .type = '2', .link = outside);
    TAR(tar, "one/two/victim", .data = "evil");
}

static void whiteout_through_link(struct tar *tar)
{
    TAR(tar, "l", .type = '2', .link = outside);
    TAR(tar, "l/.wh.victim");
}

static void opaque_through_link(struct tar *tar)
{
    TAR(tar, "l", .type = '2', .link = outside);
    TAR(tar, "l/.wh..wh..opq");
}

static void hard_link_out(struct tar *tar)
{
    TAR(tar, "h", .type = '1', .link = victim);
}

static void hard_link_upward(struct tar *tar)
{
    TAR(tar, "h", .type = '1', .link = climb(victim));
}

static void hard_link_through_link(struct tar *tar)
{
    TAR(tar, "l", .type = '2', .link = outside);
    TAR(tar, "h", .type = '1', .link = "l/victim");
}

static void hard_link_to_link_written(struct tar *tar)
{
    TAR(tar, "l", .type = '2', .link = victim);
    TAR(tar, "h", .type = '1', .link = "l");
    TAR(tar, "h", .data = "evil");
}

static void link_written(struct tar *tar)
{
    TAR(tar, "l", .type = '2', .link = victim);
    TAR(tar, "l", .data = "evil", .mode = 0777);
}

static void link_made_folder(struct tar *tar)
{
    TAR(tar, "l", .type = '2', .link = outside);
    TAR(tar, "l", .type = '5', .mode = 0777, .time = 5);
    TAR(tar, "l/victim", .data = "evil");
}

/* A folder that becomes a link while its mode and time are still to be set. */
static void folder_made_link(struct tar *tar)
{
    TAR(tar, "d", .type = '5', .mode = 0777, .time = 5);
    TAR(tar, "d", .type = '2', .link = outside);
}

static const struct attack {
    const char *name;
    void (*make)(struct tar *tar);
    const char *refused; /* the error; NULL where the layer is harmless as we read it */
    bool control;        /* whether tar does harm with it */
} attacks[] = {
    {"absolute", absolute, NULL, true},
    {"upward", upward, "a name with '..'", true},
    {"upward inside", upward_inside, "a name with '..'", true},
    {"upward in pax", upward_in_pax, "a name with '..'", true},
    {"through link", through_link, "leads through 'l', which is no directory", true},
    {"folder through link", folder_through_link, "leads through 'l'", true},
    {"through relative link", through_relative_link, "leads through 'd/l'", true},
    {"through two links", through_two_links, "leads through 'one'", false},
    {"whiteout through link", whiteout_through_link, "leads through 'l'", true},
    {"opaque through link", opaque_through_link, "leads through 'l'", true},
    {"hard link out", hard_link_out, "not in this layer", true},
    {"hard link upward", hard_link_upward, "a name with '..'", true},
    {"hard link through link", hard_link_through_link, "not in this layer", true},
    {"hard link to link, written", hard_link_to_link_written, NULL, false},
    {"link written", link_written, NULL, false},
    {"link made folder", link_made_folder, NULL, false},
    {"folder made link", folder_made_link, NULL, false},
};

/* What there is outside once tar has unpacked the archive, in a folder of its own. The caller frees
 * it. */
static char *run_tar(const struct tar *tar)
{
    struct result r;
    const struct oci here = {.path = ""};
    char folder[600], file[600];
    snprintf(folder, sizeof(folder), "%s", work_path("control"));
    snprintf(file, sizeof(file), "%s", work_path("control.tar"));
    assert_int_equal(mkdir(folder, 0700), 0);
    oci_file(&here, file, tar->bytes, tar->length);
    RUN(&r, .unconfined = true, .no_report = true, .env = drive_environment(),
        .argv = LIST("/bin/tar", "-x", "-P", "--overwrite", "-f", file, "-C", folder));
    result_free(&r);
    char *after = drive_snapshot(outside);
    unlink(file);
    tree_remove(folder);
    return after;
}

static void check_attack(const struct attack *attack)
{
    struct tar tar = {NULL, 0}, again = {NULL, 0};
    struct oci oci;
    struct result r;
    char *before = drive_snapshot(outside);
    attack->make(&tar);
    drive_unpack(&oci, &tar, &r);
    char *after = drive_snapshot(outside);
    if (strcmp(before, after) != 0)
        fail_msg("%s: outside there is\n%sand was\n%s", attack->name, after, before);
    if (attack->refused ? r.status != 125 || !strstr(r.err, attack->refused) : r.status != 0) {
        result_print(&r);
        fail_msg("%s: another answer was expected", attack->name);
    }
    assert_int_equal(access(drive_layer(&oci, 0), F_OK) == 0, attack->refused == NULL);
    assert_int_equal(access(work_path("cache/sandbox/layers/sha256/.new"), F_OK), -1);
    free(after);
    result_free(&r);
    if (attack->control) {
        attack->make(&again);
        tar_end(&again);
        after = run_tar(&again);
        if (strcmp(before, after) == 0)
            fail_msg("%s: tar itself does nothing outside: the attack proves nothing",
                     attack->name);
        free(after);
        tar_free(&again);
    }
    free(before);
}

static void attacks_stay_inside(void **state)
{
    for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
        check_attack(&attacks[i]);
        assert_int_equal(drive_leave(state), 0);
        assert_int_equal(enter(state), 0);
    }
}

/* ---- names and shapes ----------------------------------------------------------------------- */

/* Archives that are refused, each as a whole. */
static void refused(void **state, void (*make)(struct tar *tar), const char *why)
{
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    make(&tar);
    drive_unpack(&oci, &tar, &r);
    if (r.status != 125 || !strstr(r.err, why)) {
        result_print(&r);
        fail_msg("expected: %s", why);
    }
    assert_int_equal(access(drive_layer(&oci, 0), F_OK), -1);
    result_free(&r);
    assert_int_equal(drive_leave(state), 0);
    assert_int_equal(enter(state), 0);
}

static void nameless_whiteout(struct tar *tar)
{
    TAR(tar, "d/.wh.");
}

static void whiteout_of_parent(struct tar *tar)
{
    TAR(tar, "d/.wh...");
}

static void below_whiteout(struct tar *tar)
{
    TAR(tar, ".wh.d/f", .data = "x");
}

static void folder_as_whiteout(struct tar *tar)
{
    TAR(tar, ".wh.d", .type = '5');
}

static void long_component(struct tar *tar)
{
    static char record[5 + 256 + 1] = "path=";
    memset(record + 5, 'x', 256);
    TAR(tar, "short", .pax = record);
}

static void too_deep(struct tar *tar)
{
    static char record[5 + 2 * 300 + 1] = "path=";
    for (size_t i = 0; i < 300; i++)
        memcpy(record + 5 + 2 * i, "a/", 3);
    TAR(tar, "short", .type = '5', .pax = record);
}

static void root_as_file(struct tar *tar)
{
    TAR(tar, ".", .data = "x");
}

static void root_as_link(struct tar *tar)
{
    TAR(tar, "./", .type = '2', .link = outside);
}

static void file_as_folder(struct tar *tar)
{
    TAR(tar, "f", .data = "x");
    TAR(tar, "f/g", .data = "x");
}

static void hard_link_to_folder(struct tar *tar)
{
    TAR(tar, "d", .type = '5');
    TAR(tar, "h", .type = '1', .link = "d");
}

static void hard_link_to_whiteout(struct tar *tar)
{
    TAR(tar, ".wh.w");
    TAR(tar, "h", .type = '1', .link = "w");
}

static void hard_link_to_itself(struct tar *tar)
{
    TAR(tar, "h", .data = "x");
    TAR(tar, "h", .type = '1', .link = "./h");
}

static void hard_link_to_nothing(struct tar *tar)
{
    TAR(tar, "h", .type = '1', .link = "below");
}

static void short_file(struct tar *tar)
{
    TAR(tar, "f", .data = "x", .size = 100000);
}

static void huge_file(struct tar *tar)
{
    TAR(tar, "f", .data = "x", .size = 1ULL << 50);
}

static void not_an_archive(struct tar *tar)
{
    static const char text[] = "this is no archive at all, but some text that is long enough";
    tar_raw(tar, text, sizeof(text));
    tar_raw(tar, NULL, 4096);
}

static void broken_name(struct tar *tar)
{
    TAR(tar, "f", .pax = "path=\xff\xfe");
}

static void shapes_are_refused(void **state)
{
    refused(state, nameless_whiteout, "hides no name");
    refused(state, whiteout_of_parent, "hides no name");
    refused(state, below_whiteout, "below a whiteout");
    refused(state, folder_as_whiteout, "a whiteout that is no file");
    refused(state, long_component, "too long");
    refused(state, too_deep, "too many directories");
    refused(state, root_as_file, "root is to be no directory");
    refused(state, root_as_link, "root is to be no directory");
    refused(state, file_as_folder, "leads through 'f'");
    refused(state, hard_link_to_folder, "to what is no file");
    refused(state, hard_link_to_whiteout, "to what is no file");
    refused(state, hard_link_to_itself, "to itself");
    refused(state, hard_link_to_nothing, "not in this layer");
    refused(state, short_file, "runcated");
    refused(state, huge_file, "larger, unpacked, than what is allowed");
    refused(state, not_an_archive, "archive is broken");
    refused(state, broken_name, "archive is broken");
}

/* ---- bombs ---------------------------------------------------------------------------------- */

/* 48 MiB of zeros behind one file, in some 50 KiB. */
static void zeros_are_counted(void **state)
{
    struct tar tar = {NULL, 0};
    struct oci oci;
    struct result r;
    (void)state;
    TAR(&tar, "f", .data = "x");
    tar_end(&tar);
    tar_raw(&tar, NULL, 48 << 20);
    oci_start(&oci, work_path("layout"));
    oci_add(&oci, &tar, PACK_GZIP);
    oci_finish(&oci, NULL);
    DRIVE(&r, "unpack", "--max-size=16M", work_path("layout"));
    assert_int_equal(r.status, 125);
    expect_word(&r, r.err, "larger, unpacked, than what is allowed");
    expect_word(&r, r.err, "--max-size");
    result_free(&r);
    DRIVE(&r, "unpack", "--max-size=64M", work_path("layout"));
    drive_succeeded(&r);
    result_free(&r);
}

/* The limits are the image's, not each layer's. */
static void layers_share_limits(void **state)
{
    struct oci oci;
    struct result r;
    (void)state;
    oci_start(&oci, work_path("layout"));
    for (int i = 0; i < 2; i++) {
        struct tar tar = {NULL, 0};
        TAR(&tar, i ? "a" : "b");
        TAR(&tar, "c");
        tar_end(&tar);
        tar_raw(&tar, NULL, 1 << 20);
        oci_add(&oci, &tar, PACK_ZSTD);
    }
    oci_finish(&oci, NULL);
    DRIVE(&r, "unpack", "--max-entries=3", work_path("layout"));
    assert_int_equal(r.status, 125);
    expect_word(&r, r.err, "more entries than what is allowed");
    result_free(&r);
    DRIVE(&r, "remove", "--all");
    result_free(&r);
    DRIVE(&r, "unpack", "--max-size=2M", work_path("layout"));
    assert_int_equal(r.status, 125);
    result_free(&r);
    DRIVE(&r, "remove", "--all");
    result_free(&r);
    DRIVE(&r, "unpack", "--max-size=3M", "--max-entries=4", work_path("layout"));
    drive_succeeded(&r);
    result_free(&r);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter, drive_leave)

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(attacks_stay_inside),
        TEST(shapes_are_refused),
        TEST(zeros_are_counted),
        TEST(layers_share_limits),
    };
    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
