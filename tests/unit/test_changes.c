/* SPDX-License-Identifier: MIT
 *
 * test_changes.c - layers seen as one tree, and what makes two things differ, on made-up trees.
 */
#include "base/fd.h"
#include "changes/attributes.h"
#include "changes/compare.h"
#include "changes/content.h"
#include "changes/links.h"
#include "changes/remove.h"
#include "changes/walk.h"
#include "support/test.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static int home = -1; /* the working directory, which is a new one for each test */
static char home_path[64];

static int set(void **state)
{
    (void)state;
    memcpy(home_path, "/tmp/sandbox-unit-XXXXXX", sizeof("/tmp/sandbox-unit-XXXXXX"));
    assert_non_null(mkdtemp(home_path));
    assert_int_equal(chdir(home_path), 0);
    home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(home >= 0);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    assert_int_equal(remove_content(home), 0);
    close(home);
    assert_int_equal(chdir("/"), 0);
    return rmdir(home_path);
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void make(const char *path)
{
    assert_int_equal(mkdir(path, 0755), 0);
}

static void mark(const char *path, const char *name, const char *value)
{
    if (setxattr(path, name, value, strlen(value), 0) != 0) {
        assert_int_equal(errno, EOPNOTSUPP);
        skip(); /* no user attributes in /tmp */
    }
}

static void hide(const char *path)
{
    assert_int_equal(mknod(path, S_IFCHR, 0), 0);
}

static int open_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

/* ---- layers --------------------------------------------------------------------------------- */

static void start(struct view *view, const char *const *paths, size_t count)
{
    int fds[4];
    for (size_t i = 0; i < count; i++)
        fds[i] = open_directory(paths[i]);
    assert_int_equal(view_start(view, fds, count), 0);
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
}

/* 'f' file, 'd' directory, '-' nothing. */
static char what_is(const struct view *view, const char *name)
{
    struct thing thing;
    int found = view_find(view, name, &thing, NULL);
    assert_true(found >= 0);
    return !found ? '-' : S_ISDIR(thing.mode) ? 'd' : 'f';
}

static void three_layers_are_one(void **state)
{
    static const char *const layers[] = {"a", "b", "c"};
    struct view view;
    (void)state;
    make("a"), make("b"), make("c");
    make("a/d"), make("b/d"), make("c/d"), make("c/d/sub");
    put("a/d/1", ""), put("b/d/2", ""), put("c/d/3", ""), put("c/d/4", ""), put("c/d/sub/x", "");
    hide("a/d/3");
    put("a/only", ""), put("c/low", "");
    make("c/cut"), put("c/cut/under", ""), put("b/cut", "a file hides the directory");
    make("a/cut"), put("a/cut/over", "");
    start(&view, layers, 3);
    assert_int_equal(what_is(&view, "only"), 'f');
    assert_int_equal(what_is(&view, "low"), 'f');
    assert_int_equal(what_is(&view, "none"), '-');
    assert_int_equal(view_enter(&view, "d"), 0);
    assert_int_equal(what_is(&view, "1"), 'f');
    assert_int_equal(what_is(&view, "2"), 'f');
    assert_int_equal(what_is(&view, "3"), '-');
    assert_int_equal(what_is(&view, "4"), 'f');
    assert_int_equal(view_enter(&view, "sub"), 0); /* of the last layer alone */
    assert_int_equal(what_is(&view, "x"), 'f');
    assert_int_equal(view_enter(&view, "nowhere"), 0);
    assert_int_equal(what_is(&view, "x"), '-');
    assert_int_equal(view_top(&view), -1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(view_leave(&view), 0);
    assert_int_equal(what_is(&view, "only"), 'f');
    assert_int_equal(view_enter(&view, "cut"), 0);
    assert_int_equal(what_is(&view, "over"), 'f');
    assert_int_equal(what_is(&view, "under"), '-');
    view_end(&view);
}

static void opaque_directories_end_it(void **state)
{
    static const char *const layers[] = {"a", "b", "c"};
    struct view view;
    struct names names = {0};
    (void)state;
    make("a"), make("b"), make("c");
    make("a/d"), make("b/d"), make("c/d");
    put("a/d/1", ""), put("b/d/2", ""), put("c/d/3", "");
    mark("b/d", "user.overlay.opaque", "y");
    start(&view, layers, 3);
    assert_int_equal(view_enter(&view, "d"), 0);
    assert_int_equal(what_is(&view, "1"), 'f');
    assert_int_equal(what_is(&view, "2"), 'f');
    assert_int_equal(what_is(&view, "3"), '-');
    assert_int_equal(view_names(&view, &names), 0);
    names_sort(&names);
    assert_int_equal(names.count, 2);
    assert_string_equal(names_at(&names, 1), "2");
    names_free(&names);
    view_end(&view);
}

/* An empty file is a whiteout only in a directory that says it has some. */
static void whiteouts_of_the_second_kind(void **state)
{
    static const char *const layers[] = {"a", "b"};
    struct view view;
    (void)state;
    make("a"), make("b"), make("a/x"), make("a/w"), make("a/plain");
    make("b/x"), make("b/w"), make("b/plain");
    static const char *const files[] = {"a/x/1", "a/w/1", "a/plain/1"};
    for (size_t i = 0; i < 3; i++) {
        put(files[i], "");
        mark(files[i], "user.overlay.whiteout", "y");
    }
    put("a/x/2", ""), put("b/x/1", "1"), put("b/x/3", "3"), put("b/w/1", "1");
    mark("a/x", "user.overlay.opaque", "x");
    mark("a/w", "user.overlay.whiteouts", "y");
    start(&view, layers, 2);
    assert_int_equal(view_enter(&view, "x"), 0);
    assert_int_equal(what_is(&view, "1"), '-');
    assert_int_equal(what_is(&view, "2"), 'f');
    assert_int_equal(what_is(&view, "3"), 'f'); /* "x" is not opaque */
    assert_int_equal(view_leave(&view), 0);
    assert_int_equal(view_enter(&view, "w"), 0);
    assert_int_equal(what_is(&view, "1"), '-');
    assert_int_equal(view_leave(&view), 0);
    assert_int_equal(view_enter(&view, "plain"), 0);
    assert_int_equal(what_is(&view, "1"), 'f');
    view_end(&view);
}

/* ---- trails --------------------------------------------------------------------------------- */

static void a_trail_stays_in_its_tree(void **state)
{
    struct trail trail;
    (void)state;
    make("t"), make("t/in"), make("t/in/deep"), make("away");
    assert_int_equal(symlink("in", "t/link"), 0);
    put("t/file", "");
    assert_int_equal(trail_start(&trail, open_directory("t"), true), 0);
    assert_int_equal(trail_enter(&trail, "link"), -ENOTDIR);
    assert_int_equal(trail_enter(&trail, "file"), -ENOTDIR);
    assert_int_equal(trail_enter(&trail, ".."), -EXDEV);
    assert_int_equal(trail_enter(&trail, "none"), -ENOENT);
    assert_int_equal(trail.depth, 0);
    assert_int_equal(trail_enter(&trail, "in"), 0);
    assert_int_equal(trail_enter(&trail, "deep"), 0);
    assert_int_equal(trail_leave(&trail), 0);
    assert_int_equal(trail_enter(&trail, "deep"), 0);
    assert_int_equal(rename("t/in/deep", "away/deep"), 0);
    assert_int_equal(trail_leave(&trail), -ESTALE);
    trail_end(&trail);
}

/* ---- what differs --------------------------------------------------------------------------- */

static unsigned differences(const char *name)
{
    struct thing upper, lower;
    unsigned what = 0;
    autofd a = open_directory("a"), b = open_directory("b");
    assert_int_equal(thing_look(a, name, &upper), 0);
    assert_int_equal(thing_look(b, name, &lower), 0);
    assert_int_equal(
        compare_things(name, (struct side){a, &upper}, (struct side){b, &lower}, &what), 0);
    return what;
}

static void age(const char *path, long nanoseconds)
{
    const struct timespec times[2] = {{1000, nanoseconds}, {1000, nanoseconds}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

static void each_difference_is_seen(void **state)
{
    (void)state;
    make("a"), make("b");
    put("a/f", "text"), put("b/f", "text"), age("a/f", 1), age("b/f", 1);
    assert_int_equal(differences("f"), 0);
    put("a/f", "tezt"), age("a/f", 1);
    assert_int_equal(differences("f"), SBX_CHANGE_CONTENT);
    put("a/f", "text"), age("a/f", 2);
    assert_int_equal(differences("f"), SBX_CHANGE_TIMES);
    age("a/f", 1);
    assert_int_equal(chmod("a/f", 0600), 0);
    assert_int_equal(differences("f"), SBX_CHANGE_MODE);
    assert_int_equal(symlink("x", "a/l") | symlink("y", "b/l"), 0);
    age("a/l", 1), age("b/l", 1);
    assert_int_equal(differences("l"), SBX_CHANGE_LINK);
}

static void attributes_are_compared_and_copied(void **state)
{
    (void)state;
    make("a"), make("b");
    put("a/f", ""), put("b/f", ""), age("a/f", 1), age("b/f", 1);
    mark("a/f", "user.overlay.origin", "1"); /* overlayfs's own */
    assert_int_equal(differences("f"), 0);
    mark("a/f", "user.one", "1"), mark("a/f", "user.two", "2");
    mark("b/f", "user.one", "1"), mark("b/f", "user.six", "2"); /* as long, and another */
    assert_int_equal(differences("f"), SBX_CHANGE_XATTRS);
    autofd from = open("a/f", O_RDONLY | O_CLOEXEC), to = open("b/f", O_RDONLY | O_CLOEXEC);
    assert_int_equal(attributes_copy(from, to), 0);
    assert_int_equal(differences("f"), 0);
    assert_int_equal(fgetxattr(to, "user.six", NULL, 0), -1);
    assert_int_equal(fgetxattr(to, "user.overlay.origin", NULL, 0), -1);
    mark("b/f", "user.two", "3");
    assert_int_equal(differences("f"), SBX_CHANGE_XATTRS);
}

/* ---- contents ------------------------------------------------------------------------------- */

static int make_sparse(const char *path, off_t at, const char *text)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 1LL << 36), 0);
    assert_int_equal(pwrite(fd, text, strlen(text), at), strlen(text));
    return fd;
}

static void holes_cost_nothing(void **state)
{
    struct stat status;
    (void)state;
    autofd a = make_sparse("a", 1LL << 35, "data"), b = make_sparse("b", 1LL << 35, "data");
    autofd c = make_sparse("c", (1LL << 35) + 1, "data");
    assert_int_equal(content_differs(a, b, 1ULL << 36), 0);
    assert_int_equal(content_differs(a, c, 1ULL << 36), 1);
    autofd copy = open("copy", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(content_copy(a, copy, 1ULL << 36), 0);
    assert_int_equal(content_differs(a, copy, 1ULL << 36), 0);
    assert_int_equal(fstat(copy, &status), 0);
    assert_true(status.st_size == 1LL << 36 && status.st_blocks < 1000);
}

static void only_the_file_that_was_seen_is_opened(void **state)
{
    struct thing thing;
    (void)state;
    put("f", "1");
    assert_int_equal(thing_look(home, "f", &thing), 0);
    int fd = content_open(home, "f", &thing);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(rename("f", "old"), 0);
    assert_int_equal(mkfifo("f", 0600), 0); /* nobody writes: it must not wait */
    assert_int_equal(content_open(home, "f", &thing), -ESTALE);
    assert_int_equal(unlink("f") | symlink("old", "f"), 0);
    assert_int_equal(content_open(home, "f", &thing), -ESTALE);
    assert_int_equal(unlink("f"), 0);
    put("f", "1");
    assert_int_equal(content_open(home, "f", &thing), -ESTALE);
}

/* ---- names ---------------------------------------------------------------------------------- */

static void names_come_once_and_sorted(void **state)
{
    struct names names = {0};
    (void)state;
    make("a"), make("b");
    put("a/x", ""), put("a/b", ""), put("b/x", ""), put("b/a", "");
    autofd a = open_directory("a"), b = open_directory("b");
    assert_int_equal(names_read(&names, b, false) | names_read(&names, a, true), 0);
    names_sort(&names);
    assert_int_equal(names.count, 3);
    assert_string_equal(names_at(&names, 0), "a");
    assert_string_equal(names_at(&names, 2), "x");
    assert_true(names_own(&names, "x") && names_own(&names, "b"));
    assert_false(names_own(&names, "a") || names_own(&names, "none"));
    names_free(&names);
}

static void links_lead_to_the_copy_alone(void **state)
{
    struct links links = {NULL};
    struct thing of, copy;
    (void)state;
    make("d"), put("of", ""), put("d/copy", "");
    assert_int_equal(thing_look(home, "of", &of) | thing_look(home, "d/copy", &copy), 0);
    assert_int_equal(links_open(&links, &of, home), -ENOENT);
    assert_int_equal(links_note(&links, &of, "/d/copy", &copy), 0);
    int fd = links_open(&links, &of, home);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(rename("d", "e") | symlink("e", "d"), 0);
    fd = links_open(&links, &of, home);
    assert_true(fd < 0 && fd != -ENOENT);
    assert_int_equal(unlink("d") | rename("e", "d") | rename("of", "d/copy"), 0);
    assert_int_equal(links_open(&links, &of, home), -ESTALE);
    links_free(&links);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(three_layers_are_one),         TEST(opaque_directories_end_it),
        TEST(whiteouts_of_the_second_kind), TEST(a_trail_stays_in_its_tree),
        TEST(each_difference_is_seen),      TEST(attributes_are_compared_and_copied),
        TEST(holes_cost_nothing),           TEST(only_the_file_that_was_seen_is_opened),
        TEST(names_come_once_and_sorted),   TEST(links_lead_to_the_copy_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
