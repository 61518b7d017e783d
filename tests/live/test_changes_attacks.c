/* SPDX-License-Identifier: MIT
 *
 * test_changes_attacks.c - what an untrusted program can leave for `sandbox changes`, and what can
 * happen to the target meanwhile. Where an attack must do nothing, a control shows that the same
 * would have worked on who writes by path.
 */
#include "changes_fixture.h"
#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <sys/wait.h>

static void make_outside(void)
{
    assert_int_equal(mkdir("outside", 0755), 0);
}

static unsigned count_outside(void)
{
    unsigned count = 0;
    DIR *outside = opendir("outside");
    assert_non_null(outside);
    for (struct dirent *entry; (entry = readdir(outside)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(outside);
    return count;
}

static void apply_quietly(void)
{
    struct result r;
    CHANGES(&r, "apply", "-l", "low", "state");
    assert_int_equal(r.status, 0);
    result_free(&r);
}

/* ---- links ---------------------------------------------------------------------------------- */

static int leave_link(void)
{
    DO(unlink("d/one"));
    DO(unlink("d/two"));
    DO(rmdir("d"));
    DO(symlink("../outside", "d"));
    return 0;
}

static void a_link_is_a_link(void **state)
{
    struct result r;
    char target[64] = "";
    (void)state;
    make_outside();
    put("outside/kept", "k");
    run_work("low", leave_link);
    CHANGES(&r, "-l", "low", "state");
    expect_out(&r, "T - directory->symlink /d -> ../outside\n");
    result_free(&r);
    apply_quietly();
    expect_seen("low");
    assert_int_equal(readlink("low/d", target, sizeof(target) - 1), 10);
    assert_int_equal(count_outside(), 1);
}

static int write_into_d(void)
{
    return write_text("d/evil", "!");
}

static void a_link_in_the_target_is_not_followed(void **state)
{
    struct result r;
    (void)state;
    make_outside();
    run_work("low", write_into_d);
    assert_int_equal(rename("low/d", "low/moved"), 0);
    assert_int_equal(symlink("../outside", "low/d"), 0);
    CHANGES(&r, "apply", "-l", "low", "state");
    expect_refused(&r, 125, "the run saw a directory where the target has a symbolic link: /d");
    expect_word(&r, r.err, "nothing was written");
    result_free(&r);
    assert_int_equal(count_outside(), 0);
    put("low/d/evil", "!"); /* the control */
    assert_int_equal(count_outside(), 1);
}

/* ---- links that come and go ----------------------------------------------------------------- */

static pid_t start_flipping(void)
{
    assert_int_equal(symlink("../outside", "low/flip"), 0);
    pid_t child = fork();
    if (child == 0) {
        while (getppid() != 1)
            if (renameat2(AT_FDCWD, "low/d", AT_FDCWD, "low/flip", RENAME_EXCHANGE) != 0)
                _exit(1);
        _exit(0);
    }
    assert_true(child > 0);
    return child;
}

static void stop_flipping(pid_t child)
{
    int status;
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status)); /* it flipped to the end */
}

/* Files, a directory and a removal below a name that is a link half of the time. */
static void leave_changes_in_d(void)
{
    static const char *const files[] = {"state/changes/d/a", "state/changes/d/b",
                                        "state/changes/d/new/c"};
    assert_true(mkdir("state/changes", 0755) == 0 || errno == EEXIST);
    assert_true(mkdir("state/changes/d", 0755) == 0 || errno == EEXIST);
    assert_true(mkdir("state/changes/d/new", 0755) == 0 || errno == EEXIST);
    for (size_t i = 0; i < 3; i++)
        put(files[i], "!");
    assert_true(mknod("state/changes/d/kept", S_IFCHR, 0) == 0 || errno == EEXIST);
}

static void flipping_leads_nowhere(void **state)
{
    unsigned applied = 0, refused = 0;
    (void)state;
    make_outside();
    put("outside/kept", "k");
    assert_int_equal(mkdir("outside/new", 0755), 0);
    pid_t child = start_flipping();
    uint64_t end = now_ns() + 1500000000;
    while (now_ns() < end) {
        struct result r;
        leave_changes_in_d();
        CHANGES(&r, "apply", "-l", "low", "state");
        assert_true(r.status == 0 || r.status == 125);
        applied += r.status == 0;
        refused += r.status == 125;
        result_free(&r);
        assert_int_equal(count_outside(), 2);
        assert_int_equal(access("outside/new/c", F_OK), -1);
    }
    fprintf(stderr, "%u applied, %u refused\n", applied, refused);
    assert_true(refused > 0); /* the flips met the command */
    for (end += 10000000000; now_ns() < end && count_outside() == 2;) { /* the control */
        int fd = open("low/d/evil", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0)
            close(fd);
    }
    stop_flipping(child);
    assert_int_equal(count_outside(), 3);
}

