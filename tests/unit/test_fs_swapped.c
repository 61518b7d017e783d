/* SPDX-License-Identifier: MIT
 *
 * test_fs_swapped.c - building the root on a host that changes meanwhile, or that is closed to the
 * caller: where it stops, and in what words.
 */
#include "fs_inside.h"

static void test_swapped_source(void **state)
{
    struct fixture *f = *state;
    make_text(f, "/a", "one", 0644);
    make_text(f, "/b", "two", 0644);
    add_ro(f, at(f, "/a"), 1);
    prepared(f);
    assert_int_equal(rename(at(f, "/b"), at(f, "/a")), 0);
    stopped(f, ESTALE, FS_BIND, at(f, "/a") + 1, "was replaced by another file");
    assert_int_equal(f->error.origin.line, 1);
    assert_int_equal(unlink(at(f, "/a")), 0);
    stopped(f, ENOENT, FS_BIND, at(f, "/a") + 1, "went away");
    make_link(f, "/etc/passwd", "/a");
    stopped(f, ESTALE, FS_BIND, at(f, "/a") + 1, "was replaced by another file");
}

/* A directory above a mount point becomes a link after the plan was made. */
static void test_swapped_directory(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/w");
    make_dir(f, "/w/a");
    make_dir(f, "/w/a/b");
    make_dir(f, "/elsewhere");
    make_dir(f, "/elsewhere/b");
    add_bind(f, at(f, "/w"), "/w", true, 1);
    add_tmpfs(f, "/w/a/b", 2);
    prepared(f);
    assert_int_equal(rename(at(f, "/w/a"), at(f, "/w/old")), 0);
    make_link(f, "../elsewhere", "/w/a");
    stopped(f, ELOOP, FS_TMPFS, "w/a/b", "replaced by a symbolic link");
}

/* The mount point itself becomes a link: it is not followed. */
static void test_swapped_mount_point(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/w");
    make_dir(f, "/w/a");
    make_dir(f, "/w/other");
    add_bind(f, at(f, "/w"), "/w", true, 1);
    add_tmpfs(f, "/w/a", 2);
    prepared(f);
    assert_int_equal(rmdir(at(f, "/w/a")), 0);
    make_link(f, "other", "/w/a");
    enter(f, NULL);
    assert_true(told->ret < 0);
    assert_int_equal(told->item, step_index(f, FS_TMPFS, "w/a"));
}

/* A directory on the way to a layer, or to a part of one, becomes a link: not even one to the very
 * same place is followed, for the next look might find another. */
static void test_swapped_layer(void **state)
{
    struct fixture *f = *state;
    static struct item lower;
    make_dir(f, "/up");
    make_dir(f, "/up/in");
    make_dir(f, "/up/in/mnt");
    make_dir(f, "/up/in/data");
    make_text(f, "/up/in/file", "x", 0644);
    make_text(f, "/mounts", "", 0644);
    f->machine.mounts = at(f, "/mounts");
    FILE *mounts = fopen(f->machine.mounts, "we");
    assert_non_null(mounts);
    fprintf(mounts, "20 1 8:1 / %s/up/in/mnt rw - ext4 /dev/root rw\n", f->dir);
    assert_int_equal(fclose(mounts), 0);
    lower = (struct item){.text = at(f, "/up"), .first = at(f, "/up")};
    f->policy.root_base.v = BASE_OVERLAY;
    f->policy.root_lower = (struct value_list){.items = &lower, .count = 1};
    prepared(f);
    assert_int_equal(rename(at(f, "/up/in"), at(f, "/up/old")), 0);
    make_link(f, "old", "/up/in");
    stopped(f, ELOOP, FS_LAYER, "0/0", "replaced by a symbolic link");
    assert_true(find_step(f, FS_BIND, "in/file")->straight);
}

static void look_at_closed(void)
{
    CHECK(exists("/data/mark"));
}

/* What the caller can reach, the sandbox can show, whoever the program runs as. */
static void test_own_closed_directory(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/closed");
    make_dir(f, "/closed/data");
    make_text(f, "/closed/data/mark", "", 0644);
    assert_int_equal(chmod(at(f, "/closed"), 0700), 0);
    add_bind(f, at(f, "/closed/data"), "/data", false, 3);
    prepared(f);
    entered(f, look_at_closed);
}

static void test_closed_directory_of_another(void **state)
{
    struct fixture *f = *state;
    if (!f->host.root) {
        print_message("needs root, who may give a directory away\n");
        skip();
    }
    make_dir(f, "/closed");
    make_dir(f, "/closed/data");
    add_ro(f, at(f, "/closed/data"), 3);
    prepared(f);
    assert_int_equal(chmod(at(f, "/closed"), 0700), 0);
    assert_int_equal(chown(at(f, "/closed"), 65533, 65533), 0);
    stopped(f, EACCES, FS_BIND, at(f, "/closed/data") + 1, "/closed: chmod o+x");
    refused(f, SBX_E_HOST, 3, "without root's right to enter", "chmod o+x");
}

static void test_phases_are_explained(void **state)
{
    struct fixture *f = *state;
    prepared(f);
    for (int phase = 0; phase < FS_PHASES; phase++) {
        memset(&f->error, 0, sizeof(f->error));
        f->error.sys_errno = EINVAL;
        guard_fs.explain(&f->plan, (int)f->plan.fs.count + phase, &f->error);
        assert_true(f->error.text[0] != '\0');
    }
}

static void test_refused_proc_is_explained(void **state)
{
    struct fixture *f = *state;
    f->policy.files_proc.v = PROC_PRIVATE;
    prepared(f);
    f->error.sys_errno = EPERM;
    guard_fs.explain(&f->plan, (int)step_index(f, FS_PROC, "proc"), &f->error);
    assert_non_null(strstr(f->error.hint, "partly covered"));
    f->error.sys_errno = EINVAL;
    guard_fs.explain(&f->plan, (int)step_index(f, FS_PROC, "proc"), &f->error);
    assert_non_null(strstr(f->error.text, "hidepid=ptraceable"));
    assert_non_null(strstr(f->error.hint, "Linux 5.8"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_swapped_source),       TEST(test_swapped_directory),
        TEST(test_swapped_mount_point),  TEST(test_swapped_layer),
        TEST(test_own_closed_directory), TEST(test_closed_directory_of_another),
        TEST(test_phases_are_explained), TEST(test_refused_proc_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
