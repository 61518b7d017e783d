/* SPDX-License-Identifier: MIT
 *
 * test_supervisor_killed.c - the command is killed by SIGKILL at many moments of its life: nothing
 * of the sandbox outlives it.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

enum { LAUNCHES = 150, LATEST_US = 6000, WAIT_MS = 2000 };

static void spend_us(unsigned microseconds)
{
    uint64_t end = now_ns() + (uint64_t)microseconds * 1000;

    while (now_ns() < end)
        ;
}

static void kill_at(unsigned number, unsigned microseconds)
{
    struct running running;
    struct result r;
    char mark[128];

    snprintf(mark, sizeof(mark), "%s-killed-%u", stage()->root, number);
    run_start(&running, &(struct run_spec){.no_report = true,
                                           .argv = LIST(payload("orphans"), "many", mark),
                                           .set = LIST("limits.wall_time=20s")});
    spend_us(microseconds);
    kill(running.pid, SIGKILL);
    run_finish(&running, &r); /* also waits until nobody has the pipes open any more */
    result_free(&r);
    if (!stage_none_left(mark, WAIT_MS))
        fail_msg("processes outlive a command that was killed after %u us", microseconds);
}

static void at_random_moments(void **state)
{
    unsigned seed = (unsigned)now_ns(), i;

    (void)state;
    printf("seed %u\n", seed);
    srand(seed);
    for (i = 0; i < LAUNCHES; i++)
        kill_at(i, (unsigned)rand() % LATEST_US);
}

static void while_the_program_runs(void **state)
{
    struct running running;
    struct result r;
    char mark[128];

    (void)state;
    snprintf(mark, sizeof(mark), "%s-busy", stage()->root);
    run_start(&running,
              &(struct run_spec){.no_report = true,
                                 .argv = LIST(payload("spin"), "2", "4", mark),
                                 .set = LIST("limits.wall_time=20s", "limits.cpu_time=20s")});
    run_wait_for(&running, "ready");
    sleep_ms(20);
    assert_true(stage_processes(mark, false) > 1);
    kill(running.pid, SIGKILL);
    run_finish(&running, &r);
    result_free(&r);
    assert_true(stage_none_left(mark, WAIT_MS));
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_random_moments),
        cmocka_unit_test(while_the_program_runs),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
