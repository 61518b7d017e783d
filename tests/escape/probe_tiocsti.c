/* SPDX-License-Identifier: MIT
 *
 * probe_tiocsti.c - types into the terminal that it was started at. The kernel looks at the low 32
 * bits of a request only, so a filter that compares 64 misses the variant "high".
 */
#include "escape/probe.h"
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    unsigned long request = TIOCSTI;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "high"))
        request |= 1UL << 32;
    return judge_call("TIOCSTI", syscall(SYS_ioctl, 0, request, "x"));
}
