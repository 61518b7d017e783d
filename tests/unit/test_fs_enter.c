/* SPDX-License-Identifier: MIT
 *
 * test_fs_enter.c - what a program finds in the root that the fs guard builds.
 */
#include "fs_inside.h"
#include <dirent.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>

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
    static const char *const allowed[] = {"/ ",    "/usr", "/proc", "/dev/", "/tmp ",
                                          "/box ", "/bin", "/lib",  "/sbin"};
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

static bool lists(const char *folder, const char *name)
{
    bool found = false;
    DIR *listing = opendir(folder);
    CHECK(listing != NULL);
    for (struct dirent *entry = readdir(listing); entry; entry = readdir(listing))
        found |= strcmp(entry->d_name, name) == 0;
    closedir(listing);
    return found;
}

/* The control: PID 1 is there for those who may trace it. */
static void look_at_open_parent(void)
{
    CHECK(exists("/proc/1") && exists("/proc/1/cmdline") && lists("/proc", "1"));
}

static void look_at_closed_parent(void)
{
    char self[32];
    snprintf(self, sizeof(self), "%d", (int)getpid());
    CHECK(!exists("/proc/1") && errno == ENOENT);
    CHECK(!exists("/proc/1/cmdline") && !exists("/proc/1/task/1/comm") && !lists("/proc", "1"));
    CHECK(open("/proc/1/cmdline", O_RDONLY | O_CLOEXEC) < 0);
    CHECK(open("/proc/1", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0);
    CHECK(lists("/proc", self) && exists("/proc/self/cmdline"));
    CHECK(exists("/proc/thread-self/status") && exists("/proc/meminfo"));
}

static void look_in_child(void (*look)(void))
{
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        look();
        _exit(INSIDE);
    }
    CHECK(waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != INSIDE)
        _exit(FAILED);
}

/* Once more after the control, when the kernel has the names in its cache. */
static void look_from_second_process(void)
{
    CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
    look_in_child(look_at_closed_parent);
    CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
    look_in_child(look_at_open_parent);
    CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
    look_in_child(look_at_closed_parent);
}

static void test_first_process_is_hidden(void **state)
{
    struct fixture *f = *state;
    f->policy.files_proc.v = PROC_PRIVATE;
    prepared(f);
    entered(f, look_from_second_process);
}

static void look_at_processes_alone(void)
{
    look_at_processes();
    CHECK(exists("/proc/self/status") && exists("/proc/thread-self"));
    CHECK(!exists("/proc/keys") && !exists("/proc/sys") && !exists("/proc/cpuinfo"));
    CHECK(!exists("/proc/sysrq-trigger") && !exists("/proc/kallsyms") && !exists("/proc/net"));
    unsigned entries = 0;
    DIR *proc = opendir("/proc");
    CHECK(proc != NULL);
    for (struct dirent *entry = readdir(proc); entry; entry = readdir(proc))
        entries += entry->d_name[0] != '.' && (entry->d_name[0] < '0' || entry->d_name[0] > '9');
    closedir(proc);
    CHECK(entries == 2); /* self, thread-self */
}

static void test_processes_alone(void **state)
{
    struct fixture *f = *state;
    f->policy.files_proc.v = PROC_PIDS;
    prepared(f);
    entered(f, look_at_processes_alone);
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
        TEST(test_whole_root),      TEST(test_first_process_is_hidden),
        TEST(test_processes_alone), TEST(test_binds),
        TEST(test_bind_as_root),    TEST(test_whole_host_read_only),
        TEST(test_program_runs),    TEST(test_observe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
