/* SPDX-License-Identifier: MIT
 *
 * paths.c - the calls that name files or addresses, and what they want of them. For those who watch
 * a program; no verdict rests on it but that such a call is handed over.
 */
#include "guards/seccomp/calls.h"
#include "guards/syscalls.h"
#include <fcntl.h>
#include <sys/syscall.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452 /* Linux 6.6, on every architecture */
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439 /* Linux 5.8, likewise */
#endif

enum { NO = -1 }; /* the call has no such argument */

/* Each path: what is wanted, then the arguments: of the directory, of the path, of the flags. */
static const struct call_paths calls[] = {
    {SYS_openat, {{WISH_OPEN, 0, 1, 2, false}}},
    {SYS_faccessat, {{WISH_ACCESS, 0, 1, 2, false}}},
    {SYS_faccessat2, {{WISH_ACCESS, 0, 1, 2, false}}},
    {SYS_newfstatat, {{WISH_LOOK, 0, 1, 3, false}}},
    {SYS_statx, {{WISH_LOOK, 0, 1, 2, false}}},
    {SYS_statfs, {{WISH_LOOK, NO, 0, NO, false}}},
    {SYS_readlinkat, {{WISH_LOOK, 0, 1, NO, true}}},
    {SYS_chdir, {{WISH_ENTER, NO, 0, NO, false}}},
    {SYS_execve, {{WISH_EXEC, NO, 0, NO, false}}},
    {SYS_execveat, {{WISH_EXEC, 0, 1, 4, false}}},
    {SYS_mkdirat, {{WISH_MAKE, 0, 1, NO, true}}},
    {SYS_mknodat, {{WISH_MAKE, 0, 1, NO, true}}},
    {SYS_unlinkat, {{WISH_REMOVE, 0, 1, NO, true}}},
    {SYS_renameat2, {{WISH_REMOVE, 0, 1, NO, true}, {WISH_MAKE, 2, 3, NO, true}}},
    {SYS_linkat, {{WISH_LOOK, 0, 1, NO, true}, {WISH_MAKE, 2, 3, NO, true}}},
    {SYS_symlinkat, {{WISH_MAKE, 1, 2, NO, true}}},
    {SYS_fchmodat, {{WISH_CHANGE, 0, 1, NO, false}}},
    {SYS_fchmodat2, {{WISH_CHANGE, 0, 1, 3, false}}},
    {SYS_fchownat, {{WISH_CHANGE, 0, 1, 4, false}}},
    {SYS_utimensat, {{WISH_CHANGE, 0, 1, 3, false}}},
    {SYS_truncate, {{WISH_CHANGE, NO, 0, NO, false}}},
    {SYS_connect, {{WISH_CONNECT, NO, 1, 2, false}}},
    {SYS_bind, {{WISH_BIND, NO, 1, 2, false}}},
    {SYS_sendto, {{WISH_CONNECT, NO, 4, 5, false}}},
#ifdef SYS_renameat
    {SYS_renameat, {{WISH_REMOVE, 0, 1, NO, true}, {WISH_MAKE, 2, 3, NO, true}}},
#endif
#if defined(__x86_64__)
    {SYS_open, {{WISH_OPEN, NO, 0, 1, false}}},
    {SYS_creat, {{WISH_OPEN, NO, 0, NO, false}}},
    {SYS_access, {{WISH_ACCESS, NO, 0, 1, false}}},
    {SYS_stat, {{WISH_LOOK, NO, 0, NO, false}}},
    {SYS_lstat, {{WISH_LOOK, NO, 0, NO, true}}},
    {SYS_readlink, {{WISH_LOOK, NO, 0, NO, true}}},
    {SYS_mkdir, {{WISH_MAKE, NO, 0, NO, true}}},
    {SYS_mknod, {{WISH_MAKE, NO, 0, NO, true}}},
    {SYS_rmdir, {{WISH_REMOVE, NO, 0, NO, true}}},
    {SYS_unlink, {{WISH_REMOVE, NO, 0, NO, true}}},
    {SYS_rename, {{WISH_REMOVE, NO, 0, NO, true}, {WISH_MAKE, NO, 1, NO, true}}},
    {SYS_link, {{WISH_LOOK, NO, 0, NO, true}, {WISH_MAKE, NO, 1, NO, true}}},
    {SYS_symlink, {{WISH_MAKE, NO, 1, NO, true}}},
    {SYS_chmod, {{WISH_CHANGE, NO, 0, NO, false}}},
    {SYS_chown, {{WISH_CHANGE, NO, 0, NO, false}}},
    {SYS_lchown, {{WISH_CHANGE, NO, 0, NO, true}}},
    {SYS_utime, {{WISH_CHANGE, NO, 0, NO, false}}},
    {SYS_utimes, {{WISH_CHANGE, NO, 0, NO, false}}},
    {SYS_futimesat, {{WISH_CHANGE, 0, 1, NO, false}}},
#endif
};

const struct call_paths *call_paths_of(int number)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (calls[i].number == number)
            return &calls[i];
    return NULL;
}
