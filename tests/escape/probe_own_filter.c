/* SPDX-License-Identifier: MIT
 *
 * probe_own_filter.c - is allowed to confine itself, and tries to loosen what confines it: by a
 * filter of its own that allows what the outer one refuses, or by a listener that tells the kernel
 * to go on. As a control the outer filter is one that waits for a listener, and has none.
 */

#include "escape/own_filter.h"
#include "escape/probe.h"
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* What is denied with an error, or ends the program. */
static int try_denied(int killed)
{
    if (killed)
        return ptrace(PTRACE_TRACEME, 0, 0, 0) == 0;
    return personality(ADDR_NO_RANDOMIZE) >= 0;
}

static int go_on(int listener)
{
    struct seccomp_notif request = {0};
    struct seccomp_notif_resp response = {.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};

    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0)
        return -1;
    response.id = request.id;
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

static int by_listener(unsigned long more_flags)
{
    int status = 0;
    pid_t child;
    long listener = own_filter(SYS_personality, SECCOMP_RET_USER_NOTIF,
                               SECCOMP_FILTER_FLAG_NEW_LISTENER | more_flags);

    if (listener < 0)
        return blocked("a listener");
    child = fork();
    if (child == 0) {
        alarm(2);
        _exit(try_denied(0) ? 0 : 1);
    }
    alarm(4);
    if (go_on((int)listener) != 0)
        return blocked("nobody asked the listener");
    waitpid(child, &status, 0);
    errno = EPERM;
    return status == 0 ? escaped("the listener let a denied call through")
                       : blocked("the call is denied all the same");
}

static unsigned answer_of(const char *way)
{
    if (strncmp(way, "log", 3) == 0)
        return SECCOMP_RET_LOG;
    return strncmp(way, "trace", 5) == 0 ? SECCOMP_RET_TRACE : SECCOMP_RET_ALLOW;
}

int main(int argc, char **argv)
{
    const char *way;
    int killed;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    way = argv[VARIANT];
    if (strcmp(way, "control-listener") == 0 &&
        own_filter(SYS_personality, SECCOMP_RET_USER_NOTIF, 0) != 0)
        return broken("no outer filter");
    if (strcmp(way, "listener-high") == 0)
        return by_listener(1UL << 40);
    if (strstr(way, "listener") != NULL)
        return by_listener(strcmp(way, "listener-sync") == 0
                               ? SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH
                               : 0);
    killed = strstr(way, "-killed") != NULL;
    if (own_filter(killed ? SYS_ptrace : SYS_personality, answer_of(way), 0) != 0)
        return blocked("a filter");
    return try_denied(killed) ? escaped(way) : blocked(way);
}
