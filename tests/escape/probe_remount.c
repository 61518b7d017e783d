/* SPDX-License-Identifier: MIT
 *
 * probe_remount.c - makes a read-only mount writable. As a control it makes such a mount first.
 */
#include "escape/own_ns.h"
#include "escape/probe.h"

int main(int argc, char **argv)
{
    const char *place = "/usr";

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "control")) {
        place = "/tmp";
        if (own_ns(0) != 0 || mount("tmpfs", place, "tmpfs", MS_RDONLY, NULL) != 0)
            return broken("no read-only mount");
        return judge_call("remount", mount(NULL, place, NULL, MS_REMOUNT, NULL));
    }
    if (mount(NULL, place, NULL, MS_REMOUNT | MS_BIND, NULL) == 0 ||
        mount(NULL, place, NULL, MS_REMOUNT, NULL) == 0)
        return escaped("remount");
    return blocked("remount");
}
