/* SPDX-License-Identifier: MIT
 *
 * test_fs_hide.c - files.hide: what is covered, where, and what the program finds there.
 */
#include "fs_inside.h"
#include <dirent.h>
#include <sys/statvfs.h>

static char dir[64]; /* of the fixture, for the children */

/* A path of the made-up host, in a child, which may use the heap no more than once. */
static const char *here(const char *path)
{
    static char text[4][256];
    static unsigned turn;
    char *place = text[turn++ % 4];
    snprintf(place, sizeof(text[0]), "%s%s", dir, path);
    return place;
}

/* /a with a file, a folder, a link to each, and one place that is shown again. */
static struct fixture *host_of(void **state)
{
    struct fixture *f = *state;
    snprintf(dir, sizeof(dir), "%s", f->dir);
    make_dir(f, "/a");
    make_text(f, "/a/file", "secret", 0644);
    make_dir(f, "/a/keys");
    make_text(f, "/a/keys/one", "secret", 0644);
    make_dir(f, "/a/keys/public");
    make_text(f, "/a/keys/public/two", "public", 0644);
    make_dir(f, "/a/deep");
    make_dir(f, "/a/deep/deeper");
    make_text(f, "/a/deep/deeper/file", "secret", 0644);
    make_link(f, "file", "/a/link");
    make_link(f, "keys", "/a/links");
    return f;
}

/* ---- the plan ------------------------------------------------------------------------------- */

/* A link of the system's is followed, too. */
static void test_link_of_the_system(void **state)
{
    struct fixture *f = host_of(state);
    use_system(f);
    make_dir(f, "/usr");
    make_dir(f, "/usr/bin");
    make_link(f, "usr/bin", "/bin");
    add_hide(f, "/bin", 1);
    prepared(f);
    assert_non_null(find_step(f, FS_HIDE_DIR, "usr/bin"));
    assert_non_null(find_step(f, FS_SYMLINK, "bin"));
}

static void test_file_and_directory(void **state)
{
    struct fixture *f = host_of(state);
    struct stat st;
    add_hide(f, at(f, "/a/file"), 1);
    add_hide(f, at(f, "/a/keys"), 2);
    add_ro(f, at(f, "/a"), 3);
    prepared(f);
    const struct fs_step *file = find_step(f, FS_HIDE_FILE, at(f, "/a/file") + 1);
    const struct fs_step *keys = find_step(f, FS_HIDE_DIR, at(f, "/a/keys") + 1);
    assert_non_null(file);
    assert_non_null(keys);
    assert_true(step_index(f, FS_BIND, at(f, "/a") + 1) < step_index(f, file->op, file->target));
    assert_int_equal(stat(at(f, "/a/file"), &st), 0);
    assert_int_equal(file->inode, st.st_ino);
    assert_int_equal(file->device, st.st_dev);
    assert_true(file->attributes & MOUNT_ATTR_RDONLY && keys->attributes & MOUNT_ATTR_RDONLY);
    assert_int_equal(keys->origin.line, 2);
    assert_null(find_step(f, FS_SEAL, keys->target));
}

static void test_links_lead(void **state)
{
    struct fixture *f = host_of(state);
    add_ro(f, at(f, "/a"), 1);
    add_hide(f, at(f, "/a/link"), 2);
    add_hide(f, at(f, "/a/links/one"), 3);
    prepared(f);
    assert_non_null(find_step(f, FS_HIDE_FILE, at(f, "/a/file") + 1));
    assert_non_null(find_step(f, FS_HIDE_FILE, at(f, "/a/keys/one") + 1));
}

static void test_links_in_a_writable_bind(void **state)
{
    struct fixture *f = host_of(state);
    add_rw(f, at(f, "/a"), 1);
    add_hide(f, at(f, "/a/link"), 2)->optional = true;
    refused(f, SBX_E_HOST, 2, "an earlier program could have put there", NULL);
}

static void test_absent(void **state)
{
    struct fixture *f = host_of(state);
    add_ro(f, at(f, "/a"), 1);
    struct item *item = add_hide(f, at(f, "/a/none"), 2);
    refused(f, SBX_E_HOST, 2, "does not exist inside", "?");
    item->optional = true;
    prepared(f);
    assert_null(find_step(f, FS_HIDE_FILE, at(f, "/a/none") + 1));
    item->first = at(f, "/a/file/none");
    prepared(f);
    item->optional = false;
    refused(f, SBX_E_HOST, 2, "can't be followed", NULL);
}

/* The strict one of two words on one path counts, whatever their order. */
static void test_absent_twice(void **state)
{
    struct fixture *f = host_of(state);
    add_ro(f, at(f, "/a"), 1);
    add_hide(f, at(f, "/a/none"), 2)->optional = true;
    struct item *second = add_hide(f, at(f, "/a/none"), 3);
    assert_int_equal(prepare(f), -1);
    f->items[5][0].optional = false;
    second->optional = true;
    assert_int_equal(prepare(f), -1);
    f->items[5][0].optional = true;
    prepared(f);
}

