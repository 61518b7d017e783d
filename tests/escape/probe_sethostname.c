/* SPDX-License-Identifier: MIT
 *
 * probe_sethostname.c - renames the machine, to the name that it has.
 */
#include "escape/probe.h"
#include <sys/utsname.h>
#include <unistd.h>

int main(void)
{
    struct utsname names;

    uname(&names);
    return judge_call("sethostname", sethostname(names.nodename, strlen(names.nodename)));
}
