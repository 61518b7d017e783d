/* SPDX-License-Identifier: MIT
 *
 * test_image_root.c - root.image: a program runs on the layers of an OCI image, which two sandboxes
 * share, which none of them changes, and which nobody removes meanwhile.
 */
#include "image/drive.h"
#include "support/stage.h"
#include "support/test.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM                                                                                     \
    "root.base=overlay", "files.ro+=/usr",                                                         \
        "files.symlink+=usr/bin:/bin usr/lib:/lib usr/lib64:/lib64"
#define SH(script) LIST("/usr/bin/sh", "-c", script)

static const char *image(const char *tag)
{
    static char text[PATH_MAX];
    snprintf(text, sizeof(text), "root.image=oci:%s%s", drive_layout(), tag);
    return text;
}

#define START(r, tag, script, ...)                                                                 \
    RUN(r, .profile = "base", .set = LIST(SYSTEM, image(tag), __VA_ARGS__), .argv = SH(script),    \
        .env = drive_environment())

static void says(struct result *r, const char *text)
{
    expect_outcome(r, "exited", 0);
    expect_out(r, text);
    result_free(r);
}

/* The first launch unpacks; the topmost layer's opaque etc/ hides the others'. */
static void runs_on_an_image(void **state)
{
    struct oci oci;
    struct result r;
    (void)state;
    drive_image(&oci);
    for (int i = 0; i < 2; i++) {
        START(&r, ":3.18", "cat /etc/new /link; ls /gone /etc/motd 2>/dev/null || echo hidden",
              "root.upper=none");
        says(&r, "upperupperhidden\n");
    }
}

/* Neither by what a program writes, nor by what the launcher needs in the root. */
static void stays_as_it_is(void **state)
{
    struct oci oci;
    struct result r;
    (void)state;
    drive_image(&oci);
    DRIVE(&r, "unpack", image("") + strlen("root.image="));
    assert_int_equal(r.status, 0);
    result_free(&r);
    char *before = drive_snapshot(drive_cache());
    START(&r, "", "rm /etc/new 2>/dev/null; echo x > /etc/motd; mkdir /d; echo y",
          "root.upper=tmpfs");
    expect_out(&r, "y\n");
    result_free(&r);
    char *after = drive_snapshot(drive_cache());
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void in_use(void **state)
{
    struct oci oci;
    struct result r, removed;
    struct running first;
    int pipes[2];
    (void)state;
    drive_image(&oci);
    assert_int_equal(pipe2(pipes, 02000000 /* O_CLOEXEC */), 0);
    run_start(&first, &(struct run_spec){.profile = "base",
                                         .set = LIST(SYSTEM, image("")),
                                         .argv = SH("echo ready; read line; cat /etc/new"),
                                         .env = drive_environment(),
                                         .in = &pipes[0]});
    run_wait_for(&first, "ready");
    START(&r, "", "cat /etc/new", "root.upper=none"); /* two share the layers */
    says(&r, "upper");
    DRIVE(&removed, "remove", "--all");
    assert_int_equal(removed.status, 1);
    result_free(&removed);
    assert_int_equal(write(pipes[1], "\n", 1), 1);
    run_finish(&first, &r);
    says(&r, "ready\nupper");
    DRIVE(&removed, "remove", "--all");
    assert_int_equal(removed.status, 0);
    result_free(&removed);
    close(pipes[0]);
    close(pipes[1]);
}

/* Changes are listed against the image's layers, and never written into the cache. */
static void keeps_changes(void **state)
{
    struct oci oci;
    struct result r;
    char upper[PATH_MAX];
    (void)state;
    drive_image(&oci);
    snprintf(upper, sizeof(upper), "root.upper=%s", work_path("kept"));
    assert_int_equal(mkdir(work_path("kept"), 0711), 0);
    START(&r, "", "echo y", upper);
    says(&r, "y\n");
    RUN(&r, .profile = "", .no_report = true, .env = drive_environment(),
        .options =
            LIST("changes", "-s", "root.base=overlay", "-s", image(""), "-s", upper, "base"));
    assert_string_equal(r.err, "");
    assert_int_equal(r.status, 0);
    result_free(&r);
    RUN(&r, .profile = "", .no_report = true, .env = drive_environment(),
        .options = LIST("changes", "apply", "-s", "root.base=overlay", "-s", image(""), "-s", upper,
                        "base"));
    expect_refused(&r, 125, "is a layer of the image cache");
    result_free(&r);
    RUN(&r, .profile = "", .no_report = true, .options = LIST("changes", "discard", "kept"));
    assert_int_equal(r.status, 0);
    result_free(&r);
    assert_int_equal(rmdir("kept"), 0);
}

static void refusals(void **state)
{
    struct oci oci;
    struct result r;
    (void)state;
    drive_image(&oci);
    START(&r, ":other", "true", "root.upper=none");
    expect_refused(&r, 125, "root.image: ");
    result_free(&r);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, "root.image=oci:layout"), .argv = SH("true"));
    expect_refused(&r, 125, "names no image");
    result_free(&r);
    RUN(&r, .profile = "base", .set = LIST(image("")), .argv = SH("true"));
    expect_refused(&r, 125, "only an overlay");
    result_free(&r);
}

/* What is not what its digest says is not run. */
static void damaged(void **state)
{
    struct oci oci;
    struct result r;
    char name[256];
    (void)state;
    drive_image(&oci);
    snprintf(name, sizeof(name), "blobs/sha256/%s", oci.layers[0].digest.hex);
    oci_file(&oci, name, "other", 5);
    START(&r, "", "echo ran", "root.upper=none");
    expect_refused(&r, 125, "root.image: ");
    result_free(&r);
}

/* A helper that answers with what is no list of directories: the launcher says so. Neither is the
 * command that is run here the staged one, beside which the real helper lies. */
static void odd_answers(void **state)
{
    static const char *const answers[] = {"printf /tmp", "printf '/tmp\\0/usr'", ":",
                                          "printf '/none\\0'", "kill -9 $$"};
    static const char *const words[] = {"names no directories", "names no directories",
                                        "did not say why", "has gone", "signal 9"};
    char copy[2 * PATH_MAX], profile[PATH_MAX], command[PATH_MAX], helper[PATH_MAX];
    struct oci oci;
    struct result r;
    (void)state;
    drive_image(&oci);
    snprintf(command, sizeof(command), "%s/sandbox", drive_cache());
    snprintf(helper, sizeof(helper), "%s/sandbox-image", drive_cache());
    snprintf(profile, sizeof(profile), "%s/profiles/base.ini", stage()->root);
    snprintf(copy, sizeof(copy), "cp %s %s", stage()->sandbox, command);
    assert_int_equal(system(copy), 0);
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        FILE *file = fopen(helper, "we");
        assert_non_null(file);
        fprintf(file, "#!/bin/sh\n%s\n", answers[i]);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(chmod(helper, 0755), 0);
        RUN(&r, .unconfined = true, .no_report = true,
            .argv = LIST(command, "--profile", profile, "--set", "root.base=overlay", "--set",
                         image(""), "/bin/true"));
        expect_refused(&r, 125, words[i]);
        result_free(&r);
    }
    assert_int_equal(unlink(helper), 0);
    assert_int_equal(unlink(command), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, drive_enter, drive_leave)

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(runs_on_an_image), TEST(stays_as_it_is), TEST(in_use),      TEST(keeps_changes),
        TEST(refusals),         TEST(damaged),        TEST(odd_answers),
    };
    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