static void test_nothing_shows_it(void **state)
{
    struct fixture *f = host_of(state);
    size_t before;
    add_ro(f, at(f, "/a/deep"), 1);
    prepared(f);
    before = f->plan.fs.count;
    add_hide(f, at(f, "/a"), 2);
    add_hide(f, "/nowhere", 3);
    prepared(f);
    assert_int_equal(f->plan.fs.count, before);
}

static void test_claimed_twice(void **state)
{
    struct fixture *f = host_of(state);
    add_ro(f, at(f, "/a"), 1);
    add_hide(f, at(f, "/a"), 2);
    refused(f, SBX_E_PROFILE, 2, "claimed twice", NULL);
}

static void test_in_other_binds(void **state)
{
    struct fixture *f = host_of(state);
    add_ro(f, at(f, "/a"), 1);
    add_bind(f, at(f, "/a"), "/b", false, 2);
    add_bind(f, at(f, "/a/deep"), "/c", true, 3);
    add_bind(f, at(f, "/a/keys/public"), "/d", false, 4);
    add_bind(f, f->dir, "/e", false, 5);
    add_bind(f, at(f, "/a/deep"), "/e/a/keys", false, 6);
    add_hide(f, at(f, "/a/deep/deeper/file"), 7);
    add_hide(f, at(f, "/a/keys"), 8);
    prepared(f);
    assert_non_null(find_step(f, FS_HIDE_FILE, "b/deep/deeper/file"));
    assert_non_null(find_step(f, FS_HIDE_FILE, "c/deeper/file"));
    assert_non_null(find_step(f, FS_HIDE_FILE, "e/a/deep/deeper/file"));
    assert_non_null(find_step(f, FS_HIDE_DIR, "b/keys"));
    assert_null(find_step(f, FS_HIDE_DIR, "e/a/keys")); /* something else is there */
    assert_null(find_step(f, FS_HIDE_DIR, "d"));        /* that word says so itself */
    assert_non_null(find_step(f, FS_HIDE_FILE, "e/a/keys/deeper/file"));
}

static void test_directories_above_are_pinned(void **state)
{
    struct fixture *f = host_of(state);
    add_rw(f, at(f, "/a"), 1);
    add_hide(f, at(f, "/a/deep/deeper/file"), 2);
    prepared(f);
    const struct fs_step *deep = find_step(f, FS_BIND, at(f, "/a/deep") + 1);
    const struct fs_step *deeper = find_step(f, FS_BIND, at(f, "/a/deep/deeper") + 1);
    assert_true(deep && deeper && deep < deeper);
    assert_false(deep->attributes & MOUNT_ATTR_RDONLY);
    assert_string_equal(deeper->source, at(f, "/a/deep/deeper"));
    f->policy.files_rw.count = 0;
    add_ro(f, at(f, "/a"), 1);
    prepared(f);
    assert_null(find_step(f, FS_BIND, at(f, "/a/deep") + 1));
}

static void test_many_names(void **state)
{
    struct fixture *f = host_of(state);
    assert_int_equal(link(at(f, "/a/file"), at(f, "/a/other")), 0);
    add_rw(f, at(f, "/a"), 1);
    add_hide(f, at(f, "/a/file"), 2);
    refused(f, SBX_E_HOST, 2, "has 2 names", "find / -samefile");
    f->policy.files_rw.count = 0;
    add_ro(f, at(f, "/a"), 1);
    prepared(f); /* no program has made that one */
}

static void test_working_directory(void **state)
{
    struct fixture *f = host_of(state);
    add_hide(f, "/box", 1);
    assert_int_equal(prepare(f), -1);
    assert_non_null(strstr(f->error.text, "root.cwd"));
}

/* ---- inside --------------------------------------------------------------------------------- */

static bool reads(const char *path, const char *text)
{
    char bytes[64] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes) - 1);
    close(fd);
    return got >= 0 && strcmp(bytes, text) == 0;
}

static unsigned entries(const char *path)
{
    unsigned count = 0;
    DIR *folder = opendir(path);
    while (folder && readdir(folder))
        count++;
    if (folder)
        closedir(folder);
    return count;
}

static void look_at_hidden(void)
{
    struct stat st;
    CHECK(!reads(here("/a/file"), "secret"));
    CHECK(stat(here("/a/file"), &st) == 0 && st.st_size == 0 && (st.st_mode & 07777) == 0);
    CHECK(chmod(here("/a/file"), 0600) != 0 && errno == EROFS);
    CHECK(unlink(here("/a/file")) != 0);
    CHECK(rename(here("/a/file"), here("/a/x")) != 0);
    CHECK(entries(here("/a/keys")) == 3); /* ".", ".." and what a word below shows */
    CHECK(reads(here("/a/keys/public/two"), "public"));
    CHECK(!exists(here("/a/keys/one")));
    CHECK(!can_create(here("/a/keys/x")) && errno == EROFS);
    CHECK(chmod(here("/a/keys"), 0777) != 0 && errno == EROFS);
    CHECK(rename(here("/a/keys"), here("/a/y")) != 0 && rmdir(here("/a/keys")) != 0);
    struct statvfs fs;
    CHECK(statvfs(here("/a/keys"), &fs) == 0 && fs.f_flag & ST_RDONLY && fs.f_flag & ST_NOSUID);
    CHECK(statvfs(here("/a/file"), &fs) == 0 && fs.f_flag & ST_RDONLY && fs.f_flag & ST_NODEV);
    CHECK(!exists("/blank"));
}

