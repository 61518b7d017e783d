/* SPDX-License-Identifier: MIT
 *
 * test_fs_plan.c - the fs guard's plan: which steps a profile becomes, and what is refused.
 */
#include "fs_fixture.h"
#include <errno.h>

static void test_ro_and_rw(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/a");
    make_dir(f, "/a/w");
    make_text(f, "/file", "x", 0644);
    add_ro(f, at(f, "/a"), 1);
    add_rw(f, at(f, "/a/w"), 2);
    add_ro(f, at(f, "/file"), 3);
    prepared(f);
    const char *inside = at(f, "/a") + 1;
    const struct fs_step *a = find_step(f, FS_BIND, inside);
    const struct fs_step *w = find_step(f, FS_BIND, at(f, "/a/w") + 1);
    assert_non_null(a);
    assert_non_null(w);
    assert_true(a < w);
    assert_true(a->attributes & MOUNT_ATTR_RDONLY);
    assert_false(w->attributes & MOUNT_ATTR_RDONLY);
    assert_true(w->inode != 0);
    assert_int_equal(w->origin.line, 2);
    assert_non_null(find_step(f, FS_FILE, at(f, "/file") + 1));
    /* The directories above are made once each; nothing is made inside the bind. */
    assert_true(step_index(f, FS_DIR, "tmp") < step_index(f, FS_DIR, f->dir + 1));
    assert_null(find_step(f, FS_DIR, at(f, "/a/w") + 1));
}

static void test_same_view_is_bound_once(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/a");
    make_dir(f, "/a/b");
    add_ro(f, at(f, "/a"), 1);
    add_ro(f, at(f, "/a/b"), 2);
    prepared(f);
    assert_null(find_step(f, FS_BIND, at(f, "/a/b") + 1));
}

static void test_absent(void **state)
{
    struct fixture *f = *state;
    add_ro(f, at(f, "/gone"), 7)->optional = true;
    prepared(f);
    f->items[0][0].optional = false;
    refused(f, SBX_E_HOST, 7, "does not exist on this machine", "?");
}

static void test_link_as_source(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/real");
    make_link(f, "real", "/link");
    add_ro(f, at(f, "/link"), 1);
    prepared(f);
    assert_string_equal(find_step(f, FS_BIND, at(f, "/link") + 1)->source, at(f, "/real"));
}

static void test_same_path_twice(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/a");
    add_ro(f, at(f, "/a"), 4);
    add_tmpfs(f, at(f, "/a"), 9);
    refused(f, SBX_E_PROFILE, 9, "files.ro at test.ini:4", "!word");
    assert_non_null(strstr(f->error.text, "claimed twice"));
}

static void test_same_claim_twice_is_fine(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/a");
    add_ro(f, at(f, "/a"), 4);
    add_ro(f, at(f, "/a"), 5);
    prepared(f);
}

static void test_target_through_link_to_link(void **state)
{
    struct fixture *f = *state;
    add_link(f, "/b", "/a", 1);
    add_link(f, "c/d", "/b", 2);
    add_tmpfs(f, "/a/x", 3);
    prepared(f);
    assert_non_null(find_step(f, FS_TMPFS, "c/d/x"));
    assert_true(step_index(f, FS_DIR, "c") < step_index(f, FS_DIR, "c/d"));
}

static void test_links_in_a_circle(void **state)
{
    struct fixture *f = *state;
    add_link(f, "/b", "/a", 1);
    add_link(f, "/a", "/b", 2);
    add_tmpfs(f, "/a/x", 3);
    refused(f, SBX_E_HOST, 3, "can't be followed", "circle");
}

static void test_targets_that_meet_after_links(void **state)
{
    struct fixture *f = *state;
    add_link(f, "/b", "/a", 1);
    add_tmpfs(f, "/a/x", 2);
    add_tmpfs(f, "/b/x", 3)->size = 4096;
    refused(f, SBX_E_PROFILE, 3, "claimed twice", NULL);
}

static void test_target_through_host_link(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/var");
    make_link(f, "../run", "/var/run");
    add_bind(f, at(f, "/var"), "/var", false, 1);
    add_tmpfs(f, "/var/run/x", 2);
    prepared(f);
    assert_non_null(find_step(f, FS_TMPFS, "run/x"));
}

static void test_link_in_writable_bind_is_refused(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/w");
    make_dir(f, "/w/real");
    make_link(f, "real", "/w/x");
    add_rw(f, at(f, "/w"), 1);
    add_tmpfs(f, at(f, "/w/x"), 2);
    refused(f, SBX_E_HOST, 2, "an earlier program could have put there", NULL);
}