/* ---- odd things ----------------------------------------------------------------------------- */

enum { LEVELS = 1200 };

/* Deeper than any path may be long. */
static int go_deep(void)
{
    for (unsigned i = 0; i < LEVELS; i++) {
        DO(mkdir("deeper", 0755));
        DO(chdir("deeper"));
    }
    DO(write_text("bottom", "b"));
    for (unsigned i = 0; i < LEVELS; i++)
        DO(chdir(".."));
    return 0;
}

static int remove_deep(const void *data)
{
    (void)data;
    return system("rm -rf low/deeper") != 0;
}

static void depth_is_no_matter(void **state)
{
    struct result r;
    (void)state;
    run_work("low", go_deep);
    CHANGES(&r, "-l", "low", "state");
    assert_int_equal(r.status, 1);
    assert_true(r.out_length > 8 * (size_t)LEVELS * LEVELS / 4);
    assert_string_equal(r.out + r.out_length - 8, "/bottom\n");
    result_free(&r);
    apply_quietly();
    CHANGES(&r, "-l", "low", "state");
    assert_int_equal(r.status, 0);
    result_free(&r);
    int status = in_namespace(remove_deep, NULL);
    assert_int_equal(status, 0);
    run_work("low", go_deep);
    CHANGES(&r, "discard", "state");
    assert_int_equal(r.status, 0);
    result_free(&r);
    assert_int_equal(access("state/changes", F_OK), -1);
}

static int make_odd(void)
{
    DO(unlink("plain"));
    DO(mkfifo("plain", 0600)); /* nobody ever writes to it */
    DO(write_text("huge", "h"));
    DO(truncate("huge", 1LL << 40));
    DO(write_text("root", "#!/bin/sh"));
    DO(chmod("root", 04755));
    DO(mkdir("shared", 0755));
    DO(chmod("shared", 03777));
    return 0;
}

static void odd_things_do_no_harm(void **state)
{
    struct result r;
    struct stat status;
    (void)state;
    run_work("low", make_odd);
    CHANGES(&r, "-l", "low", "state");
    expect_out(&r, "A 1099511627776 file /huge\n"
                   "T 4 file->fifo /plain\n"
                   "A 9 file /root\n"
                   "A - directory /shared/\n");
    result_free(&r);
    CHANGES(&r, "apply", "-l", "low", "state");
    assert_int_equal(r.status, 0);
    expect_word(&r, r.out, "1 file written without the set-user-id");
    result_free(&r);
    assert_int_equal(stat("low/huge", &status), 0);
    assert_true(status.st_size == 1LL << 40 && status.st_blocks < 1000);
    assert_int_equal(stat("low/root", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0755);
    assert_int_equal(stat("low/shared", &status), 0);
    assert_int_equal(status.st_mode & 07777, 03777);
    CHANGES(&r, "-l", "low", "state");
    assert_int_equal(r.status, 0);
    result_free(&r);
}

/* What overlayfs notes for itself must not become part of another layer. */
static void marks_are_not_copied(void **state)
{
    char names[1024];
    (void)state;
    put("state/changes/marked", "m");
    assert_int_equal(setxattr("state/changes/marked", "user.overlay.redirect", "/x", 2, 0), 0);
    assert_int_equal(setxattr("state/changes/marked", "user.own", "1", 1, 0), 0);
    apply_quietly();
    assert_int_equal(listxattr("low/marked", names, sizeof(names)), sizeof("user.own"));
}

static int tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_link_is_a_link, set, leave),
        cmocka_unit_test_setup_teardown(a_link_in_the_target_is_not_followed, set, leave),
        cmocka_unit_test_setup_teardown(flipping_leads_nowhere, set, leave),
        cmocka_unit_test_setup_teardown(depth_is_no_matter, set, leave),
        cmocka_unit_test_setup_teardown(odd_things_do_no_harm, set, leave),
        cmocka_unit_test_setup_teardown(marks_are_not_copied, set, leave),
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
