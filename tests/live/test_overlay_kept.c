/* SPDX-License-Identifier: MIT
 *
 * test_overlay_kept.c - root.upper = DIRECTORY: what is kept there, who may use it and when, and
 * what an earlier program, or a launch that was killed, has left in it.
 */
#include "overlay_fixture.h"
#include "support/apart.h"

static void kept(void **state)
{
    struct result r;
    struct stat st;
    (void)state;
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH(CHANGE));
    says(&r, "new\nchanged\n");
    nothing_has_changed();
    reads("kept/changes/etc/new", "new\n");
    assert_int_equal(lstat(in_folder("kept/changes/etc/below"), &st), 0);
    assert_true(S_ISCHR(st.st_mode) && st.st_rdev == makedev(0, 0));
    assert_int_equal(lstat(in_folder("kept/changes/dev"), &st), -1); /* no mount point of ours */
    assert_int_equal(lstat(in_folder("kept/changes/usr"), &st), -1);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper),
        .argv = SH("cat /etc/new /etc/both; ls /etc/below /data/file 2>/dev/null || echo gone"));
    says(&r, "new\nchanged\ngone\n");
}

/* A change of a part of the host lies at its own path, whatever had to be divided for it. */
static void kept_of_the_host(void **state)
{
    struct result r;
    struct stat st;
    char place[] = APART, data[] = APART;
    char set[64], script[400], change[128], file[64];
    (void)state;
    make_apart(place, geteuid());
    make_apart(data, owner());
    snprintf(set, sizeof(set), "root.upper=%s", place);
    snprintf(file, sizeof(file), "%s/new", data);
    snprintf(script, sizeof(script),
             "echo new > %s && cat %s; (echo x > /var/new) 2>/dev/null || echo divided; "
             "ls -d %s 2>/dev/null || echo apart",
             file, file, place);
    for (int i = 0; i < 2; i++) {
        RUN(&r, .profile = "base",
            .set = LIST("root.base=overlay", "root.lower=/", "files.tmpfs=/dev/shm", set),
            .argv = SH(script));
        says(&r, "new\ndivided\napart\n");
        assert_int_equal(stat(file, &st), -1);
    }
    snprintf(change, sizeof(change), "grep -qx new %s/changes%s", place, file);
    assert_int_equal(system(change), 0);
    remove_apart(place);
    remove_apart(data);
}

/* The shipped profile: a build, and nothing has happened; then it has. Its private /tmp is taken
 * away, for the test's own folders lie there. */
static void dry_run(void **state)
{
    struct result r;
    struct stat st;
    char place[] = APART, data[] = APART;
    char set[64], script[300], file[64];
    const char *const sets[] = {"files.tmpfs=/dev/shm", set, NULL};
    (void)state;
    make_apart(place, geteuid());
    make_apart(data, owner());
    snprintf(set, sizeof(set), "root.upper=%s", place);
    snprintf(file, sizeof(file), "%s/made", data);
    snprintf(script, sizeof(script), "mkdir %s/new && echo made >%s && cat %s", data, file, file);
    RUN(&r, .profile = "dry-run", .set = sets, .argv = SH(script));
    says(&r, "made\n");
    assert_int_equal(stat(file, &st), -1);
    RUN(&r, .profile = "", .no_report = true,
        .options = LIST("changes", "--set", set, "--set", sets[0], "dry-run"));
    assert_int_equal(r.status, 1);
    expect_word(&r, r.out, file);
    assert_null(strstr(r.out, "/dev"));
    result_free(&r);
    RUN(&r, .profile = "", .no_report = true,
        .options = LIST("changes", "--set", set, "--set", sets[0], "apply", "dry-run"));
    assert_int_equal(r.status, 0);
    result_free(&r);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_size, 5);
    remove_apart(place);
    remove_apart(data);
}

static void one_at_a_time(void **state)
{
    struct result r;
    (void)state;
    int fd = open(in_folder("kept"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("true"));
    expect_refused(&r, 125, "in use");
    result_free(&r);
    close(fd);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("true"));
    says(&r, "");
}

/* A launcher that is killed takes the sandbox with it, but not at once: until then the directory is
 * in use. PID 1 has it open; who that is only root may see. */
