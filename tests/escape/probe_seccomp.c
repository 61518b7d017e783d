/* SPDX-License-Identifier: MIT
 *
 * probe_seccomp.c - installs a filter of its own, with or without a listener: a listener may tell
 * the kernel to go on with calls that an outer filter has put to its own listener.
 */
#include "escape/probe.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {1, &allow};

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (is_variant(argv, "prctl"))
        return judge_call("prctl", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
    return judge_call("seccomp",
                      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                              is_variant(argv, "listener") ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0,
                              &program));
}
