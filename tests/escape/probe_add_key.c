/* SPDX-License-Identifier: MIT
 *
 * probe_add_key.c - puts a key into a keyring that outlives it, or has the host make one.
 */

#include "escape/probe.h"
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    long key;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "request")) {
        key = syscall(SYS_request_key, "user", "sandbox-test-none", NULL, 0);
        return key >= 0 || errno == ENOKEY ? escaped("the keyrings were searched")
                                           : blocked("request_key");
    }
    key = syscall(SYS_add_key, "user", "sandbox-test-probe", "x", 1, KEY_SPEC_PROCESS_KEYRING);
    return judge_call("add_key", key);
}
