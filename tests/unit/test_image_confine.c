/* SPDX-License-Identifier: MIT
 *
 * test_image_confine.c - what the reader of images can't do any more once it is confined, each with
 * a control that it could before.
 */
#include "base/fd.h"
#include "base/sys.h"
#include "image/confine.h"
#include "support/stage.h"
#include "support/test.h"
#include "support/tree.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/sandbox-confine-XXXXXX";
static char layout[64], cache[64], other[64];

static int make_file(const char *in, const char *name)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", in, name);
    return open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static int enter(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(layout, sizeof(layout), "%s/layout", folder);
    snprintf(cache, sizeof(cache), "%s/cache", folder);
    snprintf(other, sizeof(other), "%s/other", folder);
    if (mkdir(layout, 0700) != 0 || mkdir(cache, 0700) != 0 || mkdir(other, 0700) != 0)
        return -1;
    close(make_file(layout, "f"));
    close(make_file(other, "f"));
    return 0;
}

static int leave(void **state)
{
    (void)state;
    return tree_remove(folder);
}

/* Each returns 0 where it could be done, else an errno. */

static int error_of(long result)
{
    return result < 0 ? errno : 0;
}

static int open_it(const char *in, const char *name, int flags)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", in, name);
    autofd fd = open(path, flags | O_CLOEXEC, 0600);
    return error_of(fd);
}

static int read_layout(void)
{
    return open_it(layout, "f", O_RDONLY);
}

static int write_cache(void)
{
    return open_it(cache, "new", O_WRONLY | O_CREAT);
}

static int make_whiteout(void)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/gone", cache);
    int result = error_of(mknod(path, S_IFCHR | 0600, 0));
    unlink(path);
    return result;
}

static int read_other(void)
{
    return open_it(other, "f", O_RDONLY);
}

static int write_other(void)
{
    return open_it(other, "new", O_WRONLY | O_CREAT);
}

static int write_layout(void)
{
    return open_it(layout, "f", O_WRONLY);
}

static int read_system(void)
{
    return open_it("/etc", "passwd", O_RDONLY);
}

static int move_out(void)
{
    char from[128], to[128];
    snprintf(from, sizeof(from), "%s/new", cache);
    snprintf(to, sizeof(to), "%s/moved", other);
    int result = error_of(renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE));
    renameat2(AT_FDCWD, to, AT_FDCWD, from, RENAME_NOREPLACE);
    return result;
}

static int map_code(void)
{
    void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return errno;
    munmap(at, 4096);
    return 0;
}

static int make_code(void)
{
    void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return errno;
    int result = error_of(mprotect(at, 4096, PROT_READ | PROT_EXEC));
    munmap(at, 4096);
    return result;
}

static int make_process(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return error_of(pid);
}

static int make_socket(void)
{
    autofd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return error_of(fd);
}

static int send_signal(void)
{
    return error_of(kill(getpid(), 0));
}

static int change_owner(void)
{
    return error_of(chown(cache, (uid_t)-1, (gid_t)-1));
}

static int write_long_file(void)
{
    autofd fd = make_file(cache, "long");
    int result = error_of(ftruncate(fd, 3 << 20));
    return result ? result : error_of(ftruncate(fd, 0));
}

enum wall { NO_WALL, LANDLOCK, SECCOMP, RLIMIT };

static const struct {
    const char *name;
    int (*act)(void);
    enum wall wall;
    int refused;
} acts[] = {
    {"read the layout", read_layout, NO_WALL, 0},
    {"write the cache", write_cache, NO_WALL, 0},
    {"make a whiteout", make_whiteout, NO_WALL, 0},
    {"read another file", read_other, LANDLOCK, EACCES},
    {"read the system", read_system, LANDLOCK, EACCES},
    {"write elsewhere", write_other, LANDLOCK, EACCES},
    {"write the layout", write_layout, LANDLOCK, EACCES},
    {"move out of the cache", move_out, LANDLOCK, EACCES},
    {"map code", map_code, SECCOMP, EPERM},
    {"make code", make_code, SECCOMP, EPERM},
    {"make a process", make_process, SECCOMP, EPERM},
    {"make a socket", make_socket, SECCOMP, EPERM},
    {"send a signal", send_signal, SECCOMP, EPERM},
    {"change an owner", change_owner, SECCOMP, EPERM},
    {"write a long file", write_long_file, RLIMIT, EFBIG},
};

static bool has_landlock; /* asked before, for then it can't be asked any more */

static bool has_wall(enum wall wall)
{
#ifdef SANDBOX_SANITIZED
    if (wall == SECCOMP)
        return false;
#endif
    return wall != LANDLOCK || has_landlock;
}

/* In a process of its own, for it is for good. Returns how many things went otherwise. */
static int confined(void)
{
    struct sbx_error error;
    int faults = 0;
    autofd image = open(layout, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    autofd layers = open(cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    signal(SIGXFSZ, SIG_IGN);
    if (confine(image, layers, 2 << 20, &error) != 0) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        int expected = has_wall(acts[i].wall) ? acts[i].refused : 0, got = acts[i].act();
        if (got == expected || (got && expected && acts[i].wall == LANDLOCK && got == EXDEV))
            continue;
        fprintf(stderr, "%s: %s\n", acts[i].name, got ? strerror(got) : "it could");
        faults++;
    }
    return faults;
}

static void walls(void **state)
{
    int status;
    (void)state;
    has_landlock = sys(SYS_landlock_create_ruleset, NULL, 0, 1) >= 2;
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        int got = acts[i].act();
        if (got)
            fail_msg("the control fails: %s: %s", acts[i].name, strerror(got));
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(confined());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(walls)};
    return cmocka_run_group_tests(tests, enter, leave);
}
