/* SPDX-License-Identifier: MIT
 *
 * test_shared_limits.c - what the kernel counts for a user, whatever sandbox he is in: a program
 * must not use up what the user who started it needs himself.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { MOST_WATCHERS = 64 };

/* How many inotify instances the program has got, while it keeps them; whether this process, whose
 * user is the program's, can make one more. */
static int watchers(bool confined, bool *can_make_one)
{
    struct running running;
    struct result r;
    int fd, count;

    run_start(&running, &(struct run_spec){.unconfined = !confined,
                                           .argv = LIST(payload("watchers")),
                                           .set = LIST("limits.wall_time=10s")});
    run_wait_for(&running, ".\n");
    fd = inotify_init1(IN_CLOEXEC);
    *can_make_one = fd >= 0;
    if (fd >= 0)
        close(fd);
    count = atoi(running.result.out + strlen("has "));
    kill(running.pid, SIGTERM);
    run_finish(&running, &r);
    result_free(&r);
    printf("%s: %d inotify instances\n", confined ? "confined" : "unconfined", count);
    return count;
}

static void inotify_instances(void **state)
{
    bool can_make_one;

    (void)state;
    assert_true(watchers(false, &can_make_one) > MOST_WATCHERS);
    assert_false(can_make_one);
    sleep_ms(50); /* the control's are given back a little later */
    assert_true(watchers(true, &can_make_one) <= MOST_WATCHERS);
    assert_true(can_make_one);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(inotify_instances)};

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
