/* SPDX-License-Identifier: MIT
 *
 * serve.c - the server of root.driver = fuse, from its clone to its exec. Raw system calls only.
 *
 * fuse-overlayfs answers what a hostile program asks, so it has a sandbox of its own: new
 * namespaces of all kinds but time, in which it is the same user as the program; a root that is the
 * stage, with the layers read-only under numbers, and of the host only what the program needs to be
 * loaded; no capability, no file but its device. It is PID 1 of its pid namespace, which the
 * program can't see, and dies with the launcher.
 *
 * It says on the channel how far it has come, and then waits there for the device.
 */
#include "base/sys.h"
#include "guards/fs/server.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum {
    CHANNEL = 3,
    DEVICE = 4,
    UNMOUNT_DETACH = 2, /* MNT_DETACH */
    LINK_ROOM = 256,
};

/* What a program of the host needs to be loaded. */
static const struct loaded {
    const char *path, *name;
    bool file;
} loaded[] = {
    {"/usr", "usr", false},
    {"/lib", "lib", false},
    {"/lib64", "lib64", false},
    {"/etc/ld.so.cache", "cache", true},
};
enum { LOADED = sizeof(loaded) / sizeof(loaded[0]) };

static const uint64_t shown =
    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

struct server {
    const struct plan *plan;
    long trees[LOADED]; /* -1: not there, or a link */
    char links[LOADED][LINK_ROOM];
};

