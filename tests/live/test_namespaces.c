/* SPDX-License-Identifier: MIT
 *
 * test_namespaces.c - what a profile may open or close of the namespaces: time, network, host name.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define SOCKETS "syscalls.default=allow", "syscalls.unknown=allow", "network.families=inet"

static double uptime(const char *const *set)
{
    struct result r;
    double seconds;

    RUN(&r, .set = set, .argv = LIST(payload("read_file"), "/proc/uptime"));
    expect_outcome(&r, "exited", 0);
    seconds = strtod(r.out, NULL);
    result_free(&r);
    return seconds;
}

/* A clock of its own says nothing of how long the host is up, and limits go by the right one. */
static void time_namespace(void **state)
{
    struct result r;

    (void)state;
    assert_true(uptime(LIST("namespaces.time=private")) < 60);
    assert_true(uptime(LIST("namespaces.time=host")) > 1);
    RUN(&r, .set = LIST("namespaces.time=private", "limits.wall_time=200ms"),
        .argv = LIST(payload("sleeper")));
    expect_outcome(&r, "wall_time", 124);
    assert_true(report_int(&r, "wall_ns") >= 200000000);
    assert_true(report_int(&r, "wall_ns") < 400000000);
    result_free(&r);
}

static void network_none(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST(SOCKETS, "network.mode=none", "landlock.mode=off"),
        .argv = LIST(payload("loopback")));
    expect_outcome(&r, "exited", 3);
    expect_word(&r, r.err, "unreachable");
    result_free(&r);
}

static void network_loopback(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST(SOCKETS, "network.mode=loopback"), .argv = LIST(payload("loopback")));
    expect_outcome(&r, "exited", 0);
    result_free(&r);
}

static void host_name(void **state)
{
    struct utsname names;
    char line[128];
    struct result r;

    (void)state;
    assert_int_equal(uname(&names), 0);
    snprintf(line, sizeof(line), "hostname %s\n", names.nodename);
    RUN(&r, .set = LIST("namespaces.uts=host"), .argv = LIST(payload("show")));
    expect_outcome(&r, "exited", 0);
    expect_word(&r, r.out, line);
    result_free(&r);
    RUN(&r, .set = LIST("identity.hostname=elsewhere"), .argv = LIST(payload("show")));
    expect_outcome(&r, "exited", 0);
    expect_word(&r, r.out, "hostname elsewhere\n");
    result_free(&r);
}

static void identity(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .set = LIST("identity.uid=0", "identity.gid=0"), .argv = LIST(payload("show")));
    expect_outcome(&r, "exited", 0);
    expect_word(&r, r.out, "uid 0 gid 0\n");
    expect_word(&r, r.out, "CapEff:\t0000000000000000\n");
    result_free(&r);
}

/* The file system shows the queues of the namespace that it is mounted in, and of no other. */
static void message_queues_as_files(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .profile = "base", .set = LIST("files.mqueue=private"),
        .argv = LIST(payload("read_file"), "/proc/self/mounts"));
    expect_outcome(&r, "exited", 0);
    expect_word(&r, r.out, " /dev/mqueue mqueue rw,nosuid,nodev,noexec");
    result_free(&r);
    RUN(&r, .profile = "base", .set = LIST("files.mqueue=private"),
        .argv = LIST("sh", "-c", ": >/dev/mqueue/q && ls /dev/mqueue && rm /dev/mqueue/q"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "q\n");
    result_free(&r);
    RUN(&r, .profile = "base", .set = LIST("files.mqueue=private", "namespaces.ipc=host"),
        .argv = LIST(payload("nothing")));
    expect_refused(&r, 125, "namespaces.ipc = private");
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_queues_as_files),
        cmocka_unit_test(time_namespace),
        cmocka_unit_test(network_none),
        cmocka_unit_test(network_loopback),
        cmocka_unit_test(host_name),
        cmocka_unit_test(identity),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
