/* SPDX-License-Identifier: MIT
 *
 * probe_keyring.c - finds a key of the caller's in the session keyring, or in the user's.
 */
#include "escape/probe.h"
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int ring = KEY_SPEC_SESSION_KEYRING;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "user"))
        ring = KEY_SPEC_USER_KEYRING;
    return judge_call("keyctl",
                      syscall(SYS_keyctl, KEYCTL_SEARCH, ring, "user", "sandbox-test", 0));
}
