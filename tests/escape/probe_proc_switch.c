/* SPDX-License-Identifier: MIT
 *
 * probe_proc_switch.c - opens a file of /proc for writing that the kernel lets everybody write, and
 * writes nothing.
 */
#include "escape/probe.h"
#include <fcntl.h>

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    return judge_call(argv[VARIANT], open(argv[VARIANT], O_WRONLY));
}
