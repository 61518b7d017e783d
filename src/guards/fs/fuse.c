/* SPDX-License-Identifier: MIT
 *
 * fuse.c - root.driver = fuse, in the sandbox: mounts the file system that the server serves. Raw
 * system calls only.
 *
 * The kernel takes a device only from the user namespace that it was opened in, and a read of it
 * fails until the file system is mounted. So the sandbox opens the device and mounts, and only then
 * does the server get it. Nothing waits for an answer before that.
 *
 * Sources: fuse(4), the kernel's Documentation/filesystems/fuse.rst, cmsg(3), unix(7).
 */
#include "base/sys.h"
#include "guards/fs/server.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

long fs_fuse_open(const struct fs_plan *fs)
{
    long fd = sys(SYS_openat, AT_FDCWD, FS_FUSE_DEVICE, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return fd;
    *fs->server.device = (int)fd;
    return 0;
}

/* Writes a number into a text that has room for it. */
static const char *decimal(char text[12], unsigned number)
{
    char *at = text + 11;
    *at = '\0';
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    return at;
}

static long set(long fs, const char *key, const char *value)
{
    return sys(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0);
}

/* Only the sandbox's own user may use it, and the kernel checks each access by mode and owner. */
static long configure(long fs, const struct ns_plan *ns, int device)
{
    char text[12];
    long ret = set(fs, "source", "fuse-overlayfs");
    if (ret >= 0)
        ret = set(fs, "fd", decimal(text, (unsigned)device));
    if (ret >= 0)
        ret = set(fs, "rootmode", "40000");
    if (ret >= 0)
        ret = set(fs, "user_id", decimal(text, ns->inner_uid));
    if (ret >= 0)
        ret = set(fs, "group_id", decimal(text, ns->inner_gid));
    if (ret >= 0)
        ret = sys(SYS_fsconfig, fs, FSCONFIG_SET_FLAG, "default_permissions", NULL, 0);
    return ret < 0 ? ret : sys(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
}

static long hand_over(int channel, int device)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof(int)),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS}};
    char byte = 0;
    struct iovec data = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    *(int *)(void *)CMSG_DATA(&control.header) = device;
    long sent = sys(SYS_sendmsg, channel, &message, MSG_NOSIGNAL);
    return sent < 0 ? sent : 0;
}

/* The overlay is the last step of the stage; all others are the server's. */
long fs_fuse_mount(const struct plan *plan, int *item)
{
    const struct fs_plan *fs = &plan->fs;
    const size_t number = fs->staged - 1;
    const int device = *fs->server.device;
    *item = (int)number;
    long context = sys(SYS_fsopen, "fuse", FSOPEN_CLOEXEC);
    if (context < 0)
        return context;
    long ret = configure(context, &plan->ns, device);
    if (ret >= 0)
        ret = sys(SYS_fsmount, context, FSMOUNT_CLOEXEC, fs->steps[number].attributes);
    sys(SYS_close, context);
    if (ret < 0)
        return ret;
    fs->trees[number] = (int)ret;
    ret = hand_over(fs->server.channel, device);
    sys(SYS_close, device);
    return ret;
}
