/* SPDX-License-Identifier: MIT
 *
 * probe_anonymous_exec.c - runs a program that lies in memory alone, where no path can be
 * forbidden. That is not promised to fail; what is promised is that it gains nothing by it: what
 * was refused before is refused there.
 */

#include "escape/probe.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In the new program. */
static int try(const char *way)
{
    if (strstr(way, "killed") != NULL)
        return judge_call("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
    if (personality(ADDR_NO_RANDOMIZE) >= 0)
        return escaped("personality");
    return blocked("personality");
}

static int copy_of_this(int memory)
{
    struct stat status;
    int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    ssize_t copied;

    if (own < 0 || fstat(own, &status) != 0)
        return -1;
    do
        copied = sendfile(memory, own, NULL, (size_t)status.st_size);
    while (copied > 0);
    close(own);
    return copied == 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    char way[64];
    int memory;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (strncmp(argv[VARIANT], "inside-", 7) == 0)
        return try(argv[VARIANT]);
    memory = (int)syscall(SYS_memfd_create, "probe", MFD_CLOEXEC);
    if (memory < 0)
        return blocked("memfd_create");
    if (copy_of_this(memory) != 0)
        return broken("no copy");
    snprintf(way, sizeof(way), "inside-%s", argv[VARIANT]);
    argv[VARIANT] = way;
    syscall(SYS_execveat, memory, "", argv, environ, AT_EMPTY_PATH);
    return blocked("execveat");
}
