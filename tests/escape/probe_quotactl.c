/* SPDX-License-Identifier: MIT
 *
 * probe_quotactl.c - has the kernel write all quotas to the disks, which it does for anybody.
 */
#include "escape/probe.h"
#include <sys/quota.h>

int main(void)
{
    return judge_call("quotactl", quotactl(QCMD(Q_SYNC, USRQUOTA), NULL, 0, NULL));
}
