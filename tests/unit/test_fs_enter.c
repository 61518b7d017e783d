/* SPDX-License-Identifier: MIT
 *
 * test_fs_enter.c - the fs guard's child side, for real: a process in new user, mount and pid
 * namespaces builds the planned root, moves in, and looks around.
 *
 * Where this machine gives no user namespaces the tests are skipped.
 */
#include "base/sys.h"
#include "fs_fixture.h"
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

enum { FAILED = 1, INSIDE = 2 };

/* What the child tells: how far it came. */
struct told {
    int ret, item;
    char text[256];
};
static struct told *told;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            snprintf(told->text, sizeof(told->text), "%s:%d: %s (errno %d)", __FILE__, __LINE__,   \
                     #condition, errno);                                                           \
            _exit(FAILED);                                                                         \
        }                                                                                          \
    } while (0)

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return ok;
}

static bool write_maps(const struct fixture *f, pid_t child)
{
    const struct ns_plan *ns = &f->plan.ns;
    char path[64], text[64];
    snprintf(path, sizeof(path), "/proc/%d/setgroups", child);
    if (!write_file(path, "deny"))
        return false;
    snprintf(path, sizeof(path), "/proc/%d/uid_map", child);
    snprintf(text, sizeof(text), "%u %u 1\n", ns->inner_uid, ns->outer_uid);
    if (!write_file(path, text))
        return false;
    snprintf(path, sizeof(path), "/proc/%d/gid_map", child);
    snprintf(text, sizeof(text), "%u %u 1\n", ns->inner_gid, ns->outer_gid);
    return write_file(path, text);
}

static _Noreturn void child_main(const struct fixture *f, int barrier, void (*look)(void))
{
    const struct ns_plan *ns = &f->plan.ns;
    char go;
    CHECK(read(barrier, &go, 1) == 1);
    told->ret = guard_fs_sources.enter(&f->plan, &told->item);
    if (told->ret != 0)
        _exit(INSIDE);
    CHECK(sys(SYS_setresgid, ns->inner_gid, ns->inner_gid, ns->inner_gid) == 0);
    CHECK(sys(SYS_setresuid, ns->inner_uid, ns->inner_uid, ns->inner_uid) == 0);
    umask(0777); /* whatever the caller's is, it must not matter */
    told->ret = guard_fs.enter(&f->plan, &told->item);
    CHECK(umask(0) == 0777);
    if (told->ret == 0 && look)
        look();
    _exit(INSIDE);
}

/* Runs enter() and then look() in a child. */
static void enter(struct fixture *f, void (*look)(void))
{
    int pipe_fds[2], status;
    told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(told != MAP_FAILED);
    assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
    long child =
        syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | SIGCHLD, 0L, 0L, 0L, 0L);
    if (child == 0)
        child_main(f, pipe_fds[0], look);
    if (child < 0) {
        close(pipe_fds[0]);
        close(pipe_fds[1]);
        print_message("no user namespaces here: %s\n", strerror(errno));
        skip();
    }
    bool mapped = write_maps(f, (pid_t)child);
    assert_int_equal(write(pipe_fds[1], "g", 1), 1);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    assert_int_equal(waitpid((pid_t)child, &status, 0), child);
    assert_true(mapped);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != INSIDE)
        fail_msg("child: status %#x, %s", (unsigned)status, told->text);
}

/* enter() and look() both succeed. */
static void entered(struct fixture *f, void (*look)(void))
{
    enter(f, look);
    if (told->ret != 0) {
        f->error.sys_errno = -told->ret;
        guard_fs.explain(&f->plan, told->item, &f->error);
        fail_msg("enter: %s: %s (%s)", f->error.text, strerror(-told->ret), f->error.hint);
    }
}

/* enter() fails so, at this step, and explains it in these words. */
static void stopped(struct fixture *f, int error, enum fs_op op, const char *target,
                    const char *words)
{
    enter(f, NULL);
    assert_int_equal(told->ret, -error);
    assert_int_equal(told->item, step_index(f, op, target));
    memset(&f->error, 0, sizeof(f->error));
    f->error.sys_errno = error;
    guard_fs.explain(&f->plan, told->item, &f->error);
    if (!strstr(f->error.text, words) && !strstr(f->error.hint, words))
        fail_msg("got text '%s', hint '%s'", f->error.text, f->error.hint);
}

static bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static bool can_create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    close(fd);
    return true;
}

static unsigned long flags_of(const char *path)
{
    struct statvfs fs;
    return statvfs(path, &fs) == 0 ? fs.f_flag : 0;
}

/* Writes until it can't; returns how many KiB went in. */
static unsigned fill(const char *path)
{
    static const char block[1024];
    unsigned done = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    while (fd >= 0 && done < 100000 && write(fd, block, sizeof(block)) == sizeof(block))
        done++;
    close(fd);
    return done;
}

