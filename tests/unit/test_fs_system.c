/* SPDX-License-Identifier: MIT
 *
 * test_fs_system.c - what the fs guard adds to a profile: the system's directories, the small /etc,
 * /dev, /proc and /sys; and how the profile can change that.
 */
#include "fs_fixture.h"

static void test_merged_usr_keeps_links(void **state)
{
    struct fixture *f = *state;
    use_system(f);
    make_dir(f, "/usr");
    make_link(f, "usr/bin", "/bin");
    prepared(f);
    const struct fs_step *usr = find_step(f, FS_BIND, "usr");
    assert_non_null(usr);
    assert_string_equal(usr->source, at(f, "/usr"));
    assert_int_equal(usr->attributes, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    assert_true(step_index(f, FS_DIR, "usr") < step_index(f, FS_BIND, "usr"));
    assert_string_equal(find_step(f, FS_SYMLINK, "bin")->source, "usr/bin");
    assert_null(find_step(f, FS_SYMLINK, "lib"));
    assert_null(find_step(f, FS_BIND, "lib"));
}

static void test_split_usr_binds_each(void **state)
{
    struct fixture *f = *state;
    use_system(f);
    make_dir(f, "/usr");
    make_dir(f, "/bin");
    make_dir(f, "/lib");
    prepared(f);
    assert_non_null(find_step(f, FS_BIND, "bin"));
    assert_non_null(find_step(f, FS_BIND, "lib"));
    assert_null(find_step(f, FS_BIND, "lib64"));
}

static void test_small_etc(void **state)
{
    struct fixture *f = *state;
    use_system(f);
    prepared(f);
    assert_string_equal(find_step(f, FS_TEXT, "etc/passwd")->source,
                        "root:x:0:0:root:/:/usr/sbin/nologin\nuser:x:1000:1000:user:/box:/bin/sh\n"
                        "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n");
    assert_string_equal(find_step(f, FS_TEXT, "etc/group")->source,
                        "root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n");
    assert_non_null(strstr(find_step(f, FS_TEXT, "etc/hosts")->source, "127.0.1.1\tsandbox\n"));
    assert_non_null(strstr(find_step(f, FS_TEXT, "etc/nsswitch.conf")->source, "hosts: files\n"));
    assert_null(find_step(f, FS_BIND, "etc"));
}

static void test_small_etc_of_root(void **state)
{
    struct fixture *f = *state;
    use_system(f);
    f->plan.ns.inner_uid = f->plan.ns.inner_gid = 0;
    f->policy.root_cwd.v = "/a:b";
    prepared(f);
    assert_string_equal(find_step(f, FS_TEXT, "etc/passwd")->source,
                        "root:x:0:0:root:/:/bin/sh\n"
                        "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n");
}

/* What asks for the user's home by its uid, Java for one, finds the same as by HOME. */
static void test_home(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *home, *field;
    } cases[] = {{"/home/sandbox", ":/home/sandbox:"},
                 {"/a:b", ":/box:"},
                 {"", ":/box:"},
                 {"a", ":/box:"},
                 {"/a\nb", ":/box:"}};
    struct item items[] = {{.first = "HOMES", .second = "/no"}, {.first = "HOME"}};
    use_system(f);
    f->policy.environment_set.items = items;
    f->policy.environment_set.count = 2;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        items[1].second = cases[i].home;
        prepared(f);
        assert_non_null(strstr(find_step(f, FS_TEXT, "etc/passwd")->source, cases[i].field));
    }
}

static void test_profile_replaces_etc(void **state)
{
    struct fixture *f = *state;
    use_system(f);
    make_dir(f, "/etc");
    make_text(f, "/etc/passwd", "host\n", 0644);
    add_bind(f, at(f, "/etc/passwd"), "/etc/passwd", false, 3);
    prepared(f);
    assert_null(find_step(f, FS_TEXT, "etc/passwd"));
    assert_non_null(find_step(f, FS_FILE, "etc/passwd"));
    assert_non_null(find_step(f, FS_BIND, "etc/passwd"));
    assert_non_null(find_step(f, FS_TEXT, "etc/group"));
}

