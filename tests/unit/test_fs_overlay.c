/* SPDX-License-Identifier: MIT
 *
 * test_fs_overlay.c - root.base = overlay, as a plan: what a stack of layers has at a path, the
 * table of mounts, and how directories are divided. The layers are a hostile stranger's.
 */
#include "fs_fixture.h"
#include <errno.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

/* ---- a machine ------------------------------------------------------------------------------ */

/* A host with two layers, and a table of mounts that has nothing below them. */
static struct fixture *host_of(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/a");
    make_dir(f, "/a/etc");
    make_text(f, "/a/etc/both", "a", 0644);
    make_dir(f, "/b");
    make_dir(f, "/b/etc");
    make_text(f, "/b/etc/both", "b", 0644);
    make_text(f, "/b/etc/below", "b", 0644);
    make_text(f, "/mounts", "20 1 8:1 / / rw - ext4 /dev/root rw\n", 0644);
    f->policy.root_base.v = BASE_OVERLAY;
    f->machine.mounts = at(f, "/mounts");
    return f;
}

static void use_layers(struct fixture *f, const char *a, const char *b)
{
    enum { SLOT = 7 }; /* no test here has texts */
    add_item(f, &f->policy.root_lower, SLOT, at(f, a), 40);
    if (b)
        add_item(f, &f->policy.root_lower, SLOT, at(f, b), 41);
}

/* Below each of these something is mounted, of a type each. */
static void use_mounts(struct fixture *f, const char *const (*mounts)[2], size_t count)
{
    FILE *out = fopen(f->machine.mounts, "we");
    assert_non_null(out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%zu 1 8:1 / %s%s rw shared:%zu - %s none rw\n", 30 + i, f->dir, mounts[i][0],
                i, mounts[i][1]);
    assert_int_equal(fclose(out), 0);
}
#define MOUNTS(f, ...)                                                                             \
    use_mounts(f, (const char *const[][2]){__VA_ARGS__},                                           \
               sizeof((const char *const[][2]){__VA_ARGS__}) / sizeof(const char *[2]))

static void make_whiteout(struct fixture *f, const char *path)
{
    if (mknod(at(f, path), S_IFCHR, makedev(0, 0)) != 0)
        skip(); /* the kernel is older than 5.8 */
}

static const struct fs_step *find_any(const struct fixture *f, const char *target)
{
    for (size_t i = f->plan.fs.staged; i < f->plan.fs.count; i++)
        if (strcmp(f->plan.fs.steps[i].target, target) == 0)
            return &f->plan.fs.steps[i];
    return NULL;
}

/* ---- the table of mounts -------------------------------------------------------------------- */

static int read_table(struct fixture *f, const char *text, struct fs_mounts *mounts)
{
    make_text(f, "/table", text, 0644);
    return fs_mounts_read(&f->scratch, at(f, "/table"), mounts);
}

static void test_mounts_are_read(void **state)
{
    struct fixture *f = *state;
    struct fs_mounts mounts;
    static const char table[] =
        "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
        "37 35 0:4 /x\\040- /a\\040b\\011c\\012d\\134e rw - fuse.sshfs x@y:/z\\040- rw\n"
        "38 35 0:5 net:[4026531992] /run/ns rw shared:1 master:2 - nsfs nsfs rw\n"
        "39 35 0:6 / /last\\04 rw - tmpfs none rw"; /* no octal number, no line end */
    assert_int_equal(read_table(f, table, &mounts), 0);
    assert_int_equal(mounts.count, 4);
    assert_string_equal(mounts.list[0].point, "/mnt2");
    assert_string_equal(mounts.list[0].type, "ext3");
    assert_string_equal(mounts.list[1].point, "/a b\tc\nd\\e");
    assert_string_equal(mounts.list[1].type, "fuse.sshfs");
    assert_string_equal(mounts.list[2].point, "/run/ns");
    assert_string_equal(mounts.list[3].point, "/last\\04");
    assert_string_equal(mounts.list[3].type, "tmpfs");
}

/* What can't be understood is no "nothing is mounted". */
static void test_mounts_are_refused(void **state)
{
    static const char *const tables[] = {
        "\n",
        "36\n",
        "36 35 98:0 / /mnt2\n",
        "36 35 98:0 / /mnt2 rw\n",
        "36 35 98:0 / /mnt2 rw -\n",
        "36 35 98:0 / /mnt2 rw master:1 ext3 none rw\n",
        "20 1 8:1 / / rw - ext4 /dev/root rw\ngarbage\n",
    };
    struct fixture *f = *state;
    struct fs_mounts mounts;
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
        assert_int_equal(read_table(f, tables[i], &mounts), EBADMSG);
    assert_int_equal(fs_mounts_read(&f->scratch, at(f, "/none"), &mounts), ENOENT);
}

