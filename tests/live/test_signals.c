/* SPDX-License-Identifier: MIT
 *
 * test_signals.c - signals to the command reach the program; a second SIGTERM kills it; job control
 * stops and continues both.
 */
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void forwarded(void **state)
{
    static const int numbers[] = {SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGTERM};
    struct running running;
    struct result r;
    char text[32];
    size_t i;

    (void)state;
    run_start(&running, &(struct run_spec){.argv = LIST(payload("signals"))});
    run_wait_for(&running, "ready");
    for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        assert_int_equal(kill(running.pid, numbers[i]), 0);
        snprintf(text, sizeof(text), "got %d.", numbers[i]);
        run_wait_for(&running, text);
    }
    run_finish(&running, &r);
    expect_outcome(&r, "exited", 7);
    assert_false(report_bool(&r, "killed"));
    result_free(&r);
}

static void second_term_kills(void **state)
{
    struct running running;
    struct result r;

    (void)state;
    run_start(&running, &(struct run_spec){.argv = LIST(payload("signals"), "stubborn"),
                                           .set = LIST("limits.wall_time=10s")});
    run_wait_for(&running, "ready");
    kill(running.pid, SIGTERM);
    run_wait_for(&running, "got 15.");
    kill(running.pid, SIGTERM);
    run_finish(&running, &r);
    expect_outcome(&r, "signaled", 128 + SIGKILL);
    assert_int_equal(report_int(&r, "signal"), SIGKILL);
    assert_true(report_bool(&r, "killed"));
    assert_true(r.wall_ns < UINT64_C(5000000000));
    result_free(&r);
}

/* A program that does not handle a signal dies of it, and the report says so. */
static void default_action(void **state)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
    struct running running;
    struct result r;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        run_start(&running, &(struct run_spec){.argv = LIST(payload("sleeper")),
                                               .set = LIST("limits.wall_time=10s")});
        run_wait_for(&running, "ready");
        kill(running.pid, numbers[i]);
        run_finish(&running, &r);
        expect_outcome(&r, "signaled", 128 + numbers[i]);
        assert_int_equal(report_int(&r, "signal"), numbers[i]);
        result_free(&r);
    }
}

static unsigned count_ticks(const char *place)
{
    unsigned count = 0;

    while (place != NULL && (place = strstr(place, "tick")) != NULL) {
        place += 4;
        count++;
    }
    return count;
}

/* As at the keyboard: SIGTSTP stops the command, and with it the program; SIGCONT continues both.
 */
static void job_control(void **state)
{
    struct running running;
    struct result r;
    char bytes[4096];
    int status;

    (void)state;
    run_start(&running, &(struct run_spec){.argv = LIST(payload("ticks"), "1000"),
                                           .set = LIST("limits.wall_time=20s")});
    run_wait_for(&running, "tick");
    kill(running.pid, SIGTSTP);
    assert_int_equal(waitpid(running.pid, &status, WUNTRACED), running.pid);
    assert_true(WIFSTOPPED(status));
    sleep_ms(50);
    while (read(running.out, bytes, sizeof(bytes)) > 0)
        ; /* what was on its way */
    sleep_ms(200);
    assert_true(read(running.out, bytes, sizeof(bytes)) < 0);
    kill(running.pid, SIGCONT);
    run_finish(&running, &r);
    expect_outcome(&r, "exited", 0);
    assert_true(count_ticks(r.out) > 10);
    result_free(&r);
}

/* A signal may come as soon as the program is seen to run. */
static void right_after_the_start(void **state)
{
    static const char *const limits[] = {"limits.output=1M", "limits.output=unlimited"};
    struct running running;
    struct result r;
    int try;

    (void)state;
    for (try = 0; try < 100; try++) {
        run_start(&running,
                  &(struct run_spec){.argv = LIST(payload("signals")),
                                     .set = LIST("limits.wall_time=10s", limits[try % 2])});
        run_wait_for(&running, "ready");
        kill(running.pid, SIGUSR1);
        run_wait_for(&running, "got 10.");
        kill(running.pid, SIGTERM);
        run_finish(&running, &r);
        expect_outcome(&r, "exited", 7);
        result_free(&r);
        run_start(&running,
                  &(struct run_spec){.argv = LIST(payload("sleeper")),
                                     .set = LIST("limits.wall_time=10s", limits[try % 2])});
        run_wait_for(&running, "ready");
        kill(running.pid, SIGTERM);
        run_finish(&running, &r);
        expect_outcome(&r, "signaled", 128 + SIGTERM);
        result_free(&r);
    }
}

/* ---- signals from inside -------------------------------------------------------------------- */

static void join_group(void *group)
{
    if (setpgid(0, *(pid_t *)group) != 0)
        _exit(97);
}

/* Whether a process in the command's process group, at its default for all signals, has died. */
static bool bystander_dies(bool confined, const char *way)
{
    struct result r;
    siginfo_t info = {.si_pid = 0};
    pid_t bystander = fork();

    if (bystander == 0) {
        for (;;)
            pause();
    }
    assert_int_equal(setpgid(bystander, bystander), 0);
    RUN(&r, .unconfined = !confined, .argv = LIST(payload("shoot"), way), .before = join_group,
        .data = &bystander);
    if (confined)
        expect_outcome(&r, "exited", 0);
    result_free(&r);
    assert_int_equal(waitid(P_PID, (id_t)bystander, &info, WEXITED | WNOHANG | WNOWAIT), 0);
    kill(bystander, SIGKILL);
    waitpid(bystander, NULL, 0);
    return info.si_pid == bystander;
}

/* Unconfined, "all" would take every process of the user; the group is control enough. */
static void nothing_outside_is_hit(void **state)
{
    (void)state;
    assert_true(bystander_dies(false, "group"));
    assert_false(bystander_dies(true, "group"));
    assert_false(bystander_dies(true, "all"));
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forwarded),
        cmocka_unit_test(second_term_kills),
        cmocka_unit_test(default_action),
        cmocka_unit_test(job_control),
        cmocka_unit_test(right_after_the_start),
        cmocka_unit_test(nothing_outside_is_hit),
    };

    (void)argc, (void)argv;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
