/* SPDX-License-Identifier: MIT
 *
 * test_orphans.c - everything ends with the program: children, double forks, sessions of their own,
 * stopped processes, and those that ignore every signal.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <stdio.h>

static void end_with_the_program(void **state)
{
    static const char *const ways[] = {"fork", "double", "setsid", "stopped", "deaf", "many"};
    struct result r;
    char mark[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        snprintf(mark, sizeof(mark), "%s-orphan-%zu", stage()->root, i);
        RUN(&r, .set = LIST("limits.wall_time=5s"),
            .argv = LIST(payload("orphans"), ways[i], mark));
        expect_outcome(&r, "exited", 0);
        expect_out(&r, "left\n");
        /* No waiting here: when the command is back, all is over. */
        assert_int_equal(stage_processes(mark, true), 0);
        result_free(&r);
    }
}

static void end_at_a_limit(void **state)
{
    struct result r;
    char mark[128];

    (void)state;
    snprintf(mark, sizeof(mark), "%s-limit", stage()->root);
    RUN(&r, .set = LIST("limits.cpu_time=100ms"), .argv = LIST(payload("spin"), "2", "3", mark));
    expect_outcome(&r, "cpu_time", 124);
    assert_int_equal(stage_processes(mark, true), 0);
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(end_with_the_program),
        cmocka_unit_test(end_at_a_limit),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
