/* SPDX-License-Identifier: MIT
 *
 * changes_fixture.h - for the tests of `sandbox changes`: a tree, and what a run in an overlay of
 * it does. All stands in the working directory.
 */
#ifndef TESTS_LIVE_CHANGES_FIXTURE_H
#define TESTS_LIVE_CHANGES_FIXTURE_H

#include "support/overlay.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define CHANGES(result, ...)                                                                       \
    RUN(result, .profile = "", .no_report = true, .options = LIST("changes", __VA_ARGS__))

/* ---- trees ---------------------------------------------------------------------------------- */

static inline void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* The same in a namespace, where cmocka has no say. */
static inline int write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return 1;
    fputs(text, file);
    return fclose(file) != 0;
}

static inline int append_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "ae");
    if (!file)
        return 1;
    fputs(text, file);
    return fclose(file) != 0;
}

/* Says what failed. */
#define DO(call)                                                                                   \
    do {                                                                                           \
        if ((call) != 0) {                                                                         \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, strerror(errno));        \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

/* All has the same old time, so that what is touched shows. */
static inline int age(const char *path)
{
    const struct timespec times[2] = {{1000000000, 123456789}, {1000000000, 123456789}};
    return utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW);
}

static inline void make_lower(void)
{
    static const char *const directories[] = {"low",      "low/d",    "low/deep",  "low/deep/er",
                                              "low/gone", "low/move", "low/tofile"};
    static const char *const files[] = {
        "low/d/one",       "low/d/two",   "low/deep/er/file", "low/gone/file", "low/move/file",
        "low/tofile/file", "low/todir",   "low/plain",        "low/mode",      "low/hard",
        "low/opened",      "low/removed", "low/attributes",   "low/secretly",  "low/touched"};
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
        assert_int_equal(mkdir(directories[i], 0755), 0);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        put(files[i], "old\n");
    assert_int_equal(symlink("plain", "low/link"), 0);
    assert_int_equal(setxattr("low/attributes", "user.kept", "1", 1, 0), 0);
    assert_int_equal(setxattr("low/attributes", "user.lost", "1", 1, 0), 0);
    assert_int_equal(age("low/link"), 0);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        assert_int_equal(age(files[i]), 0);
    for (size_t i = sizeof(directories) / sizeof(directories[0]); i > 0; i--)
        assert_int_equal(age(directories[i - 1]), 0);
}

static inline int set(void **state)
{
    (void)state;
    assert_int_equal(mkdir("state", 0755), 0);
    assert_int_equal(mkdir("state/changes", 0755), 0);
    assert_int_equal(mkdir("state/work", 0755), 0);
    assert_int_equal(mkdir("merged", 0755), 0);
    make_lower();
    return 0;
}

static inline int remove_all(const void *data)
{
    static const char *const names[] = {"state", "merged", "low",    "under",
                                        "other", "target", "outside"};
    (void)data;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        tree_remove(names[i]);
    return 0;
}

static inline int leave(void **state)
{
    static const char *const names[] = {"seen", "got", "control"};
    (void)state;
    in_namespace(remove_all, NULL);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unlink(names[i]);
    return 0;
}

/* ---- a run ---------------------------------------------------------------------------------- */

struct work {
    const char *lowers;
    int (*body)(void);
};

static inline int work_in_overlay(const void *data)
{
    const struct work *work = data;
    umask(022);
    DO(overlay_mount(work->lowers, "state/changes", "state/work", "merged"));
    DO(chdir("merged"));
    DO(work->body());
    DO(chdir(".."));
    tree_print("merged", "seen"); /* what is deeper than a path is long can't be */
    return 0;
}

static inline void run_work(const char *lowers, int (*body)(void))
{
    const struct work work = {lowers, body};
    assert_true(mkdir("state/changes", 0755) == 0 || errno == EEXIST);
    assert_true(mkdir("state/work", 0700) == 0 || errno == EEXIST);
    assert_int_equal(in_namespace(work_in_overlay, &work), 0);
}

static inline int print_tree(const void *data)
{
    return tree_print(data, "got");
}

/* `tree` is what the run has seen. */
static inline void expect_seen(const char *tree)
{
    assert_int_equal(in_namespace(print_tree, tree), 0);
    assert_true(tree_prints_equal("seen", "got"));
}

/* Where no user may mount an overlay, none of this can be. */
static inline int try_overlay(const void *data)
{
    (void)data;
    return mkdir("low", 0755) != 0 || mkdir("merged", 0755) != 0 || mkdir("up", 0755) != 0 ||
           mkdir("work", 0755) != 0 || overlay_mount("low", "up", "work", "merged") != 0;
}

static inline int remove_trial(const void *data)
{
    static const char *const names[] = {"low", "merged", "up", "work"};
    (void)data;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        tree_remove(names[i]);
    return 0;
}

static inline int where_possible(int (*body)(void))
{
    int status = in_namespace(try_overlay, NULL);
    in_namespace(remove_trial, NULL);
    return status == 0 ? body() : stage_skip("no unprivileged overlayfs with user attributes here");
}

#endif
