/* SPDX-License-Identifier: MIT
 *
 * probe_kill_host.c - kills a host process of the same user.
 */
#include "escape/probe.h"
#include <signal.h>

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    return judge_call("kill", kill(atoi(argv[VICTIM]), SIGKILL));
}
