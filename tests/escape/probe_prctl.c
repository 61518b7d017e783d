/* SPDX-License-Identifier: MIT
 *
 * probe_prctl.c - gives itself rights, or another past: prctl(2) is a call that most programs need,
 * so that capabilities are the wall. As a control it does so with rights of its own.
 */

#include "escape/own_ns.h"
#include "escape/probe.h"
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* Asks for a capability in its inheritable set, without which none can be ambient. */
static int make_inheritable(unsigned capability)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];

    if (syscall(SYS_capget, &header, data) != 0)
        return -1;
    data[0].inheritable |= 1U << capability;
    return (int)syscall(SYS_capset, &header, data);
}

/* The numbers behind the name in /proc/self/stat, from the third field on. */
static int read_stat(unsigned long long fields[50])
{
    char text[2048], *next;
    int i, fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;

    if (fd >= 0)
        close(fd);
    if (length <= 0)
        return -1;
    text[length] = '\0';
    next = strrchr(text, ')');
    if (next == NULL || strlen(next) < 4)
        return -1;
    next += 3; /* the state is a letter */
    for (i = 4; i < 50 + 2; i++)
        fields[i - 2] = strtoull(next, &next, 10);
    return 0;
}

/* Makes /proc tell of another program than runs: everything stays as it is, but for the file. The
 * kernel looks at rights before it finds that the old file is still in use. */
static int change_program(void)
{
    unsigned long long f[52] = {0};
    struct prctl_mm_map map;

    if (read_stat(f) != 0)
        return -1;
    map = (struct prctl_mm_map){.start_code = f[24],
                                .end_code = f[25],
                                .start_stack = f[26],
                                .start_data = f[43],
                                .end_data = f[44],
                                .start_brk = f[45],
                                .brk = (uintptr_t)sbrk(0),
                                .arg_start = f[46],
                                .arg_end = f[47],
                                .env_start = f[48],
                                .env_end = f[49],
                                .exe_fd = (unsigned)open("/bin/sh", O_RDONLY | O_CLOEXEC)};
    if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) == 0 || errno == EBUSY)
        return 0;
    return -1;
}

static int try(const char *way)
{
    if (strcmp(way, "securebits") == 0)
        return prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS, 0, 0, 0);
    if (strcmp(way, "capset") == 0)
        return make_inheritable(CAP_SYS_CHROOT);
    if (strcmp(way, "bounding") == 0)
        return prctl(PR_CAPBSET_DROP, CAP_SYS_CHROOT, 0, 0, 0);
    if (strcmp(way, "program") == 0)
        return change_program();
    make_inheritable(CAP_SYS_CHROOT);
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_CHROOT, 0, 0);
}

int main(int argc, char **argv)
{
    const char *way;

    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    way = argv[VARIANT];
    if (strncmp(way, "control-", 8) == 0) {
        way += 8;
        if (own_ns(0) != 0)
            return broken("no namespace");
    }
    return judge_call(way, try(way));
}
