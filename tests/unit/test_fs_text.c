/* SPDX-License-Identifier: MIT
 *
 * test_fs_text.c - files.text: where a file of the profile's own is written, and where it is
 * mounted.
 */
#include "fs_inside.h"
#include <sys/statvfs.h>

static void test_in_the_root(void **state)
{
    struct fixture *f = *state;
    add_text(f, "/etc/motd", "hello\n", 1);
    add_text(f, "/etc/empty", "", 2);
    prepared(f);
    const struct fs_step *step = find_step(f, FS_TEXT, "etc/motd");
    assert_non_null(step);
    assert_string_equal(step->source, "hello\n");
    assert_int_equal(step->mode, 0444);
    assert_non_null(find_step(f, FS_TEXT, "etc/empty"));
    assert_null(find_step(f, FS_SHOW_TEXT, "etc/motd"));
}

/* Where the program may write, a file of its own would be its own to change. */
static void test_in_a_tmpfs(void **state)
{
    struct fixture *f = *state;
    add_tmpfs(f, "/t", 1);
    add_text(f, "/t/a/b", "b", 2);
    f->policy.root_cwd.v = "/t/cwd";
    add_text(f, "/t/cwd/c", "c", 3);
    prepared(f);
    assert_true(step_index(f, FS_FILE, "t/a/b") < step_index(f, FS_SHOW_TEXT, "t/a/b"));
    assert_true(step_index(f, FS_DIR, "t/cwd") < step_index(f, FS_FILE, "t/cwd/c"));
    assert_non_null(find_step(f, FS_SHOW_TEXT, "t/cwd/c"));
    assert_true(find_step(f, FS_SHOW_TEXT, "t/a/b")->attributes & MOUNT_ATTR_RDONLY);
}

static void test_on_the_host(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/a");
    make_text(f, "/a/file", "host's", 0644);
    make_dir(f, "/a/dir");
    make_link(f, "file", "/a/link");
    add_ro(f, at(f, "/a"), 1);
    struct item *item = add_text(f, at(f, "/a/file"), "ours", 2);
    prepared(f);
    const struct fs_step *step = find_step(f, FS_SHOW_TEXT, at(f, "/a/file") + 1);
    assert_non_null(step);
    assert_true(step->inode != 0);
    item->first = at(f, "/a/link");
    prepared(f);
    assert_non_null(find_step(f, FS_SHOW_TEXT, at(f, "/a/file") + 1));
    item->first = at(f, "/a/none");
    refused(f, SBX_E_PROFILE, 2, "does not exist inside", "a file yourself");
    item->first = at(f, "/a/dir");
    refused(f, SBX_E_PROFILE, 2, "is a directory", "a file yourself");
    assert_false(exists(at(f, "/a/none")));
}

static void test_instead_of_the_guards_own(void **state)
{
    struct fixture *f = *state;
    use_system(f);
    add_text(f, "/etc/hosts", "mine", 1);
    prepared(f);
    assert_string_equal(find_step(f, FS_TEXT, "etc/hosts")->source, "mine");
    assert_non_null(find_step(f, FS_TEXT, "etc/passwd"));
}

static void test_claimed_twice(void **state)
{
    struct fixture *f = *state;
    add_text(f, "/a", "one", 1);
    struct item *item = add_text(f, "/a", "two", 2);
    assert_int_equal(prepare(f), -1);
    assert_non_null(strstr(f->error.text, "claimed twice"));
    item->second = "one";
    prepared(f);
    add_tmpfs(f, "/a/b", 3);
    refused(f, SBX_E_PROFILE, 3, "where nothing can be put", NULL);
}

/* ---- inside --------------------------------------------------------------------------------- */

static bool holds(const char *path, const char *text)
{
    char bytes[8192] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes) - 1);
    close(fd);
    return got >= 0 && strcmp(bytes, text) == 0;
}

/* A file that can't be changed, whoever owns it. */
static bool is_fixed(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && (st.st_mode & 07777) == 0444 && chmod(path, 0644) != 0 &&
           truncate(path, 0) != 0 && unlink(path) != 0 && rename(path, "/t/other") != 0;
}

static char long_text[6000];

static void look(void)
{
    CHECK(holds("/etc/motd", "hello\nworld\n") && is_fixed("/etc/motd"));
    CHECK(holds("/etc/empty", ""));
    CHECK(holds("/t/a", "in a tmpfs") && is_fixed("/t/a"));
    CHECK(holds("/h/file", long_text) && is_fixed("/h/file"));
    CHECK(holds("/h/hidden/inside", "below what is hidden") && is_fixed("/h/hidden/inside"));
    CHECK(!exists("/h/hidden/secret"));
    struct statvfs fs;
    CHECK(statvfs("/t/a", &fs) == 0 && fs.f_flag & ST_RDONLY && fs.f_flag & ST_NOEXEC);
    CHECK(can_create("/t/mine"));
}

static void test_inside(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/a");
    make_text(f, "/a/file", "host's", 0666);
    make_dir(f, "/a/hidden");
    make_text(f, "/a/hidden/secret", "secret", 0644);
    memset(long_text, 'x', sizeof(long_text) - 1);
    add_bind(f, at(f, "/a"), "/h", true, 1);
    add_tmpfs(f, "/t", 2);
    add_hide(f, "/h/hidden", 3);
    add_text(f, "/etc/motd", "hello\nworld\n", 4);
    add_text(f, "/etc/empty", "", 5);
    add_text(f, "/t/a", "in a tmpfs", 6);
    add_text(f, "/h/file", long_text, 7);
    add_text(f, "/h/hidden/inside", "below what is hidden", 8);
    prepared(f);
    entered(f, look);
    assert_true(holds(at(f, "/a/file"), "host's"));
    assert_false(exists(at(f, "/a/hidden/inside")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_in_the_root),   TEST(test_in_a_tmpfs),
        TEST(test_on_the_host),   TEST(test_instead_of_the_guards_own),
        TEST(test_claimed_twice), TEST(test_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
