/* SPDX-License-Identifier: MIT
 *
 * probe_tty_ioctl.c - does to the caller's terminal what outlives the program: locks it against
 * others, stops its output, gives it another line discipline, or pastes into its console. The
 * kernel looks at the low 32 bits of a request only; the variants "-high" set others.
 */

#include "escape/probe.h"
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

static long request(unsigned long number, int high, const void *argument)
{
    return syscall(SYS_ioctl, 0, number | (high ? 1UL << 32 : 0), argument);
}

static long try(const char *way)
{
    static const int discipline; /* N_TTY: harmless, and always there */
    static const char paste[] = {3};
    const int high = strstr(way, "-high") != NULL;

    if (strncmp(way, "exclusive", 9) == 0)
        return request(TIOCEXCL, high, NULL);
    if (strncmp(way, "stop", 4) == 0)
        return request(TCXONC, high, (const void *)TCOOFF);
    if (strncmp(way, "console", 7) == 0)
        return request(TIOCLINUX, high, paste);
    return request(TIOCSETD, high, &discipline);
}

int main(int argc, char **argv)
{
    long result;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (!isatty(0))
        return broken("stdin is not a terminal");
    result = try(argv[VARIANT]);
    if (result == 0) { /* as a control this must leave nothing behind */
        ioctl(0, TIOCNXCL);
        ioctl(0, TCXONC, TCOON);
    }
    /* Only a console can be pasted into, and no test has one; but its driver was asked. */
    if (result < 0 && errno == ENOTTY && strncmp(argv[VARIANT], "console", 7) == 0)
        return escaped("the request reached the terminal");
    return judge_call(argv[VARIANT], result);
}
