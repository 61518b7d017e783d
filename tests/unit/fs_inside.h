/* SPDX-License-Identifier: MIT
 *
 * fs_inside.h - runs the fs guard's child side for real: a process in new user, mount and pid
 * namespaces builds the planned root, moves in, and looks around.
 *
 * Where this machine gives no user namespaces the tests are skipped.
 */
#ifndef TESTS_UNIT_FS_INSIDE_H
#define TESTS_UNIT_FS_INSIDE_H

#include "base/sys.h"
#include "fs_fixture.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
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

static inline bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return ok;
}

static inline bool write_maps(const struct fixture *f, pid_t child)
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

static inline _Noreturn void child_main(const struct fixture *f, int barrier, void (*look)(void))
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
static inline void enter(struct fixture *f, void (*look)(void))
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
static inline void entered(struct fixture *f, void (*look)(void))
{
    enter(f, look);
    if (told->ret != 0) {
        f->error.sys_errno = -told->ret;
        guard_fs.explain(&f->plan, told->item, &f->error);
        fail_msg("enter: %s: %s (%s)", f->error.text, strerror(-told->ret), f->error.hint);
    }
}

/* enter() fails so, at this step, and explains it in these words. */
static inline void stopped(struct fixture *f, int error, enum fs_op op, const char *target,
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

static inline bool exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static inline bool can_create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    close(fd);
    return true;
}

#endif
