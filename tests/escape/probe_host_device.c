/* SPDX-License-Identifier: MIT
 *
 * probe_host_device.c - opens devices that reach the kernel, the disks or the network.
 */
#include "escape/probe.h"
#include <fcntl.h>

int main(void)
{
    static const char *const devices[] = {"/dev/kmsg", "/dev/mem",  "/dev/kvm",     "/dev/fuse",
                                          "/dev/vda",  "/dev/sda",  "/dev/net/tun", "/dev/loop0",
                                          "/dev/vcs",  "/dev/tty0", "/dev/nvme0n1", "/dev/uinput"};
    size_t i;

    for (i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
        if (open(devices[i], O_RDONLY) >= 0)
            return escaped(devices[i]);
    }
    return blocked("no device");
}
