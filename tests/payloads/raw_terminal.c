/* SPDX-License-Identifier: MIT
 *
 * raw_terminal.c - makes the terminal at stdin raw, and stdin, stdout and stderr non-blocking:
 * raw_terminal [tostop]. With an argument it only asks that the output of background jobs be
 * stopped, writes a line, and then uses up CPU time for ever.
 */
#include <fcntl.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

static int stop_background_output(void)
{
    volatile unsigned count = 0;
    struct termios settings;

    if (tcgetattr(0, &settings) != 0)
        return 2;
    settings.c_lflag |= TOSTOP;
    if (tcsetattr(0, TCSANOW, &settings) != 0)
        return 3;
    puts("written from the background");
    fflush(stdout);
    for (;;)
        count++;
}

int main(int argc, char **argv __attribute__((unused)))
{
    struct termios settings;
    int fd;

    if (argc > 1)
        return stop_background_output();
    if (tcgetattr(0, &settings) == 0) {
        cfmakeraw(&settings);
        if (tcsetattr(0, TCSANOW, &settings) != 0)
            return 3;
    }
    for (fd = 0; fd < 3; fd++)
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return 0;
}
