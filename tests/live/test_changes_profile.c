/* SPDX-License-Identifier: MIT
 *
 * test_changes_profile.c - `sandbox changes` on what sandboxes have kept, found by their profile.
 */
#include "support/apart.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOBODY = 65534 };

#define SH(script) LIST("/usr/bin/sh", "-c", script)
#define CHANGES(result, ...)                                                                       \
    RUN(result, .profile = "", .no_report = true, .options = LIST("changes", __VA_ARGS__))

/* What the sandbox's user is outside: layers that a program changes belong to it. */
static uid_t owner(void)
{
    return geteuid() == 0 ? NOBODY : geteuid();
}

static void own(const char *path)
{
    if (geteuid() == 0)
        assert_int_equal(lchown(path, owner(), owner()), 0);
}

static void make_dir(const char *path, mode_t mode)
{
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void make_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    own(path);
}

static void reads(const char *path, const char *text)
{
    char got[100] = "";
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t length = fread(got, 1, sizeof(got) - 1, file);
    got[length] = '\0';
    fclose(file);
    assert_string_equal(got, text);
}

static int setup(void **state)
{
    static const char *const layers[] = {"a", "b", "a/etc", "b/etc", "b/data"};
    char text[2000];
    (void)state;
    for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++) {
        make_dir(layers[i], 0755);
        own(layers[i]);
    }
    make_dir("kept", 0711);
    make_file("a/etc/both", "from a\n");
    make_file("b/etc/both", "from b\n");
    make_file("b/etc/below", "below\n");
    make_file("b/data/file", "data\n");
    snprintf(text, sizeof(text),
             "[profile]\nextends = base\n[root]\nbase = overlay\nlower = %s %s ?%s\nupper = %s\n"
             "[files]\nro = /usr\nsymlink = usr/bin:/bin usr/lib:/lib usr/lib64:/lib64\n",
             work_path("a"), work_path("b"), work_path("absent"), work_path("kept"));
    make_file("own.ini", text);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)!system("chmod -R u+rwX kept 2>/dev/null");
    tree_remove("kept");
    tree_remove("a");
    tree_remove("b");
    return unlink("own.ini");
}

static void run_script(const char *const *argv, const char *said)
{
    struct result r;
    RUN(&r, .profile = "./own.ini", .argv = argv);
    expect_outcome(&r, "exited", 0);
    expect_out(&r, said);
    result_free(&r);
}

static void expect_list(const char *text)
{
    struct result r;
    CHANGES(&r, "./own.ini");
    assert_string_equal(r.err, "");
    assert_int_equal(r.status, *text ? 1 : 0);
    expect_out(&r, text);
    result_free(&r);
}

static void expect_done(const char *action)
{
    struct result r;
    CHANGES(&r, action, "./own.ini");
    assert_string_equal(r.err, "");
    assert_int_equal(r.status, 0);
    result_free(&r);
}

/* A change is listed, applied, and what the next run starts from. */
static void run_after_run(void **state)
{
    (void)state;
    expect_list("");
    run_script(SH("echo new > /etc/new; echo more >> /etc/both; rm -r /etc/below /data; "
                  "mkdir -m 700 /data; cat /etc/new"),
               "new\n");
    expect_list("M - mode /data/\n"
                "D 5 file /data/file\n"
                "D 6 file /etc/below\n"
                "M 7->12 content,times /etc/both\n"
                "A 4 file /etc/new\n");
    expect_done("apply");
    expect_list("");
    reads("a/etc/new", "new\n");
    reads("a/etc/both", "from a\nmore\n");
    reads("b/etc/below", "below\n"); /* hidden by a whiteout */
    if (geteuid() == 0)              /* what root has written is root's */
        assert_int_equal(system("chown -R 65534:65534 a"), 0);
    run_script(SH("cat /etc/both; ls /etc/below /data/file 2>/dev/null || echo gone; "
                  "rm /etc/new; ls -A /data"),
               "from a\nmore\ngone\n");
    expect_list("D 4 file /etc/new\n");
    expect_done("discard");
    expect_list("");
    run_script(SH("cat /etc/new"), "new\n");
}

static void apply_mode(void **state)
{
    (void)state;
    run_script(SH("chmod 700 /data"), "");
    expect_list("M - mode /data/\n");
    expect_done("apply");
    expect_list("");
}

static void a_profile_must_keep_changes(void **state)
{
    struct result r;
    (void)state;
    CHANGES(&r, "judge");
    expect_refused(&r, 125, "judge keeps no changes of its root");
    result_free(&r);
    CHANGES(&r, "-s", "root.upper=tmpfs", "./own.ini");
    expect_refused(&r, 125, "keeps no changes of its root");
    result_free(&r);
    CHANGES(&r, "-l", "a", "./own.ini");
    expect_refused(&r, 125, "--lower is for a directory");
    result_free(&r);
    CHANGES(&r, "-s", "root.upper=tmpfs", "-l", "a", "kept");
    expect_refused(&r, 125, "--set is for a profile");
    result_free(&r);
}

/* ---- the host itself ------------------------------------------------------------------------ */

/* `/` is divided where something is mounted: what the launcher made for that is no change. */
static void changes_of_the_host(void **state)
{
    struct result r;
    char kept[] = APART, data[] = APART;
    char upper[64], file[64], script[300], expected[200];
    (void)state;
    make_apart(kept, geteuid());
    make_apart(data, owner());
    snprintf(file, sizeof(file), "%s/old", data);
    make_file(file, "old\n");
    snprintf(upper, sizeof(upper), "root.upper=%s", kept);
    snprintf(script, sizeof(script), "cd %s && echo er >> old && echo new > new", data);
    RUN(&r, .profile = "base",
        .set = LIST("root.base=overlay", "root.lower=/", "files.tmpfs=/dev/shm", upper),
        .argv = SH(script));
    expect_outcome(&r, "exited", 0);
    result_free(&r);
    CHANGES(&r, "-s", "root.base=overlay", "-s", "root.lower=/", "-s", upper, "base");
    snprintf(expected, sizeof(expected), "A 4 file %s/new\nM 4->7 content,times %s/old\n", data,
             data);
    assert_string_equal(r.err, "");
    expect_out(&r, expected);
    result_free(&r);
    CHANGES(&r, "apply", "-s", "root.base=overlay", "-s", "root.lower=/", "-s", upper, "base");
    assert_string_equal(r.err, "");
    expect_out(&r, "2 things written, 0 names removed\n");
    result_free(&r);
    reads(file, "old\ner\n");
    remove_apart(kept);
    remove_apart(data);
}

static int tests(int argc, char **argv)
{
    (void)argc, (void)argv;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(run_after_run, setup, teardown),
        cmocka_unit_test_setup_teardown(apply_mode, setup, teardown),
        cmocka_unit_test_setup_teardown(a_profile_must_keep_changes, setup, teardown),
        cmocka_unit_test(changes_of_the_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, tests);
}
