/* SPDX-License-Identifier: MIT
 *
 * probe_raise_limit.c - gets back a limit that was lowered: as many open files as the host allows.
 */
#include "escape/probe.h"
#include <sys/resource.h>

int main(void)
{
    const struct rlimit limit = {512, 512};

    return judge_call("setrlimit", setrlimit(RLIMIT_NOFILE, &limit));
}
