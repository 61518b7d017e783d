/* SPDX-License-Identifier: MIT
 *
 * own_ns.h - namespaces of its own for a probe that runs as a control: there it has the rights that
 * an attack takes, and touches nothing of the machine.
 */
#ifndef ESCAPE_OWN_NS_H
#define ESCAPE_OWN_NS_H

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static inline int own_ns_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? write(fd, text, strlen(text)) : -1;

    if (fd >= 0)
        close(fd);
    return length == (ssize_t)strlen(text) ? 0 : -1;
}

/* New user and mount namespaces, with the same ids and all rights in them. 0, or -1 with errno. */
static inline int own_ns(int more_flags)
{
    unsigned uid = geteuid(), gid = getegid();
    char map[64];

    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | more_flags) != 0 ||
        own_ns_write("/proc/self/setgroups", "deny") != 0)
        return -1;
    snprintf(map, sizeof(map), "%u %u 1", uid, uid);
    if (own_ns_write("/proc/self/uid_map", map) != 0)
        return -1;
    snprintf(map, sizeof(map), "%u %u 1", gid, gid);
    if (own_ns_write("/proc/self/gid_map", map) != 0)
        return -1;
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

#endif
