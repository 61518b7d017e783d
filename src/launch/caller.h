/* SPDX-License-Identifier: MIT
 *
 * caller.h - who has made a call that the filter handed over: what it calls itself, what its memory
 * holds, and how it is ended.
 *
 * The caller is a stranger, and waits in its call. What is read of it is for people; it may be gone
 * at any time, and its number may then be another's: whoever reads asks the listener afterwards
 * whether the call still waits.
 */
#ifndef LAUNCH_CALLER_H
#define LAUNCH_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct caller {
    pid_t tid, pid;  /* as seen here; pid is 0 where /proc tells nothing */
    pid_t inner_pid; /* as PID 1 of the sandbox sees it; 0 where that is not known */
    char comm[16];   /* what the thread calls itself; a newline or a backslash is escaped by proc(5)
                      */
    bool takes_sigsys; /* SIGSYS would end it: not blocked, not ignored, no handler */
};

/* Reads what /proc tells of a thread. What it does not tell stays 0. */
void caller_read(pid_t tid, struct caller *caller);

/* Reads a text of the thread's memory, see struct call_memory. */
int caller_text(pid_t tid, uint64_t address, char *text, size_t size, bool *more);

/* A descriptor of the caller's process, as of pidfd_open(2); -1 where it is gone. */
int caller_open(const struct caller *caller);

/* Ends the caller's process as the kernel would for SECCOMP_RET_KILL_PROCESS: by SIGSYS, where that
 * ends it. `answer` lets its call return, into the signal. Where it is not dead within 20 ms, or
 * would not die of SIGSYS, it gets SIGKILL. */
void caller_end(const struct caller *caller, int pidfd, void (*answer)(void *context),
                void *context);

#endif
