/* SPDX-License-Identifier: MIT
 *
 * attacks.c - one row for each attack. A new attack is a row here and a program probe_NAME.c.
 */
#include "escape/escape.h"

#include "support/run.h"

#define FAMILIES "network.families=unix inet inet6"

const struct attack attacks[] = {
    /* files */
    {.name = "read_home", .walls = LIST(WALLS)},
    {.name = "read_shadow", .walls = LIST(WALLS)},
    {.name = "see_host",
     .variants = LIST("/run", "/var", "/home", "/root", "/srv", "/opt", "/sys", "/boot", "/mnt"),
     .walls = LIST(WALLS),
     .control = LIST("/run")},
    {.name = "write_readonly",
     .variants = LIST("/usr", "/usr/bin", "/bin", "/lib", "/etc", "/dev", "/", "/proc"),
     .walls = LIST(WALLS),
     .control = LIST(".")},
    {.name = "given_file", .walls = LIST(WALLS)},
    {.name = "chroot", .walls = LIST(WALLS), .control = LIST("control")},
    {.name = "file_handle", .walls = LIST(WALLS)},
    {.name = "leaked_fd", .walls = LIST(WALLS), .before = before_leak},
    {.name = "fill",
     .variants = LIST("/tmp", "/dev/shm", "/box", "/", "/dev", "#/tmp", "#/dev/shm", "#/box"),
     .set = LIST("limits.cpu_time=10s", "limits.wall_time=20s", "limits.file_size=1G",
                 "limits.memory=1G", "limits.output=unlimited"),
     .walls = LIST(WALLS),
     .control = LIST("/tmp", "#.")},
    {.name = "mknod", .walls = LIST(WALLS)},
    {.name = "host_device", .walls = LIST(WALLS)},
    {.name = "proc_write",
     .variants =
         LIST("/proc/sys/kernel/hostname", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger",
              "/proc/sys/user/max_user_namespaces", "/proc/sys/vm/drop_caches"),
     .walls = LIST(WALLS),
     .control = LIST("/proc/sys/kernel/hostname")},

    /* mounts and namespaces */
    {.name = "remount", .walls = LIST(WALLS), .control = LIST("control")},
    {.name = "mount",
     .variants = LIST("mount", "fsopen", "open_tree"),
     .walls = LIST(WALLS),
     .control = LIST("control", "control-fsopen", "control-open_tree")},
    {.name = "umount", .walls = LIST(WALLS), .control = LIST("control")},
    {.name = "new_userns", .variants = LIST("unshare", "clone", "clone3"), .walls = LIST(WALLS)},
    {.name = "setns", .walls = LIST(WALLS), .control = LIST("control")},
    {.name = "sethostname", .walls = LIST(WALLS)},

    /* processes */
    {.name = "list_processes", .walls = LIST(WALLS)},
    {.name = "kill_host", .walls = LIST(WALLS)},
    {.name = "kill_parent", .walls = LIST(WALLS), .control = LIST("control")},
    {.name = "ptrace_parent", .walls = LIST(WALLS)},
    {.name = "ptrace_child"},
    {.name = "proc_parent",
     .variants = LIST("mem", "environ", "maps", "root", "cwd", "auxv"),
     .walls = LIST(WALLS)},
    {.name = "vm_readv", .walls = LIST(WALLS)},
    {.name = "pidfd_getfd", .walls = LIST(WALLS)},
    {.name = "many_processes",
     .variants = LIST("fork", "thread"),
     .set = LIST("limits.pids=40", "limits.memory=1G", "limits.stack=1M"),
     .walls = LIST(WALLS)},
    {.name = "raise_limit", .set = LIST("limits.open_files=64"), .walls = LIST(WALLS)},
    {.name = "setuid",
     .walls = LIST(WALLS),
     .before = before_plain_user,
     .refused_is_blocked = true},

    /* communication */
    {.name = "tiocsti",
     .variants = LIST("plain", "high"),
     .walls = LIST(WALLS),
     .before = before_terminal,
     .terminal = true},
    {.name = "socket",
     .variants = LIST("1", "2", "10", "16", "17", "40"),
     .control = LIST("1", "2", "10", "16")},
    {.name = "socketpair"},
    {.name = "host_tcp",
     .walls = LIST(WALLS, FAMILIES),
     .open = LIST(WALLS, FAMILIES, "network.mode=host")},
    {.name = "host_abstract",
     .walls = LIST(WALLS, FAMILIES),
     .open = LIST(WALLS, FAMILIES, "network.mode=host")},
    {.name = "sysv_shm", .walls = LIST(WALLS), .open = LIST(WALLS, "namespaces.ipc=host")},
    {.name = "keyring",
     .variants = LIST("session", "user"),
     .walls = LIST(WALLS),
     .before = before_keyring},

    /* the kernel's doors that a judge has no use for */
    {.name = "personality"},
    {.name = "x32"},
    {.name = "i386"},
    {.name = "high_number"},
    {.name = "seccomp", .variants = LIST("plain", "listener", "prctl")},
    {.name = "io_uring"},
    {.name = "bpf"},
    {.name = "userfaultfd"},
    {.name = "perf_event"},
};
const size_t attack_count = sizeof(attacks) / sizeof(*attacks);