static void look_at_system(void)
{
    CHECK(!can_create("/usr/x") && errno == EROFS);
    CHECK(!can_create("/x") && errno == EROFS);
    CHECK(!exists("/home") && !exists("/root") && !exists("/var") && !exists("/old_root"));
    CHECK(!exists("/etc/shadow") && exists("/etc/passwd"));
    CHECK(!can_create("/etc/x") && errno == EROFS);
    CHECK(exists("/usr/bin") && exists("/bin/sh"));
    CHECK((flags_of("/usr") & (ST_RDONLY | ST_NOSUID | ST_NODEV)) ==
          (ST_RDONLY | ST_NOSUID | ST_NODEV));
    CHECK(flags_of("/") & ST_NOSUID && flags_of("/") & ST_RDONLY);
    char cwd[PATH_MAX];
    CHECK(getcwd(cwd, sizeof(cwd)) && strcmp(cwd, "/box") == 0);
    CHECK(can_create("mine") && flags_of(".") & ST_NOSUID && !(flags_of(".") & ST_NOEXEC));
    struct stat st;
    CHECK(stat("/box", &st) == 0 && st.st_uid == 1000 && (st.st_mode & 07777) == 0755);
    CHECK(stat("/etc", &st) == 0 && (st.st_mode & 07777) == 0755);
    CHECK(stat("/etc/passwd", &st) == 0 && (st.st_mode & 07777) == 0444);
    CHECK(fill("/tmp/big") <= 1024 && errno == ENOSPC);
    CHECK(stat("/tmp", &st) == 0 && (st.st_mode & 07777) == 01777);
}

static void look_at_processes(void)
{
    DIR *proc = opendir("/proc");
    CHECK(proc != NULL);
    unsigned others = 0;
    for (struct dirent *entry = readdir(proc); entry; entry = readdir(proc))
        others +=
            entry->d_name[0] >= '0' && entry->d_name[0] <= '9' && strcmp(entry->d_name, "1") != 0;
    CHECK(others == 0);
    closedir(proc);
}

/* Every mount is one of ours, and the root is our tmpfs. */
static void look_at_mounts(void)
{
    static const char *const allowed[] = {"/ ",    "/usr", "/proc ", "/dev/", "/tmp ",
                                          "/box ", "/bin", "/lib",   "/sbin"};
    char line[4096];
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    CHECK(mounts != NULL);
    while (fgets(line, sizeof(line), mounts)) {
        char *place = line;
        for (int field = 0; field < 4 && place; field++)
            place = strchr(place, ' ') ? strchr(place, ' ') + 1 : NULL;
        CHECK(place != NULL);
        bool known = false;
        for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
            known |= strncmp(place, allowed[i], strlen(allowed[i])) == 0;
        if (!known || strstr(line, "shared:") || strstr(line, "master:")) {
            snprintf(told->text, sizeof(told->text), "a foreign mount: %.200s", line);
            _exit(FAILED);
        }
        CHECK(strncmp(place, "/ ", 2) != 0 || strstr(place, "- tmpfs"));
    }
    fclose(mounts);
}

static void look_at_devices(void)
{
    char byte = 1;
    CHECK(write_file("/dev/null", "x"));
    int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && read(fd, &byte, 1) == 1 && byte == 0);
    close(fd);
    fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK(fd >= 0);
    close(fd);
    CHECK(can_create("/dev/shm/x"));
    CHECK(!can_create("/dev/x") && errno == EROFS);
    CHECK(!exists("/dev/kmsg") && !exists("/dev/mem") && !exists("/dev/vda"));
    CHECK(!(flags_of("/dev/null") & ST_NODEV) && flags_of("/dev/null") & ST_NOEXEC);
    CHECK(flags_of("/dev/shm") & ST_NODEV);
}

static void look_around(void)
{
    look_at_system();
    look_at_processes();
    look_at_mounts();
    look_at_devices();
}

static void use_this_machine(struct fixture *f)
{
    f->policy.root_base.v = BASE_HOST;
    f->policy.files_dev.v = DEV_MINIMAL;
    f->policy.files_proc.v = PROC_PRIVATE;
    f->machine = fs_this_machine;
    add_tmpfs(f, "/tmp", 1)->size = 1 << 20;
}

static void test_whole_root(void **state)
{
    struct fixture *f = *state;
    use_this_machine(f);
    prepared(f);
    entered(f, look_around);
}

static const char *inside_path; /* what the next look is about */

static void look_at_writable(void)
{
    char path[PATH_MAX];
    CHECK(!can_create("/ro/x") && errno == EROFS);
    CHECK(can_create("/rw/x"));
    CHECK(exists("/ro/sub/inner") && can_create("/ro/sub/inner/x"));
    CHECK(write_file("/file", "new"));
    CHECK(!write_file("/ro/text", "new") && errno == EROFS);
    CHECK(readlink("/link", path, sizeof(path)) == 3);
    CHECK(can_create("/link/y"));
}