static void test_mount_point_must_exist_in_bind(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/a");
    make_text(f, "/a/file", "", 0644);
    add_ro(f, at(f, "/a"), 1);
    struct item *item = add_tmpfs(f, at(f, "/a/none"), 2);
    refused(f, SBX_E_PROFILE, 2, "does not exist inside the read-only bind", "files.tmpfs above");
    item->first = at(f, "/a/file");
    refused(f, SBX_E_PROFILE, 2, "is not a directory", NULL);
    item->first = at(f, "/a/file/deeper");
    refused(f, SBX_E_HOST, 2, "can't be followed", NULL);
}

static void test_nothing_is_made_in_a_bind(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/a");
    make_link(f, "same", "/a/link");
    add_ro(f, at(f, "/a"), 1);
    struct item *item = add_link(f, "same", at(f, "/a/link"), 2);
    prepared(f);
    item->first = "other";
    refused(f, SBX_E_PROFILE, 2, "can't be made inside the read-only bind", NULL);
}

static void test_tmpfs_options(void **state)
{
    struct fixture *f = *state;
    add_tmpfs(f, "/tmp", 1);
    struct item *item = add_tmpfs(f, "/var/tmp", 2);
    item->size = 8 << 20;
    item->inodes = 77;
    item->mode = 0700;
    add_tmpfs(f, "/big", 3)->size = POLICY_UNLIMITED;
    prepared(f);
    const struct fs_step *step = find_step(f, FS_TMPFS, "tmp");
    assert_string_equal(step->size_text, "1048576");
    assert_string_equal(step->inodes_text, "1024");
    assert_string_equal(step->mode_text, "01777");
    step = find_step(f, FS_TMPFS, "var/tmp");
    assert_string_equal(step->size_text, "8388608");
    assert_string_equal(step->inodes_text, "77");
    assert_string_equal(step->mode_text, "0700");
    step = find_step(f, FS_TMPFS, "big");
    assert_string_equal(step->size_text, "0");
    assert_string_equal(step->inodes_text, "0");
}

static void test_root_read_only(void **state)
{
    struct fixture *f = *state;
    add_ro(f, "/", 5);
    f->policy.root_cwd.v = "/tmp";
    refused(f, SBX_E_PROFILE, 5, "has the host's /proc in it", "files.proc = private");
    f->policy.files_proc.v = PROC_PRIVATE;
    prepared(f);
    assert_ptr_equal(fs_root_step(&f->plan.fs), &f->plan.fs.steps[0]);
    assert_non_null(find_step(f, FS_PROC, "proc"));
    assert_null(find_step(f, FS_DIR, "proc"));
}

static void test_other_root(void **state)
{
    struct fixture *f = *state;
    use_system(f);
    f->policy.files_dev.v = DEV_MINIMAL;
    make_dir(f, "/srv");
    make_dir(f, "/srv/dev");
    make_dir(f, "/srv/box");
    make_dir(f, "/usr");
    add_bind(f, at(f, "/srv"), "/", false, 1);
    prepared(f);
    assert_null(find_step(f, FS_BIND, "usr"));
    assert_null(find_step(f, FS_TEXT, "etc/passwd"));
    assert_non_null(find_step(f, FS_TMPFS, "dev"));
    assert_true(step_index(f, FS_TMPFS, "dev") < step_index(f, FS_BIND, "dev/null"));
    f->policy.root_cwd.v = "/none";
    refused(f, SBX_E_PROFILE, 0, "does not exist inside /", NULL);
}

static int root_rule(struct fixture *f)
{
    struct diag diag = {.error = &f->error};
    return guard_fs.check(&f->policy, &diag);
}

static void test_root_rules(void **state)
{
    struct fixture *f = *state;
    add_rw(f, "/", 1);
    assert_int_equal(root_rule(f), -1);
    assert_int_equal(f->error.code, SBX_E_PROFILE);
    assert_int_equal(f->error.origin.line, 1);
    f->policy.files_rw.count = 0;
    add_tmpfs(f, "/", 2);
    assert_int_equal(root_rule(f), -1);
    assert_int_equal(f->error.origin.line, 2);
    f->policy.files_tmpfs.count = 0;
    add_link(f, "usr", "/", 3);
    assert_int_equal(root_rule(f), -1);
    f->policy.files_symlink.count = 0;
    add_bind(f, "/", "/mnt", true, 4);
    assert_int_equal(root_rule(f), -1);
    f->items[2][0].writable = false;
    assert_int_equal(root_rule(f), 0);
}

static void test_writable_root_by_link(void **state)
{
    struct fixture *f = *state;
    make_link(f, "/", "/all");
    add_rw(f, at(f, "/all"), 6);
    refused(f, SBX_E_PROFILE, 6, "must not be writable", NULL);
}

