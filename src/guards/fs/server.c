/* SPDX-License-Identifier: MIT
 *
 * server.c - root.driver = fuse, in the parent: whether fuse-overlayfs can be started here; starts
 * it, before the sandbox is cloned, up to where it waits for a file system to serve; ends it. What
 * the new process does until its exec is serve.c.
 *
 * It is no part of the sandbox: its memory and its processor time are not the program's.
 */
#include "guards/fs/server.h"
#include "base/fd.h"
#include "base/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif

enum { OTHERS_WRITE = 022, WAIT_PIDFD = 3 /* P_PIDFD, which older libcs lack */ };

static const char key[] = "root.driver = fuse";

/* ---- prepare -------------------------------------------------------------------------------- */

static bool is_roots(const struct stat *st)
{
    return st->st_uid == 0 && !(st->st_mode & OTHERS_WRITE);
}

/* Only where nobody but root can have put it. PATH is not asked. */
static const char *find_program(void)
{
    static const char *const places[][2] = {
        {"/usr/bin", "/usr/bin/fuse-overlayfs"},
        {"/usr/local/bin", "/usr/local/bin/fuse-overlayfs"},
        {"/usr/libexec", "/usr/libexec/fuse-overlayfs"},
    };
    struct stat folder, file;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (stat(places[i][0], &folder) == 0 && is_roots(&folder) &&
            stat(places[i][1], &file) == 0 && S_ISREG(file.st_mode) && is_roots(&file) &&
            access(places[i][1], X_OK) == 0)
            return places[i][1];
    return NULL;
}

static int check_device(struct origin origin, struct sbx_error *error)
{
    autofd fd = open(FS_FUSE_DEVICE, O_RDWR | O_CLOEXEC);
    if (fd >= 0)
        return 0;
    const int sys_errno = errno;
    err_set(error, SBX_E_HOST, sys_errno, FS_STAGE, "%s: %s can't be opened", key, FS_FUSE_DEVICE);
    if (sys_errno == EACCES || sys_errno == EPERM)
        err_hint(error, "this user may not use FUSE here: as root, chmod 0666 %s", FS_FUSE_DEVICE);
    else
        err_hint(error, "the kernel has no FUSE, or the device is missing in this container: as "
                        "root, modprobe fuse");
    return err_at(error, origin);
}

int fs_server_prepare(struct fs_build *build, struct sbx_error *error)
{
    const struct sbx_policy *policy = build->plan->policy;
    struct fs_plan *fs = &build->plan->fs;
    struct origin origin = policy->root_driver.origin;
    if (policy->root_driver.v != DRIVER_FUSE || fs->staged == 0)
        return 0;
    const char *program = find_program();
    if (!program) {
        err_set(error, SBX_E_HOST, ENOENT, FS_STAGE,
                "%s: the program fuse-overlayfs is not installed here", key);
        err_hint(error, "install the package fuse-overlayfs; it is looked for in /usr/bin, "
                        "/usr/local/bin and /usr/libexec, and must be root's");
        return err_at(error, origin);
    }
    if (check_device(origin, error) != 0)
        return -1;
    int *device = arena_alloc(build->claims.arena, sizeof(*device));
    if (!device)
        return err_memory(error, FS_STAGE);
    *device = -1;
    fs->server = (struct fs_server){
        .program = program,
        .options = fs->steps[fs->staged - 1].source,
        .origin = origin,
        .pidfd = -1,
        .channel = -1,
        .words = -1,
        .device = device,
    };
    return 0;
}

/* ---- arm ------------------------------------------------------------------------------------ */

static int fault(const struct plan *plan, enum sbx_code code, int sys_errno, const char *what,
                 struct sbx_error *error)
{
    err_set(error, code, sys_errno, FS_STAGE, "%s: %s", key, what);
    return err_at(error, plan->fs.server.origin);
}

static int write_map(const struct plan *plan, const char *file, const char *text,
                     struct sbx_error *error)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", (int)plan->fs.server.pid, file);
    autofd fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text))
        return 0;
    return fault(plan, SBX_E_SETUP, errno, "the ids of the server could not be mapped", error);
}

/* Root's may drop its groups itself, which takes the right to. */
static int write_maps(const struct plan *plan, struct sbx_error *error)
{
    if (!plan->ns.drop_groups && write_map(plan, "setgroups", "deny", error) != 0)
        return -1;
    return write_map(plan, "gid_map", plan->ns.gid_map, error) != 0
               ? -1
               : write_map(plan, "uid_map", plan->ns.uid_map, error);
}

