/* SPDX-License-Identifier: MIT
 *
 * probe_read_shadow.c - reads the password hashes.
 */
#include "escape/probe.h"
#include <fcntl.h>

int main(void)
{
    return judge_call("open /etc/shadow", open("/etc/shadow", O_RDONLY));
}
