/* SPDX-License-Identifier: MIT
 *
 * test_masked_proc.c - where parts of the host's /proc are covered, as in a container, the kernel
 * refuses a new procfs: the error says so, and the profile has a way out. The cover is in a mount
 * namespace that is this test's own.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static int write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? write(fd, text, strlen(text)) : -1;

    if (fd >= 0)
        close(fd);
    return length == (ssize_t)strlen(text) ? 0 : -1;
}

/* As a container has it: one's own user namespace, and a tmpfs over a folder of /proc. */
static int cover(void)
{
    char map[64];
    unsigned uid = geteuid(), gid = getegid();

    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 ||
        write_text("/proc/self/setgroups", "deny") != 0)
        return -1;
    snprintf(map, sizeof(map), "%u %u 1", stage()->as_root ? 0 : uid, uid);
    if (write_text("/proc/self/uid_map", map) != 0)
        return -1;
    snprintf(map, sizeof(map), "%u %u 1", stage()->as_root ? 0 : gid, gid);
    if (write_text("/proc/self/gid_map", map) != 0)
        return -1;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return -1;
    return mount("cover", "/proc/tty", "tmpfs", MS_RDONLY, NULL);
}

static void error_says_so(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("nothing")));
    expect_refused(&r, 125, "/proc");
    expect_word(&r, r.err, "files.proc");
    result_free(&r);
}

static void way_out(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("files.proc=none"), .argv = LIST(payload("sum")), .input = "40 2");
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "42\n");
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(error_says_so), cmocka_unit_test(way_out)};

    (void)argc, (void)argv;
    if (cover() != 0)
        return stage_skip("a folder of /proc can't be covered: %s", strerror(errno));
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
