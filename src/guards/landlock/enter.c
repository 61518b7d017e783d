/* SPDX-License-Identifier: MIT
 *
 * enter.c - the child makes the ruleset, and later puts itself under it. Raw system calls only.
 *
 * The rules are made in PID 1, once the new root stands: there is the right to reach every place in
 * it, and no limit on open files yet. PID 1 itself stays outside: it must be able to signal the
 * payload, which may not signal it.
 *
 * Files that are open already keep working. What stdin, stdout and stderr are may be opened anew
 * through /proc/self/fd, so each gets a rule by its descriptor.
 *
 * Sources: landlock(7), landlock_add_rule(2), landlock_restrict_self(2), statx(2).
 */
#include "guards/landlock/landlock.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x2000
#endif

enum { RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2 };

struct path_beneath { /* struct landlock_path_beneath_attr */
    uint64_t rights;
    int32_t fd;
} __attribute__((packed));

struct net_port { /* struct landlock_net_port_attr */
    uint64_t rights;
    uint64_t port;
};

static long add_rule(int ruleset, long fd, uint64_t rights)
{
    const struct path_beneath rule = {.rights = rights, .fd = (int32_t)fd};
    return sys(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
}

static long add_port(int ruleset, const struct landlock_port *port)
{
    const struct net_port rule = {.rights = port->rights, .port = port->port};
    return sys(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0);
}

/* A directory of the host that somebody moved into the way is no mount: ESTALE. */
static long add_place(int ruleset, const struct landlock_rule *rule)
{
    struct statx st = {.stx_mask = 0};
    long fd = sys_openat2(AT_FDCWD, rule->place, O_PATH | O_CLOEXEC, 0,
                          RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    if (fd < 0)
        return fd;
    long ret = sys(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_TYPE, &st);
    if (ret >= 0 && !(st.stx_attributes & STATX_ATTR_MOUNT_ROOT))
        ret = -ESTALE;
    if (ret >= 0)
        ret =
            add_rule(ruleset, fd, S_ISDIR(st.stx_mode) ? rule->rights : rule->rights & LL_OF_FILES);
    sys(SYS_close, fd);
    return ret;
}

/* The message queues of the sandbox's ipc namespace are files too, in a file system of their own
 * that need not be mounted anywhere; a rule wants it in hand. */
static long add_queues(const struct landlock_plan *landlock, int ruleset)
{
    const uint64_t rights = (LL_READ | LL_WRITE) & landlock->handled_fs;
    long mount, ret, fs = sys(SYS_fsopen, "mqueue", FSOPEN_CLOEXEC);
    if (fs < 0)
        return fs == -ENODEV ? 0 : fs; /* a kernel without them */
    ret = sys(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
    if (ret >= 0 && (ret = mount = sys(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0)) >= 0) {
        ret = add_rule(ruleset, mount, rights);
        sys(SYS_close, mount);
    }
    sys(SYS_close, fs);
    return ret;
}

int landlock_rules_enter(const struct plan *plan, int *item)
{
    const struct landlock_plan *landlock = &plan->landlock;
    const struct landlock_ruleset attributes = {.handled_fs = landlock->handled_fs,
                                                .handled_net = landlock->handled_net,
                                                .scoped = landlock->scoped};
    long ret;
    if (!landlock->abi)
        return 0;
    *item = (int)landlock->count + LANDLOCK_RULESET;
    long ruleset = sys(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);
    if (ruleset < 0)
        return (int)ruleset;
    for (size_t i = 0; i < landlock->count; i++) {
        *item = (int)i;
        if ((ret = add_place((int)ruleset, &landlock->rules[i])) < 0)
            return (int)ret;
    }
    for (size_t i = 0; i < landlock->port_count; i++) {
        *item = (int)(landlock->count + LANDLOCK_PORT + i);
        if ((ret = add_port((int)ruleset, &landlock->ports[i])) < 0)
            return (int)ret;
    }
    *item = (int)landlock->count + LANDLOCK_QUEUES;
    if (landlock->message_queues && (ret = add_queues(landlock, (int)ruleset)) < 0)
        return (int)ret;
    *landlock->ruleset = (int)ruleset;
    return 0;
}

/* What has no place in any file system, a pipe for one, Landlock lets pass and takes no rule for:
 * EBADFD. */
static long add_stdio(const struct landlock_plan *landlock, int fd)
{
    struct stat st = {.st_dev = 0};
    long ret = sys(SYS_fstat, fd, &st);
    if (ret < 0)
        return ret == -EBADF ? 0 : ret; /* it is closed */
    const uint64_t rights = landlock_stdio_rights(fd, st.st_mode) & landlock->handled_fs;
    if (!rights || S_ISSOCK(st.st_mode))
        return 0;
    ret = add_rule(*landlock->ruleset, fd, rights);
    return ret == -EBADFD ? 0 : ret;
}

int landlock_enter(const struct plan *plan, int *item)
{
    const struct landlock_plan *landlock = &plan->landlock;
    long ret;
    if (!landlock->abi)
        return 0;
    for (int fd = 0; fd < 3; fd++) {
        *item = LANDLOCK_STDIN + fd;
        if ((ret = add_stdio(landlock, fd)) < 0)
            return (int)ret;
    }
    *item = LANDLOCK_RESTRICT;
    ret = sys(SYS_landlock_restrict_self, *landlock->ruleset, landlock->flags);
    if (ret >= 0)
        ret = sys(SYS_close, *landlock->ruleset);
    return (int)ret;
}
