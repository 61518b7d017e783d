/* SPDX-License-Identifier: MIT
 *
 * orphans.c - ends with status 0 at once and leaves a process behind:
 * orphans fork|double|setsid|stopped|deaf|many MARK. The mark is for whoever looks for the process.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void stay(void)
{
    for (;;)
        pause();
}

static void leave_one(const char *how)
{
    int i;

    if (fork() != 0)
        return;
    if (strcmp(how, "setsid") == 0 || strcmp(how, "double") == 0)
        setsid();
    if (strcmp(how, "double") == 0 && fork() != 0)
        _exit(0);
    for (i = 1; strcmp(how, "deaf") == 0 && i < 65; i++)
        signal(i, SIG_IGN);
    if (strcmp(how, "stopped") == 0)
        raise(SIGSTOP);
    stay();
}

int main(int argc, char **argv)
{
    int i;

    if (argc < 3)
        return 2;
    for (i = 0; i < (strcmp(argv[1], "many") == 0 ? 8 : 1); i++)
        leave_one(argv[1]);
    usleep(20000); /* the other one is where it wants to be */
    puts("left");
    return 0;
}
