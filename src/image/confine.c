/* SPDX-License-Identifier: MIT
 *
 * confine.c - the walls around the reader of archives. They are its own, and not those of a
 * profile: it makes directories in a cache, and needs no root, no namespaces and no second process
 * for it.
 */
#include "image/confine.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/sys.h"
#include "image/reference.h"
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* The sanitizers' runtimes map as much as they like, and make calls of their own. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static int confine_failed(struct sbx_error *error, int number, const char *what)
{
    return err_set(error, SBX_E_HOST, number, IMAGE_STAGE, "can't confine what reads the image: %s",
                   what);
}

/* ---- limits and rights ---------------------------------------------------------------------- */

static int lower_limits(uint64_t file_bytes, struct sbx_error *error)
{
    const rlim_t least = 1 << 20; /* stdout may be a file, too */
    /* zstd wants up to 128 MiB, each directory of an archive some 200 bytes. */
    const rlim_t memory = 2UL << 30;
    const struct {
        int resource;
        rlim_t value;
    } limits[] = {
        {RLIMIT_CORE, 0},
        {RLIMIT_FSIZE, file_bytes > least ? file_bytes : least},
        {SANITIZED ? RLIMIT_CORE : RLIMIT_AS, SANITIZED ? 0 : memory},
    };
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        struct rlimit now;
        if (getrlimit((__rlimit_resource_t)limits[i].resource, &now) != 0)
            return confine_failed(error, errno, "limits");
        if (now.rlim_max > limits[i].value)
            now.rlim_max = limits[i].value;
        if (now.rlim_cur > now.rlim_max)
            now.rlim_cur = now.rlim_max;
        if (setrlimit((__rlimit_resource_t)limits[i].resource, &now) != 0)
            return confine_failed(error, errno, "limits");
    }
    return 0;
}

/* An ordinary user has none. */
static int drop_capabilities(struct sbx_error *error)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{0}};
    if (sys(SYS_capget, &header, data) != 0)
        return confine_failed(error, errno, "capabilities");
    data[0].permitted &= 1U << CAP_DAC_READ_SEARCH;
    data[0].effective = data[0].permitted;
    data[0].inheritable = 0;
    data[1] = (struct __user_cap_data_struct){0};
    long result = sys(SYS_capset, &header, data);
    return result == 0 ? 0 : confine_failed(error, (int)-result, "capabilities");
}

/* ---- Landlock ------------------------------------------------------------------------------- */

/* The kernel's own numbers: linux/landlock.h of the oldest supported system has few of them. */
enum {
    LL_EXECUTE = 1 << 0,
    LL_READ = 1 << 2 | 1 << 3,
    LL_MAKE_SOCKET_OR_BLOCK = 1 << 9 | 1 << 11,
    LL_REFER = 1 << 13,
    LL_TRUNCATE = 1 << 14,
    LL_IOCTL = 1 << 15,
    LL_ALL_OF_2 = (LL_REFER << 1) - 1,
    LL_TCP = 3,
    LL_SCOPES = 3,
    LL_BENEATH = 1, /* the type of a rule */
};

struct ruleset {
    uint64_t files, net, scoped;
};

struct beneath {
    uint64_t allowed;
    int32_t fd;
} __attribute__((packed));

static int add_rule(int ruleset, int fd, uint64_t allowed, struct sbx_error *error)
{
    struct beneath rule = {.allowed = allowed, .fd = fd};
    long result = sys(SYS_landlock_add_rule, ruleset, LL_BENEATH, &rule, 0);
    return result == 0 ? 0 : confine_failed(error, (int)-result, "Landlock");
}

static int restrict_files(int image, int cache, struct sbx_error *error)
{
    long abi = sys(SYS_landlock_create_ruleset, NULL, 0, 1);
    if (abi < 2) /* none; or one that lets nothing move from directory to directory */
        return 0;
    struct ruleset all = {.files = LL_ALL_OF_2};
    all.files |= (abi >= 3 ? LL_TRUNCATE : 0) | (abi >= 5 ? LL_IOCTL : 0);
    all.net = abi >= 4 ? LL_TCP : 0;
    all.scoped = abi >= 6 ? LL_SCOPES : 0;
    size_t size = abi >= 6 ? sizeof(all) : abi >= 4 ? sizeof(uint64_t) * 2 : sizeof(uint64_t);
    long made = sys(SYS_landlock_create_ruleset, &all, size, 0);
    if (made < 0)
        return confine_failed(error, (int)-made, "Landlock");
    autofd ruleset = (int)made;
    const uint64_t change =
        all.files & ~(uint64_t)(LL_EXECUTE | LL_MAKE_SOCKET_OR_BLOCK | LL_IOCTL);
    if ((image >= 0 && add_rule(ruleset, image, LL_READ, error) != 0) ||
        add_rule(ruleset, cache, change, error) != 0)
        return -1;
    long result = sys(SYS_landlock_restrict_self, ruleset, 0);
    return result == 0 ? 0 : confine_failed(error, (int)-result, "Landlock");
}

/* ---- seccomp -------------------------------------------------------------------------------- */

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

/* What is done with directories and files, memory, and the end. No exec, fork, socket, mount,
 * ptrace, signal, chown, bpf; other numbers get EPERM, for libc to have a chance of an orderly
 * error. */
static const int allowed_calls[] = {
    SYS_read,
    SYS_write,
    SYS_writev,
    SYS_pwrite64,
    SYS_lseek,
    SYS_close,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_openat,
    SYS_mkdirat,
    SYS_mknodat,
    SYS_symlinkat,
    SYS_linkat,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_utimensat,
    SYS_ftruncate,
    SYS_fsetxattr,
    SYS_fgetxattr,
    SYS_getdents64,
    SYS_flock,
    SYS_fcntl,
    SYS_fsync,
    SYS_syncfs,
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_futex,
    SYS_getrandom,
    SYS_exit,
    SYS_exit_group,
    SYS_geteuid,
    SYS_clock_gettime,
    SYS_rt_sigreturn,
    SYS_getpid,
    SYS_rt_sigprocmask,
    SYS_restart_syscall,
};
enum { CALLS = sizeof(allowed_calls) / sizeof(allowed_calls[0]) };

static const int mapping_calls[] = {SYS_mmap, SYS_mprotect}; /* not for code */

static int filter_calls(struct sbx_error *error)
{
    enum { NR = offsetof(struct seccomp_data, nr), ARCH = offsetof(struct seccomp_data, arch) };
    struct sock_filter code[CALLS + 16], *at = code;
    *at++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARCH);
    *at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
    *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    *at++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NR);
    for (unsigned i = 0; i < CALLS; i++) /* over the rest of the list, and what refuses */
        *at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed_calls[i],
                                             (unsigned char)(CALLS - i + 4), 0);
    *at++ =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)mapping_calls[0], 2, 0);
    *at++ =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)mapping_calls[1], 1, 0);
    *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    *at++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                         offsetof(struct seccomp_data, args[2]));
    *at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0);
    *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    struct sock_fprog program = {.len = (unsigned short)(at - code), .filter = code};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return confine_failed(error, errno, "seccomp");
    return 0;
}

int confine(int image, int cache, uint64_t file_bytes, struct sbx_error *error)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return confine_failed(error, errno, "no_new_privs");
    if (lower_limits(file_bytes, error) != 0 || restrict_files(image, cache, error) != 0 ||
        drop_capabilities(error) != 0)
        return -1;
    return SANITIZED ? 0 : filter_calls(error);
}
