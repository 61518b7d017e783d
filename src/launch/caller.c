/* SPDX-License-Identifier: MIT
 *
 * caller.c - a thread of the sandbox that waits for the answer to its call.
 *
 * Sources: proc(5) (status), process_vm_readv(2), pidfd_open(2), signal(7).
 */
#include "launch/caller.h"
#include "base/fd.h"
#include "base/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

enum { DYING_MS = 20, STATUS_SIZE = 8192, PAGE = 4096 };

/* ---- what /proc tells ----------------------------------------------------------------------- */

/* What stands behind "KEY:" at the start of a line, without blanks before it; NULL. */
static const char *field(const char *status, const char *key)
{
    const size_t length = strlen(key);
    for (const char *line = status; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0 && line[length] == ':')
            return line + length + 1 + strspn(line + length + 1, " \t");
    }
    return NULL;
}

static pid_t number_at(const char *text)
{
    return text ? (pid_t)strtol(text, NULL, 10) : 0;
}

/* SIGSYS in a mask in hex; true where the line is missing. */
static bool has_sigsys(const char *mask)
{
    return !mask || (strtoull(mask, NULL, 16) >> (SIGSYS - 1) & 1) != 0;
}

/* "NStgid: 4711 2": the second number is that of the sandbox's own pid namespace. The first one
 * must be the number that is known here, or /proc belongs to another namespace than this process.
 */
static pid_t inner_number(const char *numbers, pid_t pid)
{
    if (number_at(numbers) != pid)
        return 0;
    const char *second = numbers + strcspn(numbers, " \t\n");
    second += strspn(second, " \t");
    return *second == '\n' ? 0 : number_at(second);
}

void caller_read(pid_t tid, struct caller *caller)
{
    char path[64], status[STATUS_SIZE];
    *caller = (struct caller){.tid = tid};
    snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
    autofd fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);
    if (got <= 0)
        return;
    status[got] = '\0';
    const char *name = field(status, "Name");
    if (name)
        snprintf(caller->comm, sizeof(caller->comm), "%.*s", (int)strcspn(name, "\n"), name);
    caller->pid = number_at(field(status, "Tgid"));
    const char *numbers = field(status, "NStgid");
    caller->inner_pid = numbers ? inner_number(numbers, caller->pid) : 0;
    caller->takes_sigsys = !has_sigsys(field(status, "SigBlk")) &&
                           !has_sigsys(field(status, "SigIgn")) &&
                           !has_sigsys(field(status, "SigCgt"));
}

/* ---- its memory ----------------------------------------------------------------------------- */

int caller_text(pid_t tid, uint64_t address, char *text, size_t size, bool *more)
{
    size_t used = 0;
    *more = false;
    while (used + 1 < size) {
        /* Up to the end of a page: the next one may not be there. */
        const uint64_t from = address + used;
        size_t length = PAGE - (size_t)(from % PAGE);
        if (length > size - 1 - used)
            length = size - 1 - used;
        const struct iovec here = {text + used, length};
        const struct iovec there = {(void *)(uintptr_t)from, length};
        const long got = sys(SYS_process_vm_readv, tid, &here, 1, &there, 1, 0);
        if (got <= 0)
            break;
        const size_t end = strnlen(text + used, (size_t)got);
        used += end;
        if (end < (size_t)got) {
            text[used] = '\0';
            return 0;
        }
    }
    text[used] = '\0';
    *more = true;
    return used ? 0 : -1;
}

/* ---- its end -------------------------------------------------------------------------------- */

int caller_open(const struct caller *caller)
{
    /* That the thread is one of that process is asked of the kernel, not of /proc. */
    if (!caller->pid || sys(SYS_tgkill, caller->pid, caller->tid, 0) != 0)
        return -1;
    return (int)sys(SYS_pidfd_open, caller->pid, 0);
}

void caller_end(const struct caller *caller, int pidfd, void (*answer)(void *context),
                void *context)
{
    struct pollfd death = {.fd = pidfd, .events = POLLIN};
    /* To the thread that made the call, as the kernel does it. */
    const bool asked = pidfd >= 0 && caller->takes_sigsys &&
                       sys(SYS_tgkill, caller->pid, caller->tid, SIGSYS) == 0;
    if (asked) {
        answer(context);
        if (poll(&death, 1, DYING_MS) > 0)
            return;
    }
    if (pidfd >= 0)
        sys(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    else
        sys(SYS_kill, caller->tid, SIGKILL); /* the whole process, by the number of any thread */
    if (!asked)
        answer(context);
}
