/* SPDX-License-Identifier: MIT
 *
 * test_odd_stdio.c - a directory, or a file that is open by name only, as stdin, stdout or stderr:
 * through it the program would reach what it is not shown, so the launch is refused.
 */
#include "base/fd.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void expect_stdio_refused(int fd, int place, const char *what)
{
    static const char *const names[] = {"stdin", "stdout", "stderr"};
    struct result r;

    RUN(&r, .argv = LIST(payload("exit_code"), "0"), .in = place == 0 ? &fd : NULL,
        .out = place == 1 ? &fd : NULL, .err = place == 2 ? &fd : NULL);
    if (r.status != 125 || r.report == NULL) {
        result_print(&r);
        fail_msg("%s as %s is not refused", what, names[place]);
    }
    expect_outcome(&r, "setup_failed", 125);
    expect_word(&r, r.report_text, names[place]);
    if (place != 2)
        expect_word(&r, r.err, names[place]);
    result_free(&r);
}

static void refused(int fd, const char *what)
{
    int place;

    assert_true(fd >= 0);
    for (place = 0; place < 3; place++)
        expect_stdio_refused(fd, place, what);
}

/* The control: unconfined the program gets at a file through what it has as stdin. */
static void expect_way_in(int fd, const char *way)
{
    struct result r;

    RUN(&r, .unconfined = true, .argv = LIST(payload("meddle"), way), .in = &fd);
    assert_int_equal(r.status, 0);
    result_free(&r);
}

static void directory(void **state)
{
    autofd fd = open(stage()->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    (void)state;
    expect_way_in(fd, "stdin-open");
    refused(fd, "a directory");
}

static void directory_by_name(void **state)
{
    autofd fd = open(stage()->home, O_PATH | O_CLOEXEC);

    (void)state;
    expect_way_in(fd, "stdin-open");
    refused(fd, "a directory with O_PATH");
}

static void file_by_name(void **state)
{
    char path[256];
    autofd fd = -1;

    (void)state;
    snprintf(path, sizeof(path), "%s/secret", stage()->home);
    fd = open(path, O_PATH | O_CLOEXEC);
    expect_way_in(fd, "stdin-reopen");
    refused(fd, "a file with O_PATH");
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(directory),
                                       cmocka_unit_test(directory_by_name),
                                       cmocka_unit_test(file_by_name)};

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
