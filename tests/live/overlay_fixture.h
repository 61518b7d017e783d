/* SPDX-License-Identifier: MIT
 *
 * overlay_fixture.h - for the tests of overlay roots: two layers and a directory that keeps
 * changes, in the staging folder.
 */
#ifndef TESTS_LIVE_OVERLAY_FIXTURE_H
#define TESTS_LIVE_OVERLAY_FIXTURE_H

#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { NOBODY = 65534 };

#define SYSTEM                                                                                     \
    "root.base=overlay", "files.ro+=/usr",                                                         \
        "files.symlink+=usr/bin:/bin usr/lib:/lib usr/lib64:/lib64"
#define SH(script) LIST("/usr/bin/sh", "-c", script)

static char folder[200], upper[256], lower[512];

/* What the sandbox's user is outside: layers that a program changes belong to it. */
static inline uid_t owner(void)
{
    return geteuid() == 0 ? NOBODY : geteuid();
}

static inline const char *in_folder(const char *path)
{
    static char text[4][600];
    static unsigned turn;
    char *place = text[turn++ % 4];
    snprintf(place, sizeof(text[0]), "%s/%s", folder, path);
    return place;
}

static inline void own(const char *path)
{
    if (geteuid() == 0)
        assert_int_equal(lchown(path, owner(), owner()), 0);
}

static inline void make_dir(const char *path)
{
    assert_int_equal(mkdir(in_folder(path), 0755), 0);
    assert_int_equal(chmod(in_folder(path), 0755), 0);
    own(in_folder(path));
}

static inline void make_file(const char *path, const char *text)
{
    FILE *file = fopen(in_folder(path), "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    own(in_folder(path));
}

static inline void setting(char *text, size_t size, const char *key, const char *value)
{
    assert_true(snprintf(text, size, "root.%s=%s", key, value) < (int)size);
}

/* Two layers; a/ lies on top. */
static inline int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "%s", work_path("overlay"));
    assert_int_equal(mkdir(folder, 0755), 0);
    assert_int_equal(chmod(folder, 0755), 0);
    make_dir("a");
    make_dir("b");
    make_dir("a/etc");
    make_dir("b/etc");
    make_dir("b/data");
    make_file("a/etc/both", "from a\n");
    make_file("b/etc/both", "from b\n");
    make_file("b/etc/below", "below\n");
    make_file("b/data/file", "data\n");
    snprintf(lower, sizeof(lower), "root.lower=%s %s", in_folder("a"), in_folder("b"));
    snprintf(upper, sizeof(upper), "root.upper=%s", in_folder("kept"));
    assert_int_equal(mkdir(in_folder("kept"), 0711), 0);
    assert_int_equal(chmod(in_folder("kept"), 0711), 0);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    chmod(in_folder("kept/work/0/work"), 0700);
    return tree_remove(folder);
}

static inline void says(struct result *r, const char *text)
{
    expect_outcome(r, "exited", 0);
    expect_out(r, text);
    result_free(r);
}

static inline void reads(const char *path, const char *text)
{
    char got[100] = "";
    FILE *file = fopen(in_folder(path), "re");
    assert_non_null(file);
    size_t length = fread(got, 1, sizeof(got) - 1, file);
    got[length] = '\0';
    fclose(file);
    assert_string_equal(got, text);
}

/* What a program changes, and what it says then. */
#define CHANGE                                                                                     \
    "echo new > /etc/new; echo changed > /etc/both; rm /etc/below; rm -r /data; mkdir /data; "     \
    "cat /etc/new /etc/both; ls /etc/below /data/file 2>/dev/null; :"

static inline void nothing_has_changed(void)
{
    struct stat st;
    reads("a/etc/both", "from a\n");
    reads("b/etc/both", "from b\n");
    reads("b/etc/below", "below\n");
    reads("b/data/file", "data\n");
    assert_int_equal(stat(in_folder("a/etc/new"), &st), -1);
    assert_int_equal(stat(in_folder("b/etc/new"), &st), -1);
    assert_int_equal(stat(in_folder("a/dev"), &st), -1);
    assert_int_equal(stat(in_folder("a/usr"), &st), -1);
}

#endif
