/* SPDX-License-Identifier: MIT
 *
 * control.c - what the command is compared with. The kernel calls alone that a root with many binds
 * takes: no profile, no check, nothing looked at. And bubblewrap, with the same places.
 */
#include "base/sys.h"
#include "mounts.h"
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNMOUNT_DETACH = 2 /* MNT_DETACH */, PROPAGATION_PRIVATE = 1 << 18 /* MS_PRIVATE */ };
#define TREE_FLAGS (OPEN_TREE_CLONE | O_CLOEXEC | 0x8000 /* AT_RECURSIVE */)

static void need(long answer)
{
    if (answer < 0)
        _exit(125);
}

static void write_file(const char *path, const char *content)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    need(write(fd, content, strlen(content)));
    close(fd);
}

static void enter_namespaces(void)
{
    char map[32];
    const unsigned uid = getuid(), gid = getgid();
    need(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
                 CLONE_NEWNET | CLONE_NEWCGROUP));
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "%u %u 1", gid, gid);
    write_file("/proc/self/gid_map", map);
    snprintf(map, sizeof(map), "%u %u 1", uid, uid);
    write_file("/proc/self/uid_map", map);
}

static int open_tree(const char *path, uint64_t attributes)
{
    long tree = sys(SYS_open_tree, AT_FDCWD, path, TREE_FLAGS);
    need(tree);
    need(sys_mount_setattr((int)tree, 0x8000, attributes | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
    return (int)tree;
}

static int new_tmpfs(void)
{
    long fs = sys(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
    need(sys(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
    long mount = sys(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
    need(mount);
    close((int)fs);
    return (int)mount;
}

/* All directories above a path in the new root. */
static void make_above(int root, const char *path)
{
    char above[4096];
    snprintf(above, sizeof(above), "%s", path);
    for (char *end = above; (end = strchr(end, '/')); *end++ = '/') {
        *end = '\0';
        mkdirat(root, above, 0755);
    }
}

static void show(int root, int tree, const char *path, bool directory, bool made)
{
    if (!made && (directory ? mkdirat(root, path, 0755) : mknodat(root, path, S_IFREG, 0)) != 0) {
        make_above(root, path);
        need(directory ? mkdirat(root, path, 0755) : mknodat(root, path, S_IFREG | 0444, 0));
    }
    need(sys(SYS_move_mount, tree, "", root, path, MOVE_MOUNT_F_EMPTY_PATH));
    close(tree);
}

static void build_root(const struct scene *scene)
{
    struct sys_mount_attr keep = {.propagation = PROPAGATION_PRIVATE};
    int *trees = calloc(scene->count + 1, sizeof(*trees));
    need(sys(SYS_mount_setattr, AT_FDCWD, "/", 0x8000, &keep, sizeof(keep)));
    for (size_t i = 0; i < scene->count; i++)
        trees[i] = open_tree(scene->places[i].path,
                             scene->kind == BELOW ? 0 : (uint64_t)MOUNT_ATTR_RDONLY);
    int program = open_tree(scene->stamp, MOUNT_ATTR_RDONLY);
    int above = scene->kind == BELOW ? open_tree(scene->top, MOUNT_ATTR_RDONLY) : -1;
    int root = new_tmpfs();
    need(sys(SYS_move_mount, root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
    show(root, program, "stamp", false, false);
    if (above >= 0)
        show(root, above, scene->top + 1, true, false);
    for (size_t i = 0; i < scene->count; i++)
        show(root, trees[i], scene->places[i].path + 1, scene->places[i].directory, above >= 0);
    need(sys_mount_setattr(root, 0, MOUNT_ATTR_RDONLY));
    need(fchdir(root));
    need(sys(SYS_pivot_root, ".", "."));
    need(sys(SYS_umount2, ".", UNMOUNT_DETACH));
    need(chdir("/"));
}

static void raise_open_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void control_run(const void *data)
{
    int status = 1;
    raise_open_files();
    enter_namespaces();
    pid_t pid = fork();
    if (pid == 0) {
        build_root(data);
        execl("/stamp", "/stamp", (char *)NULL);
        _exit(127);
    }
    _exit(waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1);
}

void bwrap_run(const void *data)
{
    const struct scene *scene = data;
    char number[16];
    int fd = open(scene->arguments, O_RDONLY); /* for bwrap: it stays open */
    if (fd < 0)
        _exit(125);
    snprintf(number, sizeof(number), "%d", fd);
    if (freopen("/dev/null", "w", stderr) == NULL) /* that it is not there is told by the table */
        _exit(125);
    execlp("bwrap", "bwrap", "--unshare-all", "--tmpfs", "/tmp", "--tmpfs", "/box", "--proc",
           "/proc", "--dev", "/dev", "--ro-bind", "/usr", "/usr", "--ro-bind", scene->stamp,
           "/box/stamp", "--args", number, "--", "/box/stamp", (char *)NULL);
}
