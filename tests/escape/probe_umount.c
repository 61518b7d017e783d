/* SPDX-License-Identifier: MIT
 *
 * probe_umount.c - takes a mount away, to see what lies below. As a control it makes one first.
 */
#include "escape/own_ns.h"
#include "escape/probe.h"

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "control") &&
        (own_ns(0) != 0 || mount("tmpfs", "/tmp", "tmpfs", 0, NULL) != 0))
        return broken("no mount");
    return judge_call("umount2", umount2("/tmp", MNT_DETACH));
}
