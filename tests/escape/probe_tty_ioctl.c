/* SPDX-License-Identifier: MIT
 *
 * probe_tty_ioctl.c - does to the caller's terminal what outlives the program: locks it against
 * others, stops its output, or gives it another line discipline.
 */
#include "escape/probe.h"
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static int try(char **argv)
{
    int discipline = 0; /* N_TTY: harmless, and always there */

    if (is_variant(argv, "exclusive"))
        return ioctl(0, TIOCEXCL);
    if (is_variant(argv, "stop"))
        return ioctl(0, TCXONC, TCOOFF);
    return ioctl(0, TIOCSETD, &discipline);
}

int main(int argc, char **argv)
{
    int result;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (!isatty(0))
        return broken("stdin is not a terminal");
    result = try(argv);
    if (result == 0) { /* as a control this must leave nothing behind */
        ioctl(0, TIOCNXCL);
        ioctl(0, TCXONC, TCOON);
    }
    return judge_call(argv[VARIANT], result);
}
