/* SPDX-License-Identifier: MIT
 *
 * test_fs_proc.c - what is covered and what is read-only in the sandbox's own /proc, planned for a
 * made-up kernel and tried on this one.
 */
#include "fs_inside.h"
#include <sys/statvfs.h>

/* A procfs of the test's own making; the steps of the plan are tried on the real one. */
static void use_proc(struct fixture *f)
{
    f->policy.files_proc.v = PROC_PRIVATE;
    f->machine.proc = at(f, "/proc");
    make_dir(f, "/proc");
    make_text(f, "/proc/version", "Linux\n", 0444);
}

static size_t covers(const struct fixture *f)
{
    size_t count = 0;
    for (size_t i = 0; i < f->plan.fs.count; i++)
        count += strncmp(f->plan.fs.steps[i].target, "proc/", strlen("proc/")) == 0;
    return count;
}

static void test_planned(void **state)
{
    struct fixture *f = *state;
    const uint64_t flags =
        MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    use_proc(f);
    make_text(f, "/proc/keys", "", 0444);
    make_text(f, "/proc/meminfo", "", 0444);
    make_dir(f, "/proc/scsi");
    make_dir(f, "/proc/sys");
    prepared(f);
    assert_int_equal(covers(f), 3);
    assert_int_equal(find_step(f, FS_HIDE_FILE, "proc/keys")->attributes, flags);
    assert_int_equal(find_step(f, FS_HIDE_DIR, "proc/scsi")->attributes, flags);
    assert_null(find_step(f, FS_HIDE_DIR, "proc/scsi")->size_text);
    assert_int_equal(find_step(f, FS_READONLY, "proc/sys")->attributes, flags);
    assert_true(step_index(f, FS_PROC, "proc") < step_index(f, FS_HIDE_FILE, "proc/keys"));
}

/* Only in `private`: the others have nothing to cover, or want it so. */
static void test_not_planned(void **state)
{
    static const enum proc modes[] = {PROC_UNMASKED, PROC_PIDS, PROC_NONE};
    struct fixture *f = *state;
    use_proc(f);
    make_text(f, "/proc/keys", "", 0444);
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        f->policy.files_proc.v = modes[i];
        prepared(f);
        assert_int_equal(covers(f), 0);
    }
}

/* What root alone may read needs nothing on top; a group of root's may be the caller's. */
static void test_closed_files(void **state)
{
    struct fixture *f = *state;
    if (geteuid() != 0)
        skip();
    use_proc(f);
    make_text(f, "/proc/keys", "", 0400);
    prepared(f);
    assert_int_equal(covers(f), 0);
    assert_int_equal(chmod(at(f, "/proc/keys"), 0440), 0);
    prepared(f);
    assert_int_equal(covers(f), 1);
    assert_int_equal(chmod(at(f, "/proc/keys"), 0400), 0);
    assert_int_equal(chown(at(f, "/proc/keys"), 1000, 0), 0);
    prepared(f);
    assert_int_equal(covers(f), 1);
}

static void test_unknown_kernel_is_refused(void **state)
{
    struct fixture *f = *state;
    f->policy.files_proc.v = PROC_PRIVATE;
    f->policy.files_proc.origin = (struct origin){.file = "test.ini", .line = 7};
    f->machine.proc = at(f, "/nowhere");
    refused(f, SBX_E_HOST, 7, "can't be looked at", "files.proc = pids");
}

/* What the plan covers and the kernel does not have ends the launch. */
static void test_absent_stops(void **state)
{
    struct fixture *f = *state;
    if (exists("/proc/asound"))
        skip();
    use_proc(f);
    make_dir(f, "/proc/asound");
    prepared(f);
    stopped(f, ENOENT, FS_HIDE_DIR, "proc/asound", "could not be covered");
}

static bool opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool is_read_only(const char *path)
{
    struct statvfs fs;
    return statvfs(path, &fs) == 0 && fs.f_flag & ST_RDONLY;
}

static void look_at_covers(void)
{
    CHECK(exists("/proc/meminfo") && exists("/proc/self/status") && exists("/proc/sys/kernel"));
    CHECK(opens("/proc/sys/kernel/osrelease", O_RDONLY));
    CHECK(!exists("/proc/kallsyms") || is_read_only("/proc/kallsyms"));
    CHECK(!exists("/proc/interrupts") || is_read_only("/proc/interrupts"));
    if (exists("/proc/sys/kernel/ns_last_pid"))
        CHECK(!opens("/proc/sys/kernel/ns_last_pid", O_WRONLY) && errno == EROFS);
    if (exists("/proc/pressure/cpu"))
        CHECK(!opens("/proc/pressure/cpu", O_RDWR) && errno == EROFS);
    /* What served for the covers has no name left. */
    CHECK(!exists("/.sandbox-blank") && !exists("/.sandbox-empty"));
}

static void test_covered(void **state)
{
    struct fixture *f = *state;
    f->policy.files_proc.v = PROC_PRIVATE;
    prepared(f);
    assert_true(covers(f) > 3);
    entered(f, look_at_covers);
}

static void test_covered_on_a_bind(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/root");
    make_dir(f, "/root/proc");
    make_dir(f, "/root/box");
    f->policy.files_proc.v = PROC_PRIVATE;
    add_bind(f, at(f, "/root"), "/", false, 1);
    add_tmpfs(f, "/box", 2);
    prepared(f);
    entered(f, look_at_covers);
}

static void look_at_uncovered(void)
{
    CHECK(!exists("/proc/sys/kernel/ns_last_pid") ||
          opens("/proc/sys/kernel/ns_last_pid", O_WRONLY));
    CHECK(!exists("/proc/keys") || opens("/proc/keys", O_RDONLY));
}

static void test_uncovered(void **state)
{
    struct fixture *f = *state;
    f->policy.files_proc.v = PROC_UNMASKED;
    prepared(f);
    entered(f, look_at_uncovered);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_planned),           TEST(test_not_planned),
        TEST(test_closed_files),      TEST(test_unknown_kernel_is_refused),
        TEST(test_absent_stops),      TEST(test_covered),
        TEST(test_covered_on_a_bind), TEST(test_uncovered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
