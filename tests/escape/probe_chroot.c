/* SPDX-License-Identifier: MIT
 *
 * probe_chroot.c - leaves its root by a second chroot(2). As a control it makes the first one
 * itself.
 */
#include "escape/own_ns.h"
#include "escape/probe.h"
#include <sys/stat.h>

static int leave(const char *secret)
{
    char text[64] = "";
    int i, fd, out = open("/", O_RDONLY | O_DIRECTORY);

    mkdir("probe-root", 0700);
    if (chroot("probe-root") != 0)
        return blocked("chroot");
    if (fchdir(out) != 0)
        return blocked("fchdir");
    for (i = 0; i < 64; i++) {
        if (chdir("..") != 0)
            return blocked("chdir");
    }
    if (chroot(".") != 0)
        return blocked("second chroot");
    fd = open(secret, O_RDONLY);
    return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 && strcmp(text, SECRET_TEXT) == 0
               ? escaped(secret)
               : blocked(secret);
}

/* The jail of the control: an empty file system as its root, without the secret. */
static int enter_jail(void)
{
    char here[4096];

    if (getcwd(here, sizeof(here)) == NULL || own_ns(0) != 0)
        return -1;
    return mount("tmpfs", here, "tmpfs", 0, NULL) == 0 && chdir(here) == 0 ? chroot(".") : -1;
}

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "control") && enter_jail() != 0)
        return broken("no jail");
    return leave(argv[SECRET]);
}
