/* SPDX-License-Identifier: MIT
 *
 * probe_signal_init.c - sends a signal to PID 1 of the sandbox, which belongs to the launcher.
 */
#include "escape/probe.h"
#include <signal.h>
#include <unistd.h>

int main(void)
{
    if (getppid() != 1)
        return broken("the parent is not PID 1");
    return judge_call("kill", kill(1, SIGUSR1));
}
