/* SPDX-License-Identifier: MIT
 *
 * many_children.c - waits for 100 children of a few milliseconds each, with pauses, then prints the
 * CPU time of itself and of all of them in microseconds, as getrusage(2) has it.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void burn(long ns)
{
    struct timespec now;
    do
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    while (now.tv_sec == 0 && now.tv_nsec < ns);
}

static long long cpu_us(int who)
{
    struct rusage usage;
    getrusage(who, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
}

int main(void)
{
    for (int i = 0; i < 100; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            burn(3000000);
            usleep(12000); /* to be seen alive with all that it has used */
            _exit(0);
        }
        if (pid < 0 || waitpid(pid, NULL, 0) != pid)
            return 1;
        usleep(12000); /* and to be seen gone */
    }
    printf("cpu_us %lld\n", cpu_us(RUSAGE_SELF) + cpu_us(RUSAGE_CHILDREN));
    return 0;
}
