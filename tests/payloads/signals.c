/* SPDX-License-Identifier: MIT
 *
 * signals.c - says "ready", then "got N" for each signal that reaches it. SIGTERM ends it with
 * status 7, unless it has an argument.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv __attribute__((unused)))
{
    static const int numbers[] = {SIGINT,  SIGTERM, SIGHUP,   SIGQUIT,
                                  SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT};
    sigset_t set;
    size_t i;
    int number;

    sigemptyset(&set);
    for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        sigaddset(&set, numbers[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    puts("ready");
    fflush(stdout);
    while (sigwait(&set, &number) == 0) {
        printf("got %d.\n", number);
        fflush(stdout);
        if (number == SIGTERM && argc < 2)
            return 7;
    }
    return 1;
}