static void test_mounts_below(void **state)
{
    struct fixture *f = *state;
    struct fs_mounts mounts;
    static const char table[] = "20 1 8:1 / / rw - ext4 /dev/root rw\n"
                                "21 20 0:4 / /a/b rw - proc proc rw\n"
                                "22 21 0:5 / /a/b rw - tmpfs none rw\n"
                                "23 20 0:6 / /c rw - sysfs none rw\n";
    assert_int_equal(read_table(f, table, &mounts), 0);
    assert_true(fs_mounts_below(&mounts, "/"));
    assert_true(fs_mounts_below(&mounts, "/a"));
    assert_false(fs_mounts_below(&mounts, "/a/b"));
    assert_false(fs_mounts_below(&mounts, "/a/bc"));
    assert_false(fs_mounts_below(&mounts, "/aa"));
    assert_true(fs_mounts_kernels_own(&mounts, "/c"));
    assert_false(fs_mounts_kernels_own(&mounts, "/a/b")); /* covered by another */
    assert_false(fs_mounts_kernels_own(&mounts, "/c/d"));
}

/* ---- what a stack has at a path ------------------------------------------------------------- */

static struct fs_layers stack(struct fixture *f, struct fs_layer list[2])
{
    list[0] = (struct fs_layer){.path = at(f, "/a")};
    list[1] = (struct fs_layer){.path = at(f, "/b")};
    return (struct fs_layers){.list = list, .count = 2, .sub = ""};
}

static void test_topmost(void **state)
{
    struct fixture *f = host_of(state);
    struct fs_layer list[2];
    struct fs_layers layers = stack(f, list), below;
    struct fs_found found;
    assert_int_equal(fs_layers_find(&layers, "etc/both", &found), 0);
    assert_string_equal(found.host, at(f, "/a/etc/both"));
    assert_int_equal(fs_layers_find(&layers, "etc/below", &found), 0);
    assert_string_equal(found.host, at(f, "/b/etc/below"));
    assert_int_equal(fs_layers_find(&layers, "etc/none", &found), ENOENT);
    assert_int_equal(fs_layers_find(&layers, "etc/both/x", &found), ENOTDIR);
    assert_int_equal(fs_layers_below(&f->scratch, &layers, "etc", &below), 0);
    assert_int_equal(below.count, 2);
    assert_string_equal(below.sub, "etc");
    assert_int_equal(fs_layers_below(&f->scratch, &layers, "etc/both", &below), ENOTDIR);
    assert_int_equal(fs_layers_below(&f->scratch, &layers, "none", &below), ENOTDIR);
}

static void test_whiteouts(void **state)
{
    struct fixture *f = host_of(state);
    struct fs_layer list[2];
    struct fs_layers layers = stack(f, list), below;
    struct fs_found found;
    make_dir(f, "/b/gone");
    make_dir(f, "/b/gone/x");
    make_whiteout(f, "/a/gone");
    make_whiteout(f, "/a/etc/below");
    assert_int_equal(fs_layers_find(&layers, "etc/below", &found), ENOENT);
    assert_int_equal(fs_layers_find(&layers, "gone", &found), ENOENT);
    assert_int_equal(fs_layers_find(&layers, "gone/x", &found), ENOENT);
    assert_int_equal(fs_layers_below(&f->scratch, &layers, "gone", &below), ENOTDIR);
}

/* A file or a link of an upper layer hides a directory of a lower one, and all in it. */
static void test_other_types_hide(void **state)
{
    struct fixture *f = host_of(state);
    struct fs_layer list[2];
    struct fs_layers layers = stack(f, list), below;
    struct fs_found found;
    make_dir(f, "/b/one");
    make_dir(f, "/b/two");
    make_text(f, "/b/one/x", "x", 0644);
    make_text(f, "/b/two/x", "x", 0644);
    make_text(f, "/a/one", "file", 0644);
    make_link(f, "/b/two", "/a/two");
    assert_int_equal(fs_layers_find(&layers, "one/x", &found), ENOTDIR);
    assert_int_equal(fs_layers_find(&layers, "two/x", &found), ENOTDIR);
    assert_int_equal(fs_layers_find(&layers, "two", &found), 0);
    assert_true(S_ISLNK(found.st.st_mode));
    assert_int_equal(fs_layers_below(&f->scratch, &layers, "one", &below), ENOTDIR);
    assert_int_equal(fs_layers_below(&f->scratch, &layers, "two", &below), ENOTDIR);
}

