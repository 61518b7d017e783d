/* SPDX-License-Identifier: MIT
 *
 * probe_setuid.c - is a setuid program itself, and looks whether that gave it anything.
 */
#include "escape/probe.h"
#include <unistd.h>

int main(void)
{
    if (geteuid() != getuid() || getegid() != getgid())
        return escaped("the effective ids are not the real ones");
    return judge_call("setuid", setuid(0));
}
