/* SPDX-License-Identifier: MIT
 *
 * shoot.c - sends signals to all that it can name at once: shoot group|all. It ignores them itself,
 * and then says whether one was left over for it: 0, for none.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static const int numbers[] = {SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGWINCH, SIGKILL};
    size_t i;

    if (argc < 2)
        return 2;
    for (i = 0; i < sizeof(numbers) / sizeof(*numbers) - 1; i++)
        signal(numbers[i], SIG_IGN);
    for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        if (strcmp(argv[1], "all") == 0)
            kill(-1, numbers[i]);
        else if (numbers[i] != SIGKILL)
            kill(0, numbers[i]);
    }
    usleep(100000);
    return 0;
}