/* Of extended attributes only one value of one of them says anything: overlayfs is mounted so. */
static void test_attributes(void **state)
{
    struct fixture *f = host_of(state);
    struct fs_layer list[2];
    struct fs_layers layers = stack(f, list), below;
    struct fs_found found;
    if (setxattr(at(f, "/a/etc"), "user.overlay.redirect", "/b", 2, 0) != 0)
        skip(); /* not on this file system */
    assert_int_equal(setxattr(at(f, "/a/etc/both"), "user.overlay.metacopy", "", 0, 0), 0);
    assert_int_equal(setxattr(at(f, "/a/etc"), "user.overlay.opaque", "yes", 3, 0), 0);
    assert_int_equal(fs_layers_find(&layers, "etc/below", &found), 0);
    assert_int_equal(fs_layers_find(&layers, "etc/both", &found), 0);
    assert_string_equal(found.host, at(f, "/a/etc/both"));
    assert_int_equal(setxattr(at(f, "/a/etc"), "user.overlay.opaque", "y", 1, 0), 0);
    assert_int_equal(fs_layers_find(&layers, "etc/below", &found), ENOENT);
    assert_int_equal(fs_layers_below(&f->scratch, &layers, "etc", &below), 0);
    assert_int_equal(below.count, 1);
    /* The top of a layer can't be opaque: overlayfs does not ask it. */
    assert_int_equal(setxattr(at(f, "/a"), "user.overlay.opaque", "y", 1, 0), 0);
    make_text(f, "/b/top", "b", 0644);
    assert_int_equal(fs_layers_find(&layers, "top", &found), 0);
}

/* An empty file is one where it is marked, and so is its directory. */
static void test_empty_whiteouts(void **state)
{
    struct fixture *f = host_of(state);
    struct fs_layer list[2];
    struct fs_layers layers = stack(f, list), below;
    struct fs_found found;
    make_text(f, "/a/etc/below", "", 0644);
    make_text(f, "/a/etc/plain", "", 0644);
    make_text(f, "/a/top", "", 0644);
    make_dir(f, "/b/top");
    if (setxattr(at(f, "/a/etc/below"), "user.overlay.whiteout", "", 0, 0) != 0)
        skip(); /* not on this file system */
    assert_int_equal(setxattr(at(f, "/a/top"), "user.overlay.whiteout", "y", 1, 0), 0);
    assert_int_equal(fs_layers_find(&layers, "etc/below", &found), 0);
    assert_int_equal(fs_layers_find(&layers, "top", &found), 0);
    assert_int_equal(setxattr(at(f, "/a/etc"), "user.overlay.opaque", "x", 1, 0), 0);
    assert_int_equal(setxattr(at(f, "/a"), "user.overlay.opaque", "x", 1, 0), 0);
    assert_int_equal(fs_layers_find(&layers, "etc/below", &found), ENOENT);
    assert_int_equal(fs_layers_find(&layers, "etc/plain", &found), 0);
    assert_int_equal(fs_layers_find(&layers, "etc/both", &found), 0);
    assert_int_equal(fs_layers_find(&layers, "top", &found), ENOENT);
    assert_int_equal(fs_layers_find(&layers, "top/x", &found), ENOENT);
    assert_int_equal(fs_layers_below(&f->scratch, &layers, "top", &below), ENOTDIR);
}

static void test_long_path(void **state)
{
    struct fixture *f = host_of(state);
    struct fs_layer list[2];
    struct fs_layers layers = stack(f, list);
    struct fs_found found;
    char path[PATH_MAX];
    memset(path, 'a', sizeof(path));
    for (size_t i = 1; i < sizeof(path); i += 2)
        path[i] = '/';
    path[sizeof(path) - 2] = '\0';
    assert_int_equal(fs_layers_find(&layers, path, &found), ENAMETOOLONG);
}

/* ---- dividing ------------------------------------------------------------------------------- */

static void test_whole(void **state)
{
    struct fixture *f = host_of(state);
    use_layers(f, "/a", "/b");
    prepared(f);
    assert_non_null(find_step(f, FS_SHOW_OVERLAY, ""));
    assert_non_null(find_step(f, FS_OVERLAY, "0"));
    assert_string_equal(find_step(f, FS_OVERLAY, "0")->source, "userxattr,lowerdir=s:0:1");
    assert_true(find_step(f, FS_SHOW_OVERLAY, "")->attributes & MOUNT_ATTR_RDONLY);
}

