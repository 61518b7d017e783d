/* SPDX-License-Identifier: MIT
 *
 * probe_mount.c - changes what is mounted, by each of the calls that do. As a control it does so
 * with rights of its own.
 */

#include "escape/own_ns.h"
#include "escape/probe.h"
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
enum { TREE_CLONE = 1, EMPTY_PATH = 4, ATTR_RDONLY = 1 };

static long try_mount_setattr(const char *place)
{
    const struct {
        uint64_t set, clear, propagation, user;
    } writable = {.clear = ATTR_RDONLY};

    return syscall(SYS_mount_setattr, AT_FDCWD, place, 0, &writable, sizeof(writable));
}

/* Of a copy where one can be had, or of what is there. */
static long try_move_mount(void)
{
    long tree = syscall(SYS_open_tree, AT_FDCWD, "/usr", TREE_CLONE);

    if (tree >= 0)
        return syscall(SYS_move_mount, tree, "", AT_FDCWD, "/tmp", EMPTY_PATH);
    return syscall(SYS_move_mount, AT_FDCWD, "/usr", AT_FDCWD, "/tmp", 0);
}

static long try(const char *way, int control)
{
    if (control && (strcmp(way, "pivot_root") == 0 || strcmp(way, "mount_setattr") == 0)) {
        if (mount("tmpfs", "/tmp", "tmpfs", 0, NULL) != 0 || mkdir("/tmp/old", 0700) != 0)
            return broken("no mount");
    }
    if (strcmp(way, "fsopen") == 0)
        return judge_call(way, syscall(SYS_fsopen, "tmpfs", 0));
    if (strcmp(way, "open_tree") == 0)
        return judge_call(way, syscall(SYS_open_tree, AT_FDCWD, "/tmp", TREE_CLONE));
    if (strcmp(way, "move_mount") == 0)
        return judge_call(way, try_move_mount());
    if (strcmp(way, "mount_setattr") == 0)
        return judge_call(way, try_mount_setattr(control ? "/tmp" : "/usr"));
    if (strcmp(way, "pivot_root") == 0)
        return judge_call(way, syscall(SYS_pivot_root, "/tmp", control ? "/tmp/old" : "/tmp"));
    return judge_call(way, mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
}

int main(int argc, char **argv)
{
    const char *way;
    int control;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    way = argv[VARIANT];
    control = strncmp(way, "control-", 8) == 0;
    if (control && own_ns(0) != 0)
        return broken("no namespace");
    return (int)try(control ? way + 8 : way, control);
}