/* Standard input and output lead nowhere; nothing of the caller's stays open. */
static long take_files(int channel, int words)
{
    long null = sys(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return null;
    /* Out of the way of the numbers that they get. */
    long ret = 0, from[4] = {null, null, words, channel};
    for (int i = 0; i < 4 && ret >= 0; i++)
        ret = from[i] = sys(SYS_fcntl, from[i], F_DUPFD_CLOEXEC, 16);
    for (int i = 0; i < 4 && ret >= 0; i++)
        ret = sys(SYS_dup3, from[i], i, i == CHANNEL ? O_CLOEXEC : 0);
    return ret < 0 ? ret : sys(SYS_close_range, CHANNEL + 1, ~0U, 0);
}

/* Waits until the ids are there; a launcher that is gone needs nobody. */
static long await_ids(const struct plan *plan)
{
    char byte;
    long got = sys(SYS_read, CHANNEL, &byte, 1);
    if (got == 0)
        sys(SYS_exit_group, 1);
    if (got < 0 || !plan->ns.drop_groups)
        return got;
    return sys(SYS_setgroups, 0, NULL);
}

static long open_loaded(struct server *server)
{
    for (int i = 0; i < LOADED; i++) {
        server->trees[i] = -1;
        long length = sys(SYS_readlinkat, AT_FDCWD, loaded[i].path, server->links[i], LINK_ROOM);
        if (length == LINK_ROOM)
            return -ENAMETOOLONG;
        server->links[i][length > 0 ? length : 0] = '\0';
        if (length > 0 || length == -ENOENT)
            continue;
        long tree = sys(SYS_open_tree, AT_FDCWD, loaded[i].path,
                        OPEN_TREE_CLONE | O_CLOEXEC | (loaded[i].file ? 0 : AT_RECURSIVE));
        if (tree < 0)
            return tree;
        server->trees[i] = tree;
        const uint64_t attributes = shown & ~(uint64_t)(loaded[i].file ? 0 : MOUNT_ATTR_NOEXEC);
        long ret = sys_mount_setattr((int)tree, AT_RECURSIVE, attributes);
        if (ret < 0)
            return ret;
    }
    return 0;
}

/* While this is still the caller's own user: so root's layers can be what only root can reach. */
static long open_layers(const struct fs_plan *fs, int *item)
{
    fs_open_files_raise(fs);
    for (size_t i = 0; i < fs->staged; i++) {
        if (fs->steps[i].op != FS_LAYER)
            continue;
        *item = (int)i;
        long tree = fs_open_source(&fs->steps[i], shown);
        if (tree < 0)
            return tree;
        fs->trees[i] = (int)tree;
    }
    return 0;
}

static long become_user(const struct ns_plan *ns)
{
    long ret = sys(SYS_setresgid, ns->inner_gid, ns->inner_gid, ns->inner_gid);
    return ret < 0 ? ret : sys(SYS_setresuid, ns->inner_uid, ns->inner_uid, ns->inner_uid);
}

/* After the change of ids, which makes the kernel forget it; who died before has hung up. */
static long die_with_parent(void)
{
    struct pollfd parent = {.fd = CHANNEL};
    struct timespec now = {0, 0};
    long ret = sys(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (ret < 0)
        return ret;
    ret = sys(SYS_ppoll, &parent, 1, &now, NULL, 0);
    if (ret > 0 && parent.revents & POLLHUP)
        sys(SYS_exit_group, 1);
    return ret;
}

static long show_loaded(const struct server *server, int root, int i)
{
    const char *name = loaded[i].file ? "etc/ld.so.cache" : loaded[i].name;
    long ret;
    if (server->links[i][0])
        return loaded[i].file ? 0 : sys(SYS_symlinkat, server->links[i], root, name);
    if (server->trees[i] < 0)
        return 0;
    if (!loaded[i].file)
        ret = sys(SYS_mkdirat, root, name, 0755);
    else if ((ret = sys(SYS_mkdirat, root, "etc", 0755)) >= 0)
        ret = sys(SYS_mknodat, root, name, S_IFREG | 0444, 0);
    return ret < 0 ? ret
                   : sys(SYS_move_mount, server->trees[i], "", root, name, MOVE_MOUNT_F_EMPTY_PATH);
}

static long show_proc(int root)
{
    long ret = sys(SYS_mkdirat, root, "proc", 0555);
    long proc = ret < 0 ? ret : fs_new_proc(NULL, shown);
    return proc < 0 ? proc : sys(SYS_move_mount, proc, "", root, "proc", MOVE_MOUNT_F_EMPTY_PATH);
}

/* The stage, and all that lies in it but the overlay itself. */
static long build(const struct server *server, struct fs_serve_word *word)
{
    const struct fs_plan *fs = &server->plan->fs;
    word->phase = FS_SERVE_ROOT;
    long root = fs_new_tmpfs(fs->stage_size_text, fs->stage_inodes_text, "0700",
                             MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    if (root < 0)
        return root;
    long ret = sys(SYS_move_mount, root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
    if (ret < 0)
        return ret;
    word->phase = FS_SERVE_STEPS;
    if ((ret = fs_stage_steps(fs, (int)root, fs->staged - 1, &word->item)) < 0)
        return ret;
    word->phase = FS_SERVE_SYSTEM;
    for (int i = 0; i < LOADED; i++)
        if ((ret = show_loaded(server, (int)root, i)) < 0)
            return ret;
    word->phase = FS_SERVE_PROC;
    if ((ret = show_proc((int)root)) < 0)
        return ret;
    word->phase = FS_SERVE_ROOT;
    if ((ret = fs_pivot((int)root)) < 0 || (ret = sys(SYS_umount2, ".", UNMOUNT_DETACH)) < 0)
        return ret;
    return sys(SYS_chdir, "/0");
}

static long drop_rights(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[2] = {{0}};
    const struct rlimit64 no_core = {0, 0};
    const uint64_t no_signal = 0;
    long ret = sys(SYS_prlimit64, 0, RLIMIT_CORE, &no_core, NULL);
    if (ret >= 0)
        ret = sys(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (ret >= 0)
        ret = sys(SYS_capset, &header, none);
    if (ret >= 0)
        ret = sys(SYS_setsid);
    return ret < 0 ? ret
                   : sys(SYS_rt_sigprocmask, SIG_SETMASK, &no_signal, NULL, sizeof(no_signal));
}

static long set_up(struct server *server, int channel, int words, struct fs_serve_word *word)
{
    const struct plan *plan = server->plan;
    long ret = take_files(channel, words);
    sys(SYS_umask, 0);
    word->phase = FS_SERVE_IDS;
    if (ret < 0 || (ret = await_ids(plan)) < 0)
        return ret;
    word->phase = FS_SERVE_SYSTEM;
    if ((ret = fs_make_private()) < 0 || (ret = open_loaded(server)) < 0)
        return ret;
    word->phase = FS_SERVE_SOURCES;
    if ((ret = open_layers(&plan->fs, &word->item)) < 0)
        return ret;
    word->phase = FS_SERVE_IDS;
    if ((ret = become_user(&plan->ns)) < 0)
        return ret;
    word->phase = FS_SERVE_PARENT;
    if ((ret = die_with_parent()) < 0 || (ret = build(server, word)) < 0)
        return ret;
    word->phase = FS_SERVE_RIGHTS;
    return drop_rights();
}

/* Waits for the device. Without one there is nothing to serve. */
static void take_device(void)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.room = {0}};
    char byte;
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    if (sys(SYS_recvmsg, CHANNEL, &message, MSG_CMSG_CLOEXEC) <= 0 ||
        message.msg_controllen < CMSG_LEN(sizeof(int)) || control.header.cmsg_type != SCM_RIGHTS ||
        sys(SYS_dup3, *(int *)(void *)CMSG_DATA(&control.header), DEVICE, 0) < 0)
        sys(SYS_exit_group, 1);
}

void fs_serve(const struct plan *plan, int channel, int words)
{
    struct server server = {.plan = plan};
    struct fs_serve_word word = {.phase = FS_SERVE_FDS};
    const struct fs_server *self = &plan->fs.server;
    const char *const argv[] = {"fuse-overlayfs", "-f", "-o", self->options, "/dev/fd/4", NULL};
    const char *const envp[] = {NULL};
    long ret = set_up(&server, channel, words, &word);
    if (ret >= 0)
        word.phase = FS_SERVE_READY;
    word.error = ret < 0 ? (int)-ret : 0;
    sys(SYS_write, word.phase == FS_SERVE_FDS ? channel : CHANNEL, &word, sizeof(word));
    if (ret >= 0) {
        take_device();
        sys(SYS_close_range, DEVICE + 1, ~0U, 0);
        sys(SYS_execve, self->program, argv, envp);
    }
    for (;;)
        sys(SYS_exit_group, 1);
}
