/* SPDX-License-Identifier: MIT
 *
 * test_changes_kept.c - what `sandbox changes` refuses to touch, what it leaves where it fails, and
 * what is gone after a discard.
 */
#include "changes_fixture.h"
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>

static int change_all(void)
{
    DO(append_text("plain", "new\n"));
    DO(unlink("removed"));
    DO(mkdir("shut", 0755));
    DO(write_text("shut/in", "it"));
    DO(chmod("shut", 0));
    return 0;
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void expect_all_refused(const char *word)
{
    static const char *const actions[] = {"list", "apply", "discard"};
    for (size_t i = 0; i < 3; i++) {
        struct result r;
        if (i < 2)
            CHANGES(&r, actions[i], "-l", "low", "state");
        else
            CHANGES(&r, actions[i], "state");
        expect_refused(&r, 125, word);
        result_free(&r);
    }
}

static void a_running_sandbox_keeps_them(void **state)
{
    struct result r;
    (void)state;
    run_work("low", change_all);
    int fd = open("state", O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    expect_all_refused("a sandbox is running in it");
    assert_int_equal(flock(fd, LOCK_SH), 0);
    CHANGES(&r, "-l", "low", "state");
    assert_int_equal(r.status, 1);
    result_free(&r);
    CHANGES(&r, "discard", "state");
    expect_refused(&r, 125, "is in use");
    result_free(&r);
    close(fd);
}

/* Somebody's own directory that has a folder named work. */
static void another_directory_is_left_alone(void **state)
{
    (void)state;
    put("state/letter", "dear");
    expect_all_refused("there is 'letter' in it");
    assert_int_equal(access("state/work", F_OK), 0);
}

static int make_socket(void)
{
    DO(write_text("aa", "first"));
    DO(mknod("socket", S_IFSOCK | 0600, 0));
    return 0;
}

static void what_cant_be_applied_refuses_all(void **state)
{
    struct result r;
    (void)state;
    run_work("low", make_socket);
    CHANGES(&r, "apply", "-l", "low", "state");
    expect_refused(&r, 125, "a socket can't be applied: /socket");
    expect_word(&r, r.err, "nothing was written");
    result_free(&r);
    assert_int_equal(access("low/aa", F_OK), -1);
    CHANGES(&r, "-l", "low", "state");
    expect_out(&r, "A 5 file /aa\nA - socket /socket\n");
    result_free(&r);
}

static void a_cached_layer_is_refused(void **state)
{
#define EIGHT "01234567"
    static const char layer[] =
        "other/layers/sha256/" EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT;
    struct result r;
    (void)state;
    run_work("low", change_all);
    assert_int_equal(mkdir("other", 0755) | mkdir("other/layers", 0755), 0);
    assert_int_equal(mkdir("other/layers/sha256", 0755) | mkdir(layer, 0755), 0);
    CHANGES(&r, "apply", "--to", layer, "state");
    expect_refused(&r, 125, "is a layer of the image cache");
    expect_word(&r, r.err, "nothing was written");
    result_free(&r);
    assert_int_equal(rmdir(layer), 0);
}

static void wrong_words_are_told(void **state)
{
    struct result r;
    (void)state;
    CHANGES(&r, "apply");
    expect_refused(&r, 125, "no directory that keeps changes");
    result_free(&r);
    CHANGES(&r, "state");
    expect_refused(&r, 125, "--lower");
    result_free(&r);
    CHANGES(&r, "discard", "-n", "state");
    expect_refused(&r, 125, "--dry-run");
    result_free(&r);
    CHANGES(&r, "-l", "low", "apply", "state", "more");
    expect_refused(&r, 125, "there is also more");
    result_free(&r);
    CHANGES(&r, "-l", "nothing", "state");
    expect_refused(&r, 125, "can't open the lower directory nothing");
    result_free(&r);
}

/* ---- an error half-way ---------------------------------------------------------------------- */

static int change_three(void)
{
    char text[5001];
    memset(text, 'x', 5000);
    text[5000] = '\0';
    DO(write_text("aa", "first"));
    DO(mkdir("ab", 0755));
    DO(write_text("ab/in", "it"));
    DO(chmod("ab", 0711));
    DO(write_text("bb", text));
    DO(write_text("cc", "third"));
    DO(unlink("removed"));
    return 0;
}

static void limit_files(void *data)
{
    const struct rlimit limit = {1000, 1000};
    (void)data;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
}

static void half_way_nothing_is_lost(void **state)
{
    struct result r;
    (void)state;
    run_work("low", change_three);
    RUN(&r, .profile = "", .no_report = true, .before = limit_files,
        .options = LIST("changes", "apply", "-l", "low", "state"));
    expect_refused(&r, 125, "can't write /bb: File too large");
    expect_word(&r, r.err, "3 written, 0 removed before that");
    result_free(&r);
    assert_int_equal(access("low/aa", F_OK), 0);
    assert_int_equal(access("low/bb", F_OK), -1);
    assert_int_equal(access("low/cc", F_OK), -1);
    assert_int_equal(access("low/removed", F_OK), 0);
    CHANGES(&r, "-l", "low", "state");
    expect_out(&r, "M - mode /ab/\nA 5000 file /bb\nA 5 file /cc\nD 4 file /removed\n");
    result_free(&r);
    CHANGES(&r, "apply", "-l", "low", "state");
    assert_int_equal(r.status, 0);
    result_free(&r);
    expect_seen("low"); /* and no temporary name is left */
}

/* ---- throwing away -------------------------------------------------------------------------- */

static void discarded_it_is_gone(void **state)
{
    struct result r;
    (void)state;
    run_work("low", change_all);
    assert_int_equal(mkdir("outside", 0755), 0);
    put("outside/file", "stays");
    assert_int_equal(symlink("../../outside", "state/changes/out"), 0);
    CHANGES(&r, "discard", "state");
    assert_int_equal(r.status, 0);
    result_free(&r);
    assert_int_equal(access("state/changes", F_OK), -1); /* it is empty */
    assert_int_equal(access("state/work", F_OK), -1);
    assert_int_equal(access("outside/file", F_OK), 0);
    assert_int_equal(access("low/removed", F_OK), 0);
}

/* A link in the place of the changes, or of the work directory, is itself what is thrown away. */
static void a_link_is_discarded_itself(void **state)
{
    struct result r;
    (void)state;
    assert_int_equal(mkdir("outside", 0755), 0);
    put("outside/file", "stays");
    assert_int_equal(rmdir("state/changes") | rmdir("state/work"), 0);
    assert_int_equal(symlink("../outside", "state/changes") | symlink("../outside", "state/work"),
                     0);
    CHANGES(&r, "-l", "low", "state");
    expect_refused(&r, 125, "can't open the directory state/changes");
    expect_word(&r, r.err, "discard what is there");
    result_free(&r);
    CHANGES(&r, "discard", "state");
    assert_int_equal(r.status, 0);
    result_free(&r);
    assert_int_equal(rmdir("state"), 0);
    assert_int_equal(access("outside/file", F_OK), 0);
}

/* What is mounted in it is not its own. */
static int discard_with_mount(const void *data)
{
    (void)data;
    DO(mkdir("state/changes/m", 0755));
    DO(mount("none", "state/changes/m", "tmpfs", 0, NULL));
    DO(write_text("state/changes/m/file", "stays"));
    char line[256];
    snprintf(line, sizeof(line), "%s changes discard state 2>seen", stage()->sandbox);
    if (WEXITSTATUS(system(line)) != 125)
        return 1;
    DO(access("state/changes/m/file", F_OK) != 0 && access("state/work/old/m/file", F_OK) != 0);
    return 0;
}

static void mounts_are_not_crossed(void **state)
{
    (void)state;
    assert_int_equal(in_namespace(discard_with_mount, NULL), 0);
}

static int tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_running_sandbox_keeps_them, set, leave),
        cmocka_unit_test_setup_teardown(another_directory_is_left_alone, set, leave),
        cmocka_unit_test_setup_teardown(what_cant_be_applied_refuses_all, set, leave),
        cmocka_unit_test_setup_teardown(a_cached_layer_is_refused, set, leave),
        cmocka_unit_test_setup_teardown(wrong_words_are_told, set, leave),
        cmocka_unit_test_setup_teardown(half_way_nothing_is_lost, set, leave),
        cmocka_unit_test_setup_teardown(discarded_it_is_gone, set, leave),
        cmocka_unit_test_setup_teardown(a_link_is_discarded_itself, set, leave),
        cmocka_unit_test_setup_teardown(mounts_are_not_crossed, set, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

static int body(int argc, char **argv)
{
    (void)argc, (void)argv;
    return where_possible(tests);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
