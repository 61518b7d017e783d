/* SPDX-License-Identifier: MIT
 *
 * test_terminal.c - the command at a terminal: the program writes to it, and afterwards its
 * settings and its foreground process group are what they were, whatever ended the program.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(settings_stay),
                                       cmocka_unit_test(output_arrives)};

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
