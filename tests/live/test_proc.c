/* SPDX-License-Identifier: MIT
 *
 * test_proc.c - the sandbox's own /proc: what is of the whole machine can't be read or changed,
 * also with capabilities; what programs need is there. Each time it is shown first that with
 * files.proc = unmasked it can.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UNMASKED "files.proc=unmasked"

/* What a shell inside makes of it. */
static int shell(const char *command, const char *const *set)
{
    struct result r;

    RUN(&r, .profile = "base", .set = set, .argv = LIST("/bin/sh", "-c", command));
    if (r.report == NULL || strcmp(report_string(&r, "outcome"), "exited") != 0) {
        result_print(&r);
        fail_msg("%s", command);
    }
    int status = r.status;
    result_free(&r);
    return status;
}

static void read_with(const char *path, const char *set, const char *said)
{
    struct result r;

    RUN(&r, .profile = "base", .set = LIST(set), .argv = LIST(payload("read_file"), path));
    assert_true(r.out_length > 0);
    if ((strstr(r.out, "Permission denied") != NULL) != (said != NULL)) {
        result_print(&r);
        fail_msg("%s with %s", path, set);
    }
    result_free(&r);
}

static void the_machine_is_covered(void **state)
{
    static const char *const paths[] = {"/proc/keys", "/proc/kallsyms", "/proc/interrupts"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        if (access(paths[i], R_OK) != 0)
            continue;
        read_with(paths[i], UNMASKED, NULL);
        read_with(paths[i], "files.proc=private", "Permission denied");
    }
}

/* Settings of the sandbox's own network, which the kernel gives to whoever has the capability. */
static void a_capability_turns_no_switch(void **state)
{
    static const char command[] = "echo 65 > /proc/sys/net/ipv4/ip_default_ttl";

    (void)state;
    assert_int_equal(shell(command, LIST(UNMASKED, "capabilities.keep=cap_net_admin",
                                         "capabilities.ambient=cap_net_admin")),
                     0);
    assert_int_not_equal(shell(command, LIST("capabilities.keep=cap_net_admin",
                                             "capabilities.ambient=cap_net_admin")),
                         0);
}

/* An empty file can't be given another mode by its owner, nor by a capability. */
static void a_cover_stays_as_it_is(void **state)
{
    (void)state;
    assert_int_not_equal(shell("chmod 644 /proc/keys", LIST(UNMASKED)), 0);
    assert_int_not_equal(shell("chmod 644 /proc/keys", LIST("identity.uid=0")), 0);
    assert_int_not_equal(
        shell("chmod 644 /proc/keys || echo x > /proc/keys || rm /proc/keys",
              LIST("identity.uid=0", "capabilities.keep=cap_dac_override cap_fowner",
                   "capabilities.ambient=cap_dac_override cap_fowner")),
        0);
}

static void programs_have_what_they_need(void **state)
{
    (void)state;
    assert_int_equal(shell("read total < /proc/meminfo && read load < /proc/loadavg && "
                           "read cpu < /proc/stat && read name < /proc/sys/kernel/hostname && "
                           "read some < /proc/sys/kernel/random/uuid && "
                           "echo name > /proc/self/comm && echo 0 > /proc/self/oom_score_adj",
                           LIST("files.proc=private")),
                     0);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_machine_is_covered),
        cmocka_unit_test(a_capability_turns_no_switch),
        cmocka_unit_test(a_cover_stays_as_it_is),
        cmocka_unit_test(programs_have_what_they_need),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