static void test_binds(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/ro");
    make_dir(f, "/ro/sub");
    make_text(f, "/ro/text", "old", 0666);
    make_dir(f, "/rw");
    make_text(f, "/file", "old", 0666);
    assert_int_equal(chmod(at(f, "/rw"), 0777), 0);
    add_bind(f, at(f, "/ro"), "/ro", false, 1);
    add_bind(f, at(f, "/rw"), "/rw", true, 2);
    add_bind(f, at(f, "/file"), "/file", true, 3);
    add_tmpfs(f, "/ro/sub", 4);
    add_tmpfs(f, "/ro/sub/inner", 5);
    add_link(f, "/rw", "/link", 6);
    prepared(f);
    enter(f, look_at_writable);
    assert_true(exists(at(f, "/rw/x")));
    assert_true(exists(at(f, "/rw/y")));
    /* Nothing was made on the host. */
    assert_false(exists(at(f, "/ro/sub/inner")));
}

static void look_at_bound_root(void)
{
    CHECK(exists("/mark") && exists("/proc/self") && exists("/dev/null"));
    CHECK(!exists("/usr"));
    CHECK(!can_create("/x") && errno == EROFS);
    CHECK(can_create("/box/x"));
}

static void test_bind_as_root(void **state)
{
    struct fixture *f = *state;
    make_dir(f, "/root");
    make_text(f, "/root/mark", "", 0644);
    make_dir(f, "/root/proc");
    make_dir(f, "/root/dev");
    make_dir(f, "/root/box");
    f->policy.files_dev.v = DEV_MINIMAL;
    f->policy.files_proc.v = PROC_PRIVATE;
    add_bind(f, at(f, "/root"), "/", false, 1);
    add_tmpfs(f, "/box", 2);
    prepared(f);
    entered(f, look_at_bound_root);
}

static void look_at_all(void)
{
    CHECK(exists(inside_path));
    CHECK(!can_create(inside_path));
    CHECK(exists("/home") && exists("/dev/null") && !exists("/dev/kmsg"));
    look_at_processes();
}

static void test_whole_host_read_only(void **state)
{
    struct fixture *f = *state;
    f->policy.files_dev.v = DEV_MINIMAL;
    f->policy.files_proc.v = PROC_PRIVATE;
    f->policy.root_cwd.v = "/";
    add_ro(f, "/", 1);
    prepared(f);
    inside_path = f->dir;
    entered(f, look_at_all);
}

static void look_at_program(void)
{
    char *const argv[] = {(char *)inside_path, NULL};
    CHECK(unlink(inside_path) != 0 && errno == EBUSY);
    CHECK(open(inside_path, O_WRONLY | O_CLOEXEC) < 0 && errno == EROFS);
    execv(inside_path, argv);
    CHECK(!"exec");
}

static void test_program_runs(void **state)
{
    struct fixture *f = *state;
    use_this_machine(f);
    make_text(f, "/prog", "#!/bin/sh\n[ -x /box/prog ] && [ $$ = 1 ] && exit 2\n", 0777);
    run_program(f, at(f, "/prog"));
    prepared(f);
    assert_string_equal(f->plan.exec.interpreter, "/bin/sh");
    inside_path = f->plan.exec.path;
    entered(f, look_at_program);
}

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

static void test_covered_proc_is_explained(void **state)
{
    struct fixture *f = *state;
    f->policy.files_proc.v = PROC_PRIVATE;
    prepared(f);
    f->error.sys_errno = EPERM;
    guard_fs.explain(&f->plan, (int)step_index(f, FS_PROC, "proc"), &f->error);
    assert_non_null(strstr(f->error.hint, "partly covered"));
}

static void test_observe(void **state)
{
    struct fixture *f = *state;
    struct sbx_report report = {.guard_count = 0};
    add_tmpfs(f, "/tmp", 1);
    prepared(f);
    guard_fs.observe(&f->plan, &report);
    assert_int_equal(report.guard_count, 1);
    assert_int_equal(report.guards[0].state, SBX_STATE_ENFORCED);
    assert_string_equal(report.guards[0].mechanism,
                        "private root on tmpfs, 3 mounts, old root detached");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_whole_root),
        TEST(test_binds),
        TEST(test_bind_as_root),
        TEST(test_whole_host_read_only),
        TEST(test_program_runs),
        TEST(test_swapped_source),
        TEST(test_swapped_directory),
        TEST(test_swapped_mount_point),
        TEST(test_own_closed_directory),
        TEST(test_closed_directory_of_another),
        TEST(test_phases_are_explained),
        TEST(test_covered_proc_is_explained),
        TEST(test_observe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
