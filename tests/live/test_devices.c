/* SPDX-License-Identifier: MIT
 *
 * test_devices.c - single devices of the host that a profile names, beside files.dev = minimal and
 * without it: they work, under any name, and no other does.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void run_shell(struct result *r, const char *const *set, const char *command)
{
    RUN(r, .profile = "base", .set = set, .argv = LIST("/bin/sh", "-c", command));
}

static void expect_shell(const char *const *set, const char *command, const char *out)
{
    struct result r;

    run_shell(&r, set, command);
    expect_outcome(&r, "exited", 0);
    expect_out(&r, out);
    result_free(&r);
}

/* /dev/zero under a name of its own: it is read, so the mount is not nodev. */
static void under_another_name(void **state)
{
    static const char command[] = "head -c 3 /dev/mine | od -An -tx1 && test -c /dev/null";

    (void)state;
    expect_shell(LIST("files.bind=/dev/zero:/dev/mine:rw"), command, " 00 00 00\n");
    expect_shell(LIST("files.bind=/dev/zero:/dev/mine"), command, " 00 00 00\n");
    expect_shell(LIST("files.bind=/dev/zero:/box/mine"),
                 "head -c 1 /box/mine | od -An -tx1; ls /dev/mine 2>&1 | grep -c No", " 00\n1\n");
}

static void beside_none(void **state)
{
    (void)state;
    expect_shell(LIST("files.dev=none", "files.rw=/dev/full"),
                 "ls /dev; echo x >/dev/full || echo failed", "full\nfailed\n");
}

/* A link is followed on the host; the name inside is the one that was asked for. */
static void through_a_link(void **state)
{
    char bind[400];

    (void)state;
    assert_int_equal(symlink("/dev/zero", work_path("link")), 0);
    snprintf(bind, sizeof(bind), "files.bind=%s:/dev/mine", work_path("link"));
    expect_shell(LIST(bind), "test -c /dev/mine && head -c 1 /dev/mine | od -An -tx1", " 00\n");
    assert_int_equal(unlink(work_path("link")), 0);
}

static void that_is_absent(void **state)
{
    struct result r;

    (void)state;
    expect_shell(LIST("files.rw=?/dev/no-such-device"), "echo fine", "fine\n");
    run_shell(&r, LIST("files.rw=/dev/no-such-device"), "echo fine");
    expect_refused(&r, 125, "does not exist on this machine");
    result_free(&r);
}

/* Whatever is named: the rest of the host's /dev is not there. */
static void and_no_other(void **state)
{
    (void)state;
    expect_shell(LIST("files.rw=/dev/zero", "files.bind=/dev/zero:/dev/mine"),
                 "for name in kmsg mem kvm fuse console vda sda loop0; do "
                 "test -e /dev/$name && echo $name; done; echo done",
                 "done\n");
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_another_name), cmocka_unit_test(beside_none),
        cmocka_unit_test(through_a_link),     cmocka_unit_test(that_is_absent),
        cmocka_unit_test(and_no_other),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
