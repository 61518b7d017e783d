/* SPDX-License-Identifier: MIT
 *
 * test_terminal.c - the command at a terminal: the program writes to it, and afterwards its
 * settings and its foreground process group are what they were, whatever ended the program.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

struct terminal {
    int master, slave;
};

static void open_terminal(struct terminal *terminal)
{
    terminal->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(terminal->master >= 0);
    assert_int_equal(grantpt(terminal->master), 0);
    assert_int_equal(unlockpt(terminal->master), 0);
    terminal->slave = open(ptsname(terminal->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(terminal->slave >= 0);
}

/* The command leads a session whose terminal this is. */
static void take_terminal(void *unused)
{
    (void)unused;
    if (setsid() < 0 || ioctl(0, TIOCSCTTY, 0) != 0)
        _exit(96);
}

static void run_at_terminal(const char *const *argv, const char *outcome, int status)
{
    struct terminal terminal;
    struct termios before = {0}, after = {0};
    struct result r;

    open_terminal(&terminal);
    assert_int_equal(tcgetattr(terminal.slave, &before), 0);
    RUN(&r, .argv = argv, .in = &terminal.slave, .out = &terminal.slave, .before = take_terminal,
        .set = LIST("limits.wall_time=300ms", "limits.output=1M"));
    expect_outcome(&r, outcome, status);
    assert_int_equal(tcgetattr(terminal.slave, &after), 0);
    assert_memory_equal(&before, &after, sizeof(before));
    result_free(&r);
    close(terminal.slave);
    close(terminal.master);
}

static void settings_stay(void **state)
{
    (void)state;
    run_at_terminal(LIST(payload("exit_code"), "0"), "exited", 0);
    run_at_terminal(LIST(payload("sleeper")), "wall_time", 124);
    run_at_terminal(LIST(payload("die"), "segv"), "signaled", 139);
}

static void output_arrives(void **state)
{
    struct terminal terminal;
    char bytes[256];
    struct result r;
    ssize_t length;

    (void)state;
    open_terminal(&terminal);
    RUN(&r, .argv = LIST(payload("sum")), .input = "1 2", .out = &terminal.slave);
    expect_outcome(&r, "exited", 0);
    result_free(&r);
    length = read(terminal.master, bytes, sizeof(bytes) - 1);
    assert_true(length > 0);
    bytes[length] = '\0';
    assert_string_equal(bytes, "3\r\n");
    close(terminal.slave);
    close(terminal.master);
}

/* ---- a program that changes what its caller uses after it ------------------------------------ */

/* Whether the terminal, and the open file that the caller shares, are as they were. */
static bool terminal_survives(bool confined, const char *const *argv, const char *const *set)
{
    struct terminal terminal;
    struct termios before = {0}, after = {0};
    struct result r;
    int flags;
    bool same;

    open_terminal(&terminal);
    assert_int_equal(tcgetattr(terminal.slave, &before), 0);
    flags = fcntl(terminal.slave, F_GETFL);
    RUN(&r, .unconfined = !confined, .argv = argv, .set = set, .in = &terminal.slave,
        .out = &terminal.slave, .err = &terminal.slave, .before = take_terminal);
    if (confined)
        assert_non_null(r.report);
    assert_int_equal(tcgetattr(terminal.slave, &after), 0);
    same = before.c_iflag == after.c_iflag && before.c_oflag == after.c_oflag &&
           before.c_cflag == after.c_cflag && before.c_lflag == after.c_lflag &&
           memcmp(before.c_cc, after.c_cc, sizeof(before.c_cc)) == 0 &&
           fcntl(terminal.slave, F_GETFL) == flags;
    result_free(&r);
    close(terminal.slave);
    close(terminal.master);
    return same;
}

static void raw_mode_is_undone(void **state)
{
    (void)state;
    assert_false(terminal_survives(false, LIST(payload("raw_terminal")), NULL));
    assert_true(terminal_survives(true, LIST(payload("raw_terminal")), NULL));
    assert_true(
        terminal_survives(true, LIST(payload("raw_terminal")), LIST("limits.output=unlimited")));
    /* The same where a limit ends the program. */
    assert_true(terminal_survives(true, LIST(payload("raw_terminal"), "tostop"),
                                  LIST("limits.cpu_time=200ms")));
}

static bool pipe_stays_blocking(bool confined)
{
    struct result r;
    int ends[2], flags;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    flags = fcntl(ends[0], F_GETFL);
    RUN(&r, .unconfined = !confined, .argv = LIST(payload("raw_terminal")), .in = &ends[0]);
    assert_int_equal(r.status, 0);
    result_free(&r);
    flags ^= fcntl(ends[0], F_GETFL);
    close(ends[0]);
    close(ends[1]);
    return flags == 0;
}

static void pipe_at_stdin_stays_blocking(void **state)
{
    (void)state;
    assert_false(pipe_stays_blocking(false));
    assert_true(pipe_stays_blocking(true));
}

/* ---- in the background ---------------------------------------------------------------------- */

enum { JOB_STOPPED = 90 };

/* This process leads a session at the terminal, as a shell does; the command goes on as a child of
 * its own, in the background. */
static void run_as_background_job(void *unused)
{
    int status;
    pid_t job;

    take_terminal(unused);
    job = fork();
    if (job == 0) {
        if (setpgid(0, 0) != 0)
            _exit(96);
        return;
    }
    if (job < 0 || waitpid(job, &status, WUNTRACED) != job)
        _exit(96);
    if (!WIFSTOPPED(status))
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 97);
    kill(job, SIGKILL);
    waitpid(job, NULL, 0);
    _exit(JOB_STOPPED);
}

static void run_background(struct result *r, const struct terminal *terminal, bool confined,
                           const char *const *set)
{
    RUN(r, .unconfined = !confined, .argv = LIST(payload("raw_terminal"), "tostop"), .set = set,
        .in = &terminal->slave, .out = &terminal->slave, .before = run_as_background_job,
        .seconds = 10);
}

/* A stopped command would enforce nothing any more. */
static void background_output_stops_nothing(void **state)
{
    struct terminal terminal;
    char bytes[256];
    struct result r;
    ssize_t length;

    (void)state;
    open_terminal(&terminal);
    run_background(&r, &terminal, false, NULL);
    assert_int_equal(r.status, JOB_STOPPED); /* the control */
    result_free(&r);
    run_background(&r, &terminal, true, LIST("limits.cpu_time=300ms", "limits.wall_time=5s"));
    expect_outcome(&r, "cpu_time", 124);
    result_free(&r);
    assert_int_equal(fcntl(terminal.master, F_SETFL, O_NONBLOCK), 0);
    length = read(terminal.master, bytes, sizeof(bytes) - 1);
    bytes[length > 0 ? length : 0] = '\0';
    printf("at the terminal: %s\n", bytes);
    close(terminal.slave);
    close(terminal.master);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_stay),
        cmocka_unit_test(output_arrives),
        cmocka_unit_test(raw_mode_is_undone),
        cmocka_unit_test(pipe_at_stdin_stays_blocking),
        cmocka_unit_test(background_output_stops_nothing),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
