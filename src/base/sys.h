/* SPDX-License-Identifier: MIT
 *
 * sys.h - raw system calls for the time between clone and exec.
 *
 * Each returns the kernel's answer: a value of 0 or more, or -errno. None touches errno, the heap
 * or any lock of libc, so all are safe in a child made by a bare clone3(2). Also here: calls, flags
 * and structures that the libc of the oldest supported system lacks.
 */
#ifndef BASE_SYS_H
#define BASE_SYS_H

#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/time_types.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/* linux/mount.h; that header can't be included beside sys/mount.h everywhere. */
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef FSOPEN_CLOEXEC
#define FSOPEN_CLOEXEC          1
#define FSMOUNT_CLOEXEC         1
#define FSCONFIG_SET_FLAG       0
#define FSCONFIG_SET_STRING     1
#define FSCONFIG_CMD_CREATE     6
#define MOVE_MOUNT_F_EMPTY_PATH 0x00000004
#define MOVE_MOUNT_T_EMPTY_PATH 0x00000040
#endif
#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 0x00000001
#define MOUNT_ATTR_NOSUID 0x00000002
#define MOUNT_ATTR_NODEV  0x00000004
#define MOUNT_ATTR_NOEXEC 0x00000008
#endif
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif
struct sys_mount_attr { /* struct mount_attr, Linux 5.12 */
    uint64_t attr_set;
    uint64_t attr_clr;
    uint64_t propagation;
    uint64_t userns_fd;
};

/* The one way into the kernel: six arguments, -errno on failure. */
static inline long sys_call6(long nr, long a, long b, long c, long d, long e, long f)
{
#if defined(__x86_64__)
    long ret;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(ret)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return ret;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = nr;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
#else
#error "sandbox supports x86_64 and aarch64"
#endif
}

#define SYS_PICK(_1, _2, _3, _4, _5, _6, _7, name, ...) name
#define SYS_1(n)                                        sys_call6((n), 0, 0, 0, 0, 0, 0)
#define SYS_2(n, a)                                     sys_call6((n), (long)(a), 0, 0, 0, 0, 0)
#define SYS_3(n, a, b)                                  sys_call6((n), (long)(a), (long)(b), 0, 0, 0, 0)
#define SYS_4(n, a, b, c)                               sys_call6((n), (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define SYS_5(n, a, b, c, d)                            sys_call6((n), (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS_6(n, a, b, c, d, e)                                                                    \
    sys_call6((n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define SYS_7(n, a, b, c, d, e, f)                                                                 \
    sys_call6((n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* sys(SYS_name, argument...): a raw system call. */
#define sys(...)                                                                                   \
    SYS_PICK(__VA_ARGS__, SYS_7, SYS_6, SYS_5, SYS_4, SYS_3, SYS_2, SYS_1, )(__VA_ARGS__)

/* openat2(2) with flags, mode and resolve given one by one. */
static inline long sys_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode,
                               uint64_t resolve)
{
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    return sys(SYS_openat2, dirfd, path, &how, sizeof(how));
}

/* mount_setattr(2): sets attributes on the mount of `fd`; at_flags adds AT_RECURSIVE. */
static inline long sys_mount_setattr(int fd, unsigned at_flags, uint64_t attr_set)
{
    struct sys_mount_attr attr = {.attr_set = attr_set};
    return sys(SYS_mount_setattr, fd, "", 0x1000 /* AT_EMPTY_PATH */ | at_flags, &attr,
               sizeof(attr));
}

#endif
