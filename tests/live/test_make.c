/* SPDX-License-Identifier: MIT
 *
 * test_make.c - GNU make under the profile base. In the child that becomes a recipe's shell it
 * takes on the ids that it has already, and goes no further where that fails.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <stdio.h>
#include <unistd.h>

static void recipe(void **state)
{
    struct result r;
    char rw[512], cwd[512];
    (void)state;
    FILE *file = fopen(work_path("Makefile"), "we");
    assert_non_null(file);
    fputs("all:\n\t@echo made by $$0; true\n", file);
    assert_int_equal(fclose(file), 0);
    snprintf(rw, sizeof(rw), "files.ro+=%s", stage()->work);
    snprintf(cwd, sizeof(cwd), "root.cwd=%s", stage()->work);
    RUN(&r, .profile = "base", .set = LIST(rw, cwd), .argv = LIST("make"));
    expect_outcome(&r, "exited", 0);
    expect_out(&r, "made by /bin/sh\n");
    result_free(&r);
    /* and it is that right that it takes */
    RUN(&r, .profile = "base",
        .set = LIST(rw, cwd, "syscalls.allow+=!@set-id", "syscalls.errno+=@set-id"),
        .argv = LIST("make"));
    expect_outcome(&r, "exited", 2);
    result_free(&r);
    unlink(work_path("Makefile"));
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(recipe)};
    (void)argc;
    (void)argv;
    if (access("/usr/bin/make", X_OK) != 0)
        return stage_skip("there is no /usr/bin/make");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
