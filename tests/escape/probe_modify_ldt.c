/* SPDX-License-Identifier: MIT
 *
 * probe_modify_ldt.c - makes a segment of its own, a part of the kernel with a bad record.
 */

#include "escape/probe.h"
#ifdef __x86_64__
#include <asm/ldt.h>
#endif
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
#ifdef __x86_64__
    const struct user_desc segment = {
        .entry_number = 1, .limit = 0xfffff, .seg_32bit = 1, .limit_in_pages = 1, .useable = 1};

    return judge_call("modify_ldt", syscall(SYS_modify_ldt, 1, &segment, sizeof(segment)));
#else
    return broken("no such call on this machine");
#endif
}
