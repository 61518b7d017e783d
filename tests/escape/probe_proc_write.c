/* SPDX-License-Identifier: MIT
 *
 * probe_proc_write.c - opens a switch of the kernel for writing, and writes nothing.
 */
#include "escape/probe.h"
#include <fcntl.h>

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    return judge_call(argv[VARIANT], open(argv[VARIANT], O_WRONLY));
}
