/* SPDX-License-Identifier: MIT
 *
 * probe_personality.c - switches a protection of its memory off. The kernel looks at the low 32
 * bits of the argument only, so a filter that compares 64 misses the variant "high".
 */

#include "escape/probe.h"
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    unsigned long persona = ADDR_NO_RANDOMIZE;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (!is_variant(argv, "random"))
        persona = READ_IMPLIES_EXEC;
    if (is_variant(argv, "high"))
        persona |= 1UL << 40;
    if (syscall(SYS_personality, persona) < 0)
        return blocked("personality");
    errno = 0;
    return syscall(SYS_personality, 0xffffffffUL) & (long)(unsigned)persona
               ? escaped("personality")
               : blocked("personality says yes and does nothing");
}
