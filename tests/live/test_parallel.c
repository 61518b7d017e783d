/* SPDX-License-Identifier: MIT
 *
 * test_parallel.c - eight sandboxes at once, with outcomes of different kinds, do not get in each
 * other's way.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <stdio.h>
#include <string.h>

enum { AT_ONCE = 8, ROUNDS = 5 };

struct task {
    const char *program, *argument;
    const char *input;
    const char *outcome;
    int status;
    const char *out; /* NULL: not looked at */
};

static const struct task tasks[AT_ONCE] = {
    {"sum", "", "1 2 3", "exited", 0, "6\n"},       {"exit_code", "9", NULL, "exited", 9, ""},
    {"die", "segv", NULL, "signaled", 139, ""},     {"spin", "1", NULL, "cpu_time", 124, NULL},
    {"denied", "", NULL, "denied", 159, ""},        {"flood", "out", NULL, "output", 153, NULL},
    {"eat_memory", "0", NULL, "memory", 137, NULL}, {"sum", "", "40 2", "exited", 0, "42\n"},
};

static void at_once(void **state)
{
    struct running running[AT_ONCE];
    struct result r;
    size_t i;
    int round;

    (void)state;
    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < AT_ONCE; i++)
            run_start(&running[i], &(struct run_spec){
                                       .argv = LIST(payload(tasks[i].program), tasks[i].argument),
                                       .input = tasks[i].input,
                                       .set = LIST("limits.cpu_time=300ms", "limits.wall_time=10s",
                                                   "limits.memory=32M", "limits.output=100K")});
        for (i = 0; i < AT_ONCE; i++) {
            run_finish(&running[i], &r);
            expect_outcome(&r, tasks[i].outcome, tasks[i].status);
            if (tasks[i].out != NULL)
                expect_out(&r, tasks[i].out);
            result_free(&r);
        }
    }
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(at_once)};

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