static void test_profile_shows_all_of_etc(void **state)
{
    struct fixture *f = *state;
    use_system(f);
    make_dir(f, "/etc");
    add_bind(f, at(f, "/etc"), "/etc", false, 3);
    prepared(f);
    assert_null(find_step(f, FS_TEXT, "etc/group"));
    assert_non_null(find_step(f, FS_BIND, "etc"));
}

static void test_profile_replaces_system(void **state)
{
    struct fixture *f = *state;
    use_system(f);
    make_dir(f, "/usr");
    make_link(f, "usr/bin", "/bin");
    make_dir(f, "/mine");
    add_bind(f, at(f, "/mine"), "/bin", false, 1);
    prepared(f);
    assert_null(find_step(f, FS_SYMLINK, "bin"));
    assert_string_equal(find_step(f, FS_BIND, "bin")->source, at(f, "/mine"));
}

static void test_target_through_our_link(void **state)
{
    struct fixture *f = *state;
    use_system(f);
    make_dir(f, "/usr");
    make_dir(f, "/usr/lib");
    make_dir(f, "/usr/lib/sub");
    make_link(f, "usr/lib", "/lib");
    add_tmpfs(f, "/lib/sub", 1);
    prepared(f);
    assert_non_null(find_step(f, FS_TMPFS, "usr/lib/sub"));
    assert_null(find_step(f, FS_TMPFS, "lib/sub"));
}

static void test_dev(void **state)
{
    struct fixture *f = *state;
    f->policy.files_dev.v = DEV_MINIMAL;
    prepared(f);
    const struct fs_step *null = find_step(f, FS_BIND, "dev/null");
    assert_non_null(find_step(f, FS_DIR, "dev"));
    assert_non_null(find_step(f, FS_FILE, "dev/null"));
    assert_int_equal(null->attributes, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
    assert_string_equal(find_step(f, FS_SYMLINK, "dev/ptmx")->source, "pts/ptmx");
    assert_non_null(find_step(f, FS_DEVPTS, "dev/pts"));
    assert_string_equal(find_step(f, FS_TMPFS, "dev/shm")->size_text, "67108864");
}

static void test_profile_changes_dev(void **state)
{
    struct fixture *f = *state;
    f->policy.files_dev.v = DEV_MINIMAL;
    add_tmpfs(f, "/dev/shm", 1)->size = 4096;
    prepared(f);
    assert_string_equal(find_step(f, FS_TMPFS, "dev/shm")->size_text, "4096");
}

static void test_host_dev_as_it_is(void **state)
{
    struct fixture *f = *state;
    f->policy.files_dev.v = DEV_MINIMAL;
    add_ro(f, "/dev", 1);
    prepared(f);
    assert_null(find_step(f, FS_BIND, "dev/null"));
    assert_int_equal(find_step(f, FS_BIND, "dev")->attributes,
                     MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
}

static void test_proc_and_sys(void **state)
{
    struct fixture *f = *state;
    f->policy.files_proc.v = PROC_PRIVATE;
    f->policy.files_sys.v = SYS_RO;
    prepared(f);
    assert_int_equal(find_step(f, FS_PROC, "proc")->attributes,
                     MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    assert_true(find_step(f, FS_BIND, "sys")->attributes & MOUNT_ATTR_RDONLY);
}

static void test_nothing_below_proc(void **state)
{
    struct fixture *f = *state;
    f->policy.files_proc.v = PROC_PRIVATE;
    add_tmpfs(f, "/proc/acpi", 5);
    refused(f, SBX_E_PROFILE, 5, "where nothing can be put", NULL);
}

static void test_host_proc_is_refused(void **state)
{
    struct fixture *f = *state;
    add_bind(f, "/proc", "/mnt/proc", false, 5);
    refused(f, SBX_E_PROFILE, 5, "leaves the sandbox", "files.proc = private");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_merged_usr_keeps_links),
        TEST(test_split_usr_binds_each),
        TEST(test_small_etc),
        TEST(test_small_etc_of_root),
        TEST(test_home),
        TEST(test_profile_replaces_etc),
        TEST(test_profile_shows_all_of_etc),
        TEST(test_profile_replaces_system),
        TEST(test_target_through_our_link),
        TEST(test_dev),
        TEST(test_profile_changes_dev),
        TEST(test_host_dev_as_it_is),
        TEST(test_proc_and_sys),
        TEST(test_nothing_below_proc),
        TEST(test_host_proc_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