static int explain_word(const struct plan *plan, const struct fs_serve_word *word,
                        struct sbx_error *error)
{
    static const char *const what[] = {
        [FS_SERVE_FDS] = "the files of the server could not be set",
        [FS_SERVE_IDS] = "the server could not become the sandbox's user",
        [FS_SERVE_PARENT] = "the server could not be tied to the launcher",
        [FS_SERVE_SYSTEM] = "what fuse-overlayfs needs of the host could not be shown to it",
        [FS_SERVE_PROC] = "the server could not mount a /proc of its own",
        [FS_SERVE_ROOT] = "the server's own root could not be made",
        [FS_SERVE_RIGHTS] = "the server could not give up its rights",
    };
    if (word->phase == FS_SERVE_SOURCES || word->phase == FS_SERVE_STEPS) {
        err_set(error, SBX_E_SETUP, word->error, FS_STAGE, "%s", "");
        fs_explain(plan, word->item, error);
        return -1;
    }
    fault(plan, SBX_E_SETUP, word->error, what[word->phase], error);
    if (word->phase == FS_SERVE_PROC && word->error == EPERM)
        err_hint(error, "this machine's own /proc is partly covered, as in a container, and the "
                        "kernel then refuses a new one: run the container with an unmasked /proc");
    return -1;
}

/* Lets it go on, and waits until it is ready. */
static int await(const struct plan *plan, struct sbx_error *error)
{
    struct fs_serve_word word;
    ssize_t got;
    if (write(plan->fs.server.channel, "", 1) != 1)
        return fault(plan, SBX_E_SETUP, errno, "the server can't be told to go on", error);
    do
        got = read(plan->fs.server.channel, &word, sizeof(word));
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof(word) || word.phase < FS_SERVE_FDS || word.phase > FS_SERVE_READY)
        return fault(plan, SBX_E_SETUP, got < 0 ? errno : 0,
                     "the server was killed while it was starting", error);
    return word.error ? explain_word(plan, &word, error) : 0;
}

static int start(struct plan *plan, int channel, int words, struct sbx_error *error)
{
    struct fs_server *server = &plan->fs.server;
    struct clone_args args = {
        .flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                 CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
        .pidfd = (uint64_t)(uintptr_t)&server->pidfd,
        .exit_signal = SIGCHLD,
    };
    long pid = sys(SYS_clone3, &args, sizeof(args));
    if (pid == 0)
        fs_serve(plan, channel, words);
    if (pid < 0)
        return fault(plan, SBX_E_HOST, (int)-pid, "the kernel gave the server no new namespaces",
                     error);
    server->pid = (pid_t)pid;
    return 0;
}

int fs_server_arm(struct plan *plan, struct sbx_error *error)
{
    struct fs_server *server = &plan->fs.server;
    autofd channel = -1, words = -1;
    int ends[2];
    if (!server->program)
        return 0;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fault(plan, SBX_E_RESOURCE, errno, "no socket can be made", error);
    server->channel = ends[0];
    channel = ends[1];
    /* What it complains about may fill a pipe; then it is lost, and nobody waits. */
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        fs_server_disarm(plan);
        return fault(plan, SBX_E_RESOURCE, errno, "no pipe can be made", error);
    }
    server->words = ends[0];
    words = ends[1];
    int ret = start(plan, channel, words, error);
    close_fd(&channel);
    close_fd(&words);
    if (ret == 0 && write_maps(plan, error) == 0 && await(plan, error) == 0)
        return 0;
    fs_server_disarm(plan);
    return -1;
}

void fs_server_disarm(struct plan *plan)
{
    struct fs_server *server = &plan->fs.server;
    siginfo_t info;
    if (!server->program)
        return;
    if (server->pidfd >= 0) {
        sys(SYS_pidfd_send_signal, server->pidfd, SIGKILL, NULL, 0);
        while (waitid((idtype_t)WAIT_PIDFD, (id_t)server->pidfd, &info, WEXITED) != 0 &&
               errno == EINTR)
            continue;
    }
    close_fd(&server->pidfd);
    close_fd(&server->channel);
    close_fd(&server->words);
    server->pid = 0;
}

void fs_server_words(const struct fs_server *server, char *text, size_t size)
{
    char all[4096];
    ssize_t got = server->words < 0 ? -1 : read(server->words, all, sizeof(all) - 1);
    text[0] = '\0';
    if (got <= 0)
        return;
    all[got] = '\0';
    for (char *at = all; *at; at++)
        if ((unsigned char)*at < ' ' || (unsigned char)*at > '~')
            *at = *at == '\n' ? '\n' : '?';
    for (size_t end = strlen(all); end > 0 && all[end - 1] == '\n'; end--)
        all[end - 1] = '\0';
    const char *last = strrchr(all, '\n');
    snprintf(text, size, "%s", last ? last + 1 : all);
}