static void the_lock_is_the_sandboxes(void **state)
{
    struct running held;
    struct result r;
    char path[80], link[300];
    unsigned init = 0, found = 0;
    int pipes[2];
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    run_start(&held, &(struct run_spec){.profile = "base",
                                        .set = LIST(SYSTEM, lower, upper),
                                        .argv = SH("echo ready; read line; :"),
                                        .in = &pipes[0]});
    run_wait_for(&held, "ready");
    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", held.pid, held.pid);
    FILE *children = fopen(path, "re");
    assert_non_null(children);
    assert_int_equal(fscanf(children, "%u", &init), 1);
    fclose(children);
    for (int fd = 0; fd < 64; fd++) {
        snprintf(path, sizeof(path), "/proc/%u/fd/%d", init, fd);
        ssize_t got = readlink(path, link, sizeof(link) - 1);
        if (got < 0)
            continue;
        link[got] = '\0';
        assert_string_equal(link, in_folder("kept"));
        found++;
    }
    assert_int_equal(found, 1);
    close(pipes[1]);
    close(pipes[0]);
    run_finish(&held, &r);
    says(&r, "ready\n");
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper),
        .argv = SH("ls -l /proc/self/fd | grep -c kept; :"));
    says(&r, "0\n");
}

/* A layer's file that runs as its owner can get another content, and be left to other users. */
static void kept_from_others(void **state)
{
    struct result r;
    struct stat st;
    (void)state;
    assert_int_equal(chmod(in_folder("kept"), 0755), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("echo x > /x"));
    says(&r, "");
    assert_int_equal(stat(in_folder("kept"), &st), 0);
    assert_int_equal(st.st_mode & 0777, geteuid() == 0 ? 0755 : 0700);
}

/* A launch that was killed while it made them has left directories that are root's. */
static void half_made(void **state)
{
    struct result r;
    (void)state;
    assert_int_equal(mkdir(in_folder("kept/work"), 0700), 0);
    assert_int_equal(mkdir(in_folder("kept/work/new"), 0700), 0);
    assert_int_equal(mkdir(in_folder("kept/work/0"), 0700), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper),
        .argv = SH("echo x > /x && cat /x"));
    says(&r, "x\n");
}

/* What sandbox has not made there it leaves alone. */
static void used_otherwise(void **state)
{
    struct result r;
    (void)state;
    make_dir("kept/work");
    make_dir("kept/work/0");
    make_dir("kept/work/0/work");
    make_file("kept/work/0/work/mine", "mine\n");
    make_file("kept/notes", "mine\n");
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("true"));
    expect_refused(&r, 125, "'notes'");
    result_free(&r);
    reads("kept/work/0/work/mine", "mine\n");
    assert_int_equal(unlink(in_folder("kept/work/0/work/mine")), 0);
}

/* An earlier program can't choose where the changes go. */
static void planted_link(void **state)
{
    struct result r;
    struct stat st;
    (void)state;
    make_dir("outside");
    assert_int_equal(symlink("../outside", in_folder("kept/changes")), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("echo x > /x"));
    expect_refused(&r, 125, "root.upper");
    result_free(&r);
    assert_int_equal(stat(in_folder("outside/x"), &st), -1);
    assert_int_equal(unlink(in_folder("kept/changes")), 0);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper), .argv = SH("echo x > /x"));
    says(&r, "");
    reads("kept/changes/x", "x\n");
}

/* Nor through which directory a mount of the next launch runs. */
static void planted_way(void **state)
{
    struct result r;
    char bind[300];
    (void)state;
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper),
        .argv = SH("ln -s /etc /way && echo made"));
    says(&r, "made\n");
    snprintf(bind, sizeof(bind), "files.bind=%s:/way/in", in_folder("b/data"));
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, upper, bind), .argv = SH("true"));
    expect_refused(&r, 125, "symbolic link");
    result_free(&r);
    RUN(&r, .profile = "base", .set = LIST(SYSTEM, lower, bind), .argv = SH("cat /way/in/file"));
    says(&r, "data\n");
}

static int body(int argc, char **argv)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(kept),
        CASE(the_lock_is_the_sandboxes),
        CASE(kept_from_others),
        CASE(half_made),
        CASE(used_otherwise),
        CASE(dry_run),
        CASE(one_at_a_time),
        CASE(planted_link),
        CASE(planted_way),
        CASE(kept_of_the_host),
    };
    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
