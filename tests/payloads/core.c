/* SPDX-License-Identifier: MIT
 *
 * core.c - lets a child crash: exit status 1 where it left a core, 3 where a core may be larger
 * than the one byte that keeps a core handler from being started, else 0.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    struct rlimit limit;
    int status;
    pid_t pid;

    if (getrlimit(RLIMIT_CORE, &limit) != 0)
        return 2;
    pid = fork();
    if (pid == 0)
        abort();
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status))
        return 2;
    if (WCOREDUMP(status))
        return 1;
    return limit.rlim_cur > 1 || limit.rlim_max > 1 ? 3 : 0;
}