static void test_divided(void **state)
{
    struct fixture *f = host_of(state);
    make_dir(f, "/b/mnt");
    make_dir(f, "/b/mnt/proc");
    make_dir(f, "/b/mnt/data");
    make_dir(f, "/b/mnt/odd\nname");
    make_text(f, "/b/mnt/file", "x", 0644);
    make_link(f, "data", "/b/mnt/link");
    assert_int_equal(mkfifo(at(f, "/b/mnt/fifo"), 0644), 0);
    use_layers(f, "/a", "/b");
    MOUNTS(f, {"/b/mnt/proc", "proc"}, {"/b/mnt/data", "ext4"});
    prepared(f);
    assert_null(find_any(f, ""));
    assert_non_null(find_step(f, FS_SHOW_OVERLAY, "etc"));
    assert_non_null(find_step(f, FS_DIR, "mnt"));
    assert_non_null(find_step(f, FS_SHOW_OVERLAY, "mnt/data"));
    assert_non_null(find_step(f, FS_SHOW_OVERLAY, "mnt/odd\nname"));
    assert_non_null(find_step(f, FS_SYMLINK, "mnt/link"));
    assert_true(find_step(f, FS_BIND, "mnt/file")->attributes & MOUNT_ATTR_RDONLY);
    assert_null(find_any(f, "mnt/proc"));
    assert_null(find_any(f, "mnt/fifo"));
}

static void test_unreadable_table(void **state)
{
    struct fixture *f = host_of(state);
    use_layers(f, "/a", "/b");
    f->machine.mounts = at(f, "/none");
    f->policy.root_base.origin = (struct origin){.file = "test.ini", .line = 9};
    refused(f, SBX_E_HOST, 9, "can't be read", "mount a /proc");
}

/* ---- hiding in what is divided -------------------------------------------------------------- */

/* /b/run is divided, and so is the root. */
static struct fixture *divided_host(void **state)
{
    struct fixture *f = host_of(state);
    make_dir(f, "/b/run");
    make_dir(f, "/b/run/lock");
    make_dir(f, "/b/run/secret");
    make_text(f, "/b/run/file", "secret", 0644);
    make_dir(f, "/b/var");
    make_link(f, "../run", "/b/var/run");
    make_link(f, "run", "/b/link");
    make_link(f, "etc", "/b/conf");
    make_text(f, "/b/top", "secret", 0644);
    use_layers(f, "/b", NULL);
    MOUNTS(f, {"/b/run/lock", "tmpfs"});
    return f;
}

static void test_hide_leads_to_divided(void **state)
{
    struct fixture *f = divided_host(state);
    add_hide(f, "/var/run", 1); /* a link of a layer, to a directory that is divided */
    prepared(f);
    assert_non_null(find_any(f, "etc")); /* the control */
    assert_null(find_any(f, "run/lock"));
    assert_null(find_any(f, "run/secret"));
    assert_null(find_any(f, "run/file"));
}

static void test_hide_link_of_divided(void **state)
{
    struct fixture *f = divided_host(state);
    add_hide(f, "/conf", 1); /* a link that is made anew, to a directory that is not divided */
    add_hide(f, "/link", 2);
    prepared(f);
    assert_null(find_any(f, "run/secret"));
    assert_null(find_any(f, "etc"));
    assert_non_null(find_any(f, "var"));
}

/* Where something else is put on a divided directory, nothing of it comes with that. */
static void test_bind_on_divided(void **state)
{
    struct fixture *f = divided_host(state);
    add_bind(f, at(f, "/a"), "/var/run", false, 1);
    prepared(f);
    assert_non_null(find_step(f, FS_BIND, "run"));
    assert_null(find_any(f, "run/lock"));
    assert_null(find_any(f, "run/file"));
}

/* The same place in another bind is hidden, as from everywhere. */
static void test_hide_elsewhere(void **state)
{
    struct fixture *f = divided_host(state);
    add_hide(f, "/top", 1);
    add_hide(f, "/run/file", 2);
    add_hide(f, "/run/lock", 3);
    add_bind(f, at(f, "/b"), "/host", false, 4);
    prepared(f);
    assert_null(find_any(f, "top"));
    assert_null(find_any(f, "run/file"));
    assert_non_null(find_step(f, FS_HIDE_FILE, "host/top"));
    assert_non_null(find_step(f, FS_HIDE_FILE, "host/run/file"));
    assert_non_null(find_step(f, FS_HIDE_DIR, "host/run/lock"));
}

