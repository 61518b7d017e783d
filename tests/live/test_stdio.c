/* SPDX-License-Identifier: MIT
 *
 * test_stdio.c - stdin, stdout and stderr in every odd state, and reports that can't be written.
 */
#include "base/fd.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void close_stdin(void *unused)
{
    (void)unused;
    close(0);
}

static void close_all(void *unused)
{
    (void)unused;
    close(0);
    close(1);
    close(2);
}

/* Closed or empty, but never one of the launcher's own files. */
static void stdin_closed(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("stdio")), .before = close_stdin);
    if (r.status != (2 | 4 | 16) && r.status != (1 | 2 | 4)) {
        result_print(&r);
        fail_msg("stdin is neither closed nor empty: %d", r.status);
    }
    result_free(&r);
}

static void all_closed(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("stdio")), .before = close_all);
    assert_non_null(r.report);
    assert_string_equal(report_string(&r, "outcome"), "exited");
    assert_true((r.status & 8) == 0);
    result_free(&r);
}

/* A write to a closed stdout must not land in the report or any other file. */
static void output_to_closed_stdout(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("flood"), "both", "1000"), .before = close_all);
    assert_non_null(r.report);
    result_free(&r);
}

static void stdin_empty_and_full(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("stdio")));
    expect_outcome(&r, "exited", 1 | 2 | 4);
    result_free(&r);
    RUN(&r, .argv = LIST(payload("stdio")), .input = "x");
    expect_outcome(&r, "exited", 1 | 2 | 4 | 8);
    result_free(&r);
}

static void fill_pipe(int fd)
{
    char bytes[4096];

    memset(bytes, 'x', sizeof(bytes));
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    while (write(fd, bytes, sizeof(bytes)) > 0)
        ;
    assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
}

/* Nobody reads: the limit of time ends the program, and the command does not hang either. */
static void full_pipe(void **state)
{
    static const char *const outputs[] = {"100", "1000000"};
    struct result r;
    size_t i;
    int ends[2];

    (void)state;
    for (i = 0; i < sizeof(outputs) / sizeof(*outputs); i++) {
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        fill_pipe(ends[1]);
        RUN(&r, .set = LIST("limits.wall_time=300ms", "limits.output=8M"),
            .argv = LIST(payload("flood"), "out", outputs[i]), .out = &ends[1]);
        assert_non_null(r.report);
        assert_true(r.wall_ns < UINT64_C(3000000000));
        close(ends[0]);
        close(ends[1]);
        result_free(&r);
    }
}

/* The reader has gone: the program gets SIGPIPE, as it would without a sandbox. */
static void reader_gone(void **state)
{
    static const char *const limits[] = {"limits.output=8M", "limits.output=unlimited"};
    struct result r;
    size_t i;
    int ends[2];

    (void)state;
    for (i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        close(ends[0]);
        RUN(&r, .set = LIST(limits[i], "limits.wall_time=5s"),
            .argv = LIST(payload("flood"), "out", "4000000"), .out = &ends[1]);
        expect_outcome(&r, "signaled", 128 + SIGPIPE);
        assert_int_equal(report_int(&r, "signal"), SIGPIPE);
        close(ends[1]);
        result_free(&r);
    }
}

static void report_on_a_full_disk(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("exit_code"), "0"), .report = "/dev/full");
    assert_int_equal(r.status, 125);
    expect_word(&r, r.err, "/dev/full");
    expect_word(&r, r.err, "No space left");
    result_free(&r);
}

/* Found before the program runs. */
static void report_in_no_folder(void **state)
{
    struct result r;

    (void)state;
    RUN(&r, .argv = LIST(payload("flood"), "out", "10"), .report = "/does/not/exist/report");
    expect_refused(&r, 125, "/does/not/exist/report");
    result_free(&r);
    RUN(&r, .argv = LIST(payload("flood"), "out", "10"), .report = "/");
    expect_refused(&r, 125, "report");
    result_free(&r);
}

/* A link stays, and what it leads to is written: /dev/stdout is one, and may lead to a file. */
static void report_by_link(void **state)
{
    struct result r;
    struct stat status;
    char path[256], target[256];

    (void)state;
    snprintf(path, sizeof(path), "%s", work_path("link"));
    snprintf(target, sizeof(target), "%s", work_path("target"));
    close(open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    assert_int_equal(symlink(target, path), 0);
    RUN(&r, .argv = LIST(payload("nothing")), .report = path);
    assert_int_equal(r.status, 0);
    result_free(&r);
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(stat(target, &status), 0);
    assert_true(status.st_size > 0);
    unlink(path);
    unlink(target);
}

/* An earlier report is replaced whole. */
static void report_replaced(void **state)
{
    struct result r;
    const char *path = work_path("old");
    FILE *file = fopen(path, "we");
    char text[65536];
    size_t length;
    json_t *report;

    (void)state;
    assert_non_null(file);
    for (length = 0; length < 60000; length++)
        putc('x', file);
    fclose(file);
    RUN(&r, .argv = LIST(payload("nothing")), .report = path);
    assert_int_equal(r.status, 0);
    result_free(&r);
    file = fopen(path, "re");
    assert_non_null(file);
    length = fread(text, 1, sizeof(text) - 1, file);
    text[length] = '\0';
    fclose(file);
    unlink(path);
    report = json_loads(text, 0, NULL);
    assert_non_null(report);
    json_decref(report);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stdin_closed),
        cmocka_unit_test(all_closed),
        cmocka_unit_test(output_to_closed_stdout),
        cmocka_unit_test(stdin_empty_and_full),
        cmocka_unit_test(full_pipe),
        cmocka_unit_test(reader_gone),
        cmocka_unit_test(report_on_a_full_disk),
        cmocka_unit_test(report_in_no_folder),
        cmocka_unit_test(report_replaced),
        cmocka_unit_test(report_by_link),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