static void test_cwd(void **state)
{
    struct fixture *f = *state;
    f->policy.root_cwd.v = "/a/b";
    prepared(f);
    const struct fs_step *cwd = find_step(f, FS_TMPFS, "a/b");
    assert_string_equal(cwd->size_text, "1048576");
    assert_string_equal(cwd->mode_text, "0755");
    assert_int_equal(cwd->attributes, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    assert_string_equal(f->plan.fs.cwd, "/a/b");
}

static void test_cwd_in_profile(void **state)
{
    struct fixture *f = *state;
    add_tmpfs(f, "/tmp", 1);
    f->policy.root_cwd.v = "/tmp/box";
    prepared(f);
    assert_null(find_step(f, FS_TMPFS, "tmp/box"));
    assert_true(step_index(f, FS_TMPFS, "tmp") < step_index(f, FS_DIR, "tmp/box"));
    make_dir(f, "/w");
    add_bind(f, at(f, "/w"), "/w", true, 2);
    f->policy.root_cwd.v = "/w";
    prepared(f);
    assert_null(find_step(f, FS_TMPFS, "w"));
    f->policy.root_cwd.v = "/w/none";
    refused(f, SBX_E_PROFILE, 0, "root.cwd: /w/none does not exist inside /w", NULL);
}

static void test_cwd_through_a_writable_link(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/w");
    make_link(f, "/etc", "/w/x");
    add_bind(f, at(f, "/w"), "/w", true, 1);
    f->policy.root_cwd.v = "/w/x";
    refused(f, SBX_E_PROFILE, 0, "can't be followed", NULL);
}

static void test_odd_target_is_refused(void **state)
{
    struct fixture *f = *state;
    struct item *item = add_tmpfs(f, "/a/../b", 8);
    refused(f, SBX_E_PROFILE, 8, "is not an absolute path without", NULL);
    item->first = "/a//b";
    refused(f, SBX_E_PROFILE, 8, "is not an absolute path without", NULL);
}

static void test_siblings_are_sorted_below_parents(void **state)
{
    struct fixture *f = *state;
    add_tmpfs(f, "/a.d", 1);
    add_tmpfs(f, "/a/b", 2);
    add_tmpfs(f, "/a", 3);
    prepared(f);
    assert_true(step_index(f, FS_TMPFS, "a") < step_index(f, FS_TMPFS, "a/b"));
    assert_true(step_index(f, FS_TMPFS, "a/b") < step_index(f, FS_TMPFS, "a.d"));
}

/* The options of a word are the mount's; a part that a word below shows has its own. */
static void test_options(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/a");
    make_dir(f, "/a/b");
    make_text(f, "/a/prog", "#!/a\n", 0755);
    make_link(f, "prog", "/a/link");
    add_bind(f, at(f, "/a"), "/x", true, 1)->options = VIEW_NOEXEC | VIEW_NOSYMFOLLOW;
    add_bind(f, at(f, "/a/b"), "/x/b", true, 2);
    add_ro(f, at(f, "/a"), 3)->options = VIEW_NOSYMFOLLOW;
    prepared(f);
    const uint64_t all = MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSYMFOLLOW | MOUNT_ATTR_RDONLY;
    assert_int_equal(find_step(f, FS_BIND, "x")->attributes & all,
                     MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSYMFOLLOW);
    assert_int_equal(find_step(f, FS_BIND, "x/b")->attributes & all, 0);
    assert_int_equal(find_step(f, FS_BIND, at(f, "/a") + 1)->attributes & all,
                     MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSYMFOLLOW);
}

/* A walk stops at a link where the kernel's does. */
static void test_links_that_are_not_followed(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/a");
    make_dir(f, "/a/b");
    make_link(f, "b", "/a/link");
    struct item *item = add_ro(f, at(f, "/a"), 1);
    f->policy.root_cwd.v = at(f, "/a/link");
    prepared(f);
    item->options = VIEW_NOSYMFOLLOW;
    assert_int_equal(fs_prepare(&f->plan, &f->host, &f->machine, &f->error), -1);
    assert_int_equal(f->error.sys_errno, ELOOP);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ro_and_rw),
        TEST(test_same_view_is_bound_once),
        TEST(test_absent),
        TEST(test_link_as_source),
        TEST(test_same_path_twice),
        TEST(test_same_claim_twice_is_fine),
        TEST(test_target_through_link_to_link),
        TEST(test_links_in_a_circle),
        TEST(test_targets_that_meet_after_links),
        TEST(test_target_through_host_link),
        TEST(test_link_in_writable_bind_is_refused),
        TEST(test_mount_point_must_exist_in_bind),
        TEST(test_nothing_is_made_in_a_bind),
        TEST(test_tmpfs_options),
        TEST(test_root_read_only),
        TEST(test_other_root),
        TEST(test_root_rules),
        TEST(test_writable_root_by_link),
        TEST(test_cwd),
        TEST(test_cwd_in_profile),
        TEST(test_cwd_through_a_writable_link),
        TEST(test_odd_target_is_refused),
        TEST(test_siblings_are_sorted_below_parents),
        TEST(test_options),
        TEST(test_links_that_are_not_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