/* So is what lies below it in other layers: the topmost may be an earlier program's copy. */
static void test_hide_all_layers(void **state)
{
    struct fixture *f = host_of(state);
    struct stat st;
    use_layers(f, "/a", "/b");
    add_hide(f, "/etc/both", 1);
    add_bind(f, at(f, "/b"), "/low", false, 2);
    add_bind(f, at(f, "/a"), "/top", false, 3);
    prepared(f);
    assert_non_null(find_step(f, FS_HIDE_FILE, "etc/both"));
    assert_non_null(find_step(f, FS_HIDE_FILE, "top/etc/both"));
    assert_non_null(find_step(f, FS_HIDE_FILE, "low/etc/both"));
    assert_int_equal(stat(at(f, "/b/etc/both"), &st), 0);
    assert_int_equal(find_step(f, FS_HIDE_FILE, "low/etc/both")->inode, st.st_ino);
    assert_null(find_step(f, FS_HIDE_FILE, "etc/below"));
}

/* A word below what is hidden shows what it names, and no more. */
static void test_word_below_hidden(void **state)
{
    struct fixture *f = divided_host(state);
    add_hide(f, "/link", 1);
    add_bind(f, at(f, "/a/etc"), "/run/lock", false, 2);
    prepared(f);
    assert_non_null(find_step(f, FS_BIND, "run/lock"));
    assert_null(find_any(f, "run/secret"));
}

/* ---- the directory that keeps changes ------------------------------------------------------- */

static void use_upper(struct fixture *f)
{
    make_dir(f, "/home");
    make_dir(f, "/home/state");
    make_dir(f, "/home/state/changes");
    f->policy.root_upper = (struct value_upper){.v = at(f, "/home/state")};
    use_layers(f, "/a", "/b");
}

/* A program that may write it decides what the next launch finds there. */
static void test_upper_is_writable(void **state)
{
    static const char *const shown[] = {"/home", "/home/state", "/home/state/changes"};
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        struct fixture *f = *state;
        host_of(state);
        use_upper(f);
        add_bind(f, at(f, shown[i]), "/seen", true, 3);
        refused(f, SBX_E_PROFILE, 3, "writable inside", "next launch");
        fixture_teardown(state);
        fixture_setup(state);
    }
}

static void test_upper_is_shown(void **state)
{
    struct fixture *f = host_of(state);
    use_upper(f);
    make_dir(f, "/home/states");
    add_bind(f, at(f, "/home"), "/seen", false, 3);
    add_bind(f, at(f, "/home/states"), "/other", true, 4);
    prepared(f);
}

/* ---- what the kernel's answer means --------------------------------------------------------- */

static void hinted(struct fixture *f, int sys_errno, const char *hint)
{
    const size_t item = step_index(f, FS_OVERLAY, "0");
    f->error = (struct sbx_error){.sys_errno = sys_errno};
    fs_explain(&f->plan, (int)item, &f->error);
    if (!strstr(f->error.hint, hint))
        fail_msg("errno %d: got hint '%s'", sys_errno, f->error.hint);
}

static void test_hints(void **state)
{
    struct fixture *f = host_of(state);
    use_upper(f);
    prepared(f);
    hinted(f, ELOOP, "one layer lies in another");
    hinted(f, ENOSPC, at(f, "/home/state"));
    hinted(f, ESTALE, "other layers");
    f->plan.fs.kept.path = NULL;
    hinted(f, ENOSPC, "larger size");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_mounts_are_read),
        CASE(test_mounts_are_refused),
        CASE(test_mounts_below),
        CASE(test_topmost),
        CASE(test_whiteouts),
        CASE(test_other_types_hide),
        CASE(test_attributes),
        CASE(test_empty_whiteouts),
        CASE(test_long_path),
        CASE(test_whole),
        CASE(test_divided),
        CASE(test_unreadable_table),
        CASE(test_hide_leads_to_divided),
        CASE(test_hide_link_of_divided),
        CASE(test_bind_on_divided),
        CASE(test_hide_elsewhere),
        CASE(test_hide_all_layers),
        CASE(test_word_below_hidden),
        CASE(test_upper_is_writable),
        CASE(test_upper_is_shown),
        CASE(test_hints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
