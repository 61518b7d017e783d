/* SPDX-License-Identifier: MIT
 *
 * test_stdio.c - stdin, stdout and stderr in every odd state, and reports that can't be written.
 */
#include "base/fd.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* A link stays, and what it leads to is written. */
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

/* ---- reports that go to a descriptor --------------------------------------------------------- */

enum { GIVEN = 7 }; /* the descriptor that the command inherits */

static void give(void *data)
{
    /* It may have that number already, and be closed by exec. */
    if (dup2(*(int *)data, GIVEN) != GIVEN || fcntl(GIVEN, F_SETFD, 0) != 0)
        _exit(97);
}

static void close_stdout(void *unused)
{
    (void)unused;
    close(1);
}

static void close_stderr(void *unused)
{
    (void)unused;
    close(2);
}

/* What is in a file, from its start; the caller frees it. */
static char *content(int fd)
{
    char *text = calloc(1, 65536);

    assert_non_null(text);
    assert_true(pread(fd, text, 65535, 0) >= 0);
    return text;
}

/* `text` is one report. */
static void expect_report(const char *text)
{
    json_t *report = json_loads(text, 0, NULL);

    if (report == NULL)
        fail_msg("no report: \"%s\"", text);
    assert_string_equal(json_string_value(json_object_get(report, "outcome")), "exited");
    json_decref(report);
}

/* The file stays the same file: it holds what it held, what the program wrote, then the report. */
static void report_to_open_file(const char *report, bool as_stdout)
{
    const char *path = work_path("open");
    autofd fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct stat before, after;
    struct result r;
    char *text;

    assert_int_equal(write(fd, "before\nold", 10), 10);
    assert_int_equal(lseek(fd, 7, SEEK_SET), 7);
    assert_int_equal(fstat(fd, &before), 0);
    if (as_stdout)
        RUN(&r, .argv = LIST(payload("ticks"), "10"), .report = report, .out = &fd);
    else
        RUN(&r, .argv = LIST(payload("nothing")), .report = report, .before = give, .data = &fd);
    if (r.status != 0)
        result_print(&r);
    assert_int_equal(r.status, 0);
    result_free(&r);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_ino, before.st_ino);
    assert_int_equal(after.st_mode & 07777, 0600);
    text = content(fd);
    assert_memory_equal(text, "before\n", 7);
    if (as_stdout)
        assert_memory_equal(text + 7, "tick\n", 5);
    expect_report(text + (as_stdout ? 12 : 7));
    free(text);
    unlink(path);
}

static void report_to_open_files(void **state)
{
    static const char *const stdouts[] = {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "one",
                                          "two"};
    static const char *const given[] = {"/dev/fd/7", "/proc/self/fd/7", "/proc/thread-self/fd/7"};
    size_t i;

    (void)state;
    assert_int_equal(symlink("/dev/stdout", "one"), 0);
    assert_int_equal(symlink("one", "two"), 0);
    for (i = 0; i < sizeof(stdouts) / sizeof(*stdouts); i++)
        report_to_open_file(stdouts[i], true);
    for (i = 0; i < sizeof(given) / sizeof(*given); i++)
        report_to_open_file(given[i], false);
    unlink("one");
    unlink("two");
}

/* Made with the rights that the test was started with: the ordinary user can't open it again. */
static int pipe_ends[2] = {-1, -1};

static int make_pipe_of_another(int argc, char **argv)
{
    (void)argc, (void)argv;
    return pipe2(pipe_ends, O_CLOEXEC) == 0 ? 0 : 1;
}

static void report_to_pipe_of_another(void **state)
{
    struct result r;
    char text[65536];
    ssize_t length;

    (void)state;
    RUN(&r, .argv = LIST(payload("nothing")), .report = "/dev/fd/7", .before = give,
        .data = &pipe_ends[1]);
    if (r.status != 0)
        result_print(&r);
    assert_int_equal(r.status, 0);
    result_free(&r);
    length = read(pipe_ends[0], text, sizeof(text) - 1);
    assert_true(length > 0);
    text[length] = '\0';
    expect_report(text);
}

/* A full pipe that does not block must not lose the report, nor may a reader that has gone end the
 * command by a signal. */
static void report_to_odd_pipes(void **state)
{
    struct running running;
    struct result r;
    char text[65536];
    ssize_t length;
    int ends[2];

    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    fill_pipe(ends[1]);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    run_start(&running, &(struct run_spec){.argv = LIST(payload("nothing")),
                                           .report = "/dev/fd/7",
                                           .before = give,
                                           .data = &ends[1]});
    close(ends[1]);
    sleep_ms(300);
    do {
        length = read(ends[0], text, sizeof(text) - 1);
        assert_true(length > 0);
        text[length] = '\0';
    } while (text[length - 1] == 'x');
    run_finish(&running, &r);
    assert_int_equal(r.status, 0);
    expect_report(text + strspn(text, "x"));
    result_free(&r);
    close(ends[0]);

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    RUN(&r, .argv = LIST(payload("nothing")), .report = "/dev/fd/7", .before = give,
        .data = &ends[1]);
    assert_int_equal(r.signal, 0);
    assert_int_equal(r.status, 125);
    expect_word(&r, r.err, "/dev/fd/7 can't be written: Broken pipe");
    result_free(&r);
    close(ends[1]);
}

/* Found before the program runs, and what the command itself puts in the place of a closed stdout
 * is no place for a report. */
static void report_to_closed_descriptor(void **state)
{
    static const char *const unfit[] = {"/dev/fd/7", "/proc/self/fd/7", "/dev/fd/0", "/dev/stdin"};
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(unfit) / sizeof(*unfit); i++) {
        RUN(&r, .argv = LIST(payload("flood"), "out", "10"), .report = unfit[i]);
        expect_refused(&r, 125, "is not open for writing");
        expect_word(&r, r.err, unfit[i]);
        result_free(&r);
    }
    RUN(&r, .argv = LIST(payload("flood"), "err", "10"), .report = "/dev/stdout",
        .before = close_stdout);
    expect_refused(&r, 125, "the report /dev/stdout can't be written: that descriptor is not open");
    result_free(&r);
    RUN(&r, .argv = LIST(payload("flood"), "out", "10"), .report = "/proc/self/fd/2",
        .before = close_stderr);
    expect_refused(&r, 125, "");
    result_free(&r);
}

/* A report that is not whole has no name: nothing is left when the command is killed. */
static void killed_before_the_report(void **state)
{
    const char *path = work_path("killed");
    struct running running;
    struct result r;
    struct dirent *entry;
    DIR *folder;

    (void)state;
    run_start(&running,
              &(struct run_spec){.argv = LIST(payload("sleeper"), "20000"), .report = path});
    run_wait_for(&running, "ready");
    kill(running.pid, SIGKILL);
    run_finish(&running, &r);
    assert_int_equal(r.signal, SIGKILL);
    result_free(&r);
    folder = opendir(".");
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            fail_msg("%s is left", entry->d_name);
    closedir(folder);
}

/* ---- an earlier report ----------------------------------------------------------------------- */

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
        cmocka_unit_test(report_to_open_files),
        cmocka_unit_test(report_to_pipe_of_another),
        cmocka_unit_test(report_to_odd_pipes),
        cmocka_unit_test(report_to_closed_descriptor),
        cmocka_unit_test(killed_before_the_report),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, make_pipe_of_another, body);
}
