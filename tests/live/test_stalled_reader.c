/* SPDX-License-Identifier: MIT
 *
 * test_stalled_reader.c - whoever reads the output stops reading, or goes away: the limit of time
 * ends program and command all the same, and the command uses no CPU time while it waits.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { WALL_MS = 1000, GRACE_MS = 3000 };

enum kind { PIPE, SOCKET, TERMINAL, KINDS };
static const char *const kinds[] = {"pipe", "socket", "terminal"};

/* ends[0] reads what is written to ends[1]. */
static void make_sink(enum kind kind, int ends[2])
{
    struct termios raw;

    if (kind == PIPE) {
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    } else if (kind == SOCKET) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    } else {
        ends[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        assert_int_equal(grantpt(ends[0]), 0);
        assert_int_equal(unlockpt(ends[0]), 0);
        ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
        assert_int_equal(tcgetattr(ends[1], &raw), 0);
        cfmakeraw(&raw);
        assert_int_equal(tcsetattr(ends[1], TCSANOW, &raw), 0);
    }
}

/* All kinds at once, for this takes its time. */
static void stall(const char *limit, const char *stream, size_t taken)
{
    struct running running[KINDS];
    struct result r;
    char bytes[4096];
    int ends[KINDS][2];
    bool is_out = strcmp(stream, "out") == 0;
    enum kind kind;

    for (kind = PIPE; kind < KINDS; kind++) {
        make_sink(kind, ends[kind]);
        run_start(&running[kind], &(struct run_spec){.set = LIST("limits.wall_time=1s", limit),
                                                     .argv = LIST(payload("flood"), stream),
                                                     .out = is_out ? &ends[kind][1] : NULL,
                                                     .err = is_out ? NULL : &ends[kind][1],
                                                     .seconds = 10});
    }
    for (kind = PIPE; kind < KINDS; kind++) {
        if (taken > 0)
            assert_true(read(ends[kind][0], bytes, taken) > 0);
        run_finish(&running[kind], &r);
        printf("%s, %s, %s: %.0f ms\n", kinds[kind], limit, stream, (double)r.wall_ns / 1e6);
        expect_outcome(&r, "wall_time", 124);
        assert_true(r.wall_ns < (WALL_MS + GRACE_MS) * UINT64_C(1000000));
        result_free(&r);
        close(ends[kind][0]);
        close(ends[kind][1]);
    }
}

static void nobody_reads(void **state)
{
    (void)state;
    stall("limits.output=64M", "out", 0);
    stall("limits.output=unlimited", "out", 0);
    stall("limits.output=64M", "err", 0);
}

/* A reader that takes a little, and then nothing. */
static void reader_stops(void **state)
{
    (void)state;
    stall("limits.output=64M", "out", 4096);
}

/* A program that has long ended leaves output that nobody takes. */
static void output_is_left(void **state)
{
    enum kind kind;

    (void)state;
    for (kind = PIPE; kind < KINDS; kind++) {
        struct result r;
        int ends[2];

        make_sink(kind, ends);
        assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
        while (write(ends[1], "full", 4) > 0)
            ;
        assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
        RUN(&r, .set = LIST("limits.wall_time=1s"), .argv = LIST(payload("flood"), "out", "100"),
            .out = &ends[1], .seconds = 10);
        printf("%s: %.0f ms\n", kinds[kind], (double)r.wall_ns / 1e6);
        assert_true(r.wall_ns < (WALL_MS + GRACE_MS) * UINT64_C(1000000));
        result_free(&r);
        close(ends[0]);
        close(ends[1]);
    }
}

/* ---- what the command itself uses ----------------------------------------------------------- */

/* CPU time of one process without its children, in milliseconds. */
static long own_cpu_ms(pid_t pid)
{
    unsigned long user = 0, system = 0;
    char path[64], text[1024] = "";
    const char *rest;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    file = fopen(path, "re");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    rest = strrchr(text, ')');
    assert_non_null(rest);
    assert_int_equal(
        sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system), 2);
    return (long)(user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

static void watch(const char *const *argv, bool reader_goes)
{
    struct running running[KINDS];
    struct result r;
    int ends[KINDS][2];
    long used[KINDS];
    enum kind kind;

    for (kind = PIPE; kind < KINDS; kind++) {
        make_sink(kind, ends[kind]);
        if (reader_goes)
            close(ends[kind][0]);
        run_start(&running[kind], &(struct run_spec){.set = LIST("limits.wall_time=2500ms"),
                                                     .argv = argv,
                                                     .out = &ends[kind][1],
                                                     .seconds = 10});
    }
    sleep_ms(2000);
    for (kind = PIPE; kind < KINDS; kind++)
        used[kind] = own_cpu_ms(running[kind].pid);
    for (kind = PIPE; kind < KINDS; kind++) {
        printf("%s: the command has used %ld ms\n", kinds[kind], used[kind]);
        run_finish(&running[kind], &r);
        result_free(&r);
        close(ends[kind][1]);
        if (!reader_goes)
            close(ends[kind][0]);
        if (used[kind] >= 200)
            fail_msg("%s: the command spins", kinds[kind]);
    }
}

static void reader_gone_is_quiet(void **state)
{
    (void)state;
    watch(LIST("sleep", "10"), true);
}

static void stalled_reader_is_quiet(void **state)
{
    (void)state;
    watch(LIST(payload("flood"), "out"), false);
}

/* The control: a process that does spin is seen. */
static void spinning_is_seen(void **state)
{
    struct running running;
    struct result r;

    (void)state;
    run_start(&running, &(struct run_spec){.unconfined = true, .argv = LIST(payload("spin"), "1")});
    sleep_ms(2000);
    assert_true(own_cpu_ms(running.pid) >= 200);
    kill(running.pid, SIGKILL);
    run_finish(&running, &r);
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_reads),
        cmocka_unit_test(reader_stops),
        cmocka_unit_test(output_is_left),
        cmocka_unit_test(reader_gone_is_quiet),
        cmocka_unit_test(stalled_reader_is_quiet),
        cmocka_unit_test(spinning_is_seen),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