static void look_at_hidden_and_writable(void)
{
    look_at_hidden();
    CHECK(can_create(here("/a/mine")) && can_create(here("/a/deep/deeper/mine")));
    CHECK(!reads(here("/a/deep/deeper/file"), "secret"));
    CHECK(rename(here("/a/deep"), here("/a/moved")) != 0 && errno == EBUSY);
    CHECK(rename(here("/a/deep/deeper"), here("/a/deep/moved")) != 0 && errno == EBUSY);
    CHECK(rename(here("/a/file"), here("/a/moved")) != 0 && errno == EBUSY);
    CHECK(link(here("/a/file"), here("/a/other")) != 0);
}

static void test_inside(void **state)
{
    struct fixture *f = host_of(state);
    add_ro(f, at(f, "/a"), 1);
    add_ro(f, at(f, "/a/keys/public"), 2);
    add_hide(f, at(f, "/a/file"), 3);
    add_hide(f, at(f, "/a/keys"), 4);
    prepared(f);
    entered(f, look_at_hidden);
    assert_int_equal(find_step(f, FS_SEAL, at(f, "/a/keys") + 1) != NULL, true);
}

static void test_inside_writable(void **state)
{
    struct fixture *f = host_of(state);
    char owned[3][128];
    snprintf(owned[0], sizeof(owned[0]), "%s", at(f, "/a"));
    snprintf(owned[1], sizeof(owned[1]), "%s", at(f, "/a/deep"));
    snprintf(owned[2], sizeof(owned[2]), "%s", at(f, "/a/deep/deeper"));
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(chmod(owned[i], 0777), 0);
    add_rw(f, at(f, "/a"), 1);
    add_ro(f, at(f, "/a/keys/public"), 2);
    add_hide(f, at(f, "/a/file"), 3);
    add_hide(f, at(f, "/a/keys"), 4);
    add_hide(f, at(f, "/a/deep/deeper/file"), 5);
    prepared(f);
    entered(f, look_at_hidden_and_writable);
    assert_true(exists(at(f, "/a/mine"))); /* the host's own, as ever */
    assert_int_equal(entries(at(f, "/a/keys")), 4);
}

/* The host's whole tree as the root: files of ours are staged there, too. */
static void test_inside_a_root_that_is_a_bind(void **state)
{
    struct fixture *f = host_of(state);
    make_dir(f, "/box");
    add_bind(f, f->dir, "/", false, 1);
    add_hide(f, "/a/file", 2);
    add_hide(f, "/a/keys", 3);
    add_bind(f, at(f, "/a/keys/public"), "/a/keys/public", false, 4);
    prepared(f);
    dir[0] = '\0';
    entered(f, look_at_hidden);
}

static void test_replaced_meanwhile(void **state)
{
    struct fixture *f = host_of(state);
    add_ro(f, at(f, "/a"), 1);
    add_hide(f, at(f, "/a/file"), 2);
    prepared(f);
    assert_int_equal(rename(at(f, "/a/file"), at(f, "/a/old")), 0);
    make_text(f, "/a/file", "decoy", 0644);
    stopped(f, ESTALE, FS_HIDE_FILE, at(f, "/a/file") + 1, "replaced");
    assert_int_equal(unlink(at(f, "/a/file")), 0);
    make_link(f, "keys/one", "/a/file");
    stopped(f, ESTALE, FS_HIDE_FILE, at(f, "/a/file") + 1, "replaced");
    assert_int_equal(unlink(at(f, "/a/file")), 0);
    stopped(f, ENOENT, FS_HIDE_FILE, at(f, "/a/file") + 1, "replaced");
}

/* A decoy in the place of a directory above would leave the real one uncovered beside it. */
static void test_directory_above_replaced_meanwhile(void **state)
{
    struct fixture *f = host_of(state);
    add_rw(f, at(f, "/a"), 1);
    add_hide(f, at(f, "/a/deep/deeper/file"), 2);
    prepared(f);
    assert_int_equal(rename(at(f, "/a/deep"), at(f, "/a/moved")), 0);
    make_dir(f, "/a/deep");
    stopped(f, ESTALE, FS_BIND, at(f, "/a/deep") + 1, "replaced");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_link_of_the_system),
        TEST(test_file_and_directory),
        TEST(test_links_lead),
        TEST(test_links_in_a_writable_bind),
        TEST(test_absent),
        TEST(test_absent_twice),
        TEST(test_nothing_shows_it),
        TEST(test_claimed_twice),
        TEST(test_in_other_binds),
        TEST(test_directories_above_are_pinned),
        TEST(test_many_names),
        TEST(test_working_directory),
        TEST(test_inside),
        TEST(test_inside_writable),
        TEST(test_inside_a_root_that_is_a_bind),
        TEST(test_replaced_meanwhile),
        TEST(test_directory_above_replaced_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
