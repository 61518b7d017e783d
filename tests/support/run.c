/* SPDX-License-Identifier: MIT
 *
 * run.c - starts the command, feeds and drains its pipes, and collects the result. What to expect
 * of a result is in expect.c.
 */
#include "support/run.h"

#include "support/stage.h"
#include "support/test.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DEFAULT_SECONDS = 30 };

uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void sleep_ms(unsigned milliseconds)
{
    struct timespec pause = {.tv_sec = milliseconds / 1000,
                             .tv_nsec = (long)(milliseconds % 1000) * 1000000};

    nanosleep(&pause, NULL);
}

/* ---- the command line ----------------------------------------------------------------------- */

static size_t list_length(const char *const *list)
{
    size_t count = 0;

    while (list != NULL && list[count] != NULL)
        count++;
    return count;
}

static size_t add_options(const char **argv, size_t count, const char *option,
                          const char *const *values)
{
    for (; values != NULL && *values != NULL; values++) {
        if (option != NULL)
            argv[count++] = option;
        argv[count++] = *values;
    }
    return count;
}

/* An array for execve(2); the caller frees it. Its words belong to *spec and *running. */
static const char **command_line(const struct run_spec *spec, const struct running *running)
{
    const char *report = spec->report != NULL ? spec->report : running->report;
    const char **argv = calloc(2 * list_length(spec->set) + 2 * list_length(spec->file) +
                                   list_length(spec->options) + list_length(spec->argv) + 9,
                               sizeof(*argv));
    const char *const profile[] = {spec->profile != NULL ? spec->profile : "judge", NULL};
    const char *const reports[] = {report, NULL};
    const char *const end[] = {"--", NULL};
    size_t count = 0;

    assert_non_null(argv);
    if (spec->unconfined) {
        add_options(argv, 0, NULL, spec->argv);
        return argv;
    }
    argv[count++] = stage()->sandbox;
    if (spec->verb != NULL)
        argv[count++] = spec->verb;
    if (profile[0][0] != '\0')
        count = add_options(argv, count, "--profile", profile);
    if (!spec->no_report)
        count = add_options(argv, count, "--report", reports);
    count = add_options(argv, count, "--set", spec->set);
    count = add_options(argv, count, "--file", spec->file);
    count = add_options(argv, count, NULL, spec->options);
    if (spec->argv != NULL)
        count = add_options(argv, count, NULL, end);
    add_options(argv, count, NULL, spec->argv);
    return argv;
}

/* ---- start ---------------------------------------------------------------------------------- */

/* Our end and the command's end of a pipe, or the fd that the test gave. */
static void make_pipe(const int *given, int ours, int *our_end, int *their_end)
{
    int ends[2];

    *our_end = -1;
    if (given != NULL) {
        *their_end = *given;
        return;
    }
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    *our_end = ends[ours];
    *their_end = ends[1 - ours];
    assert_int_equal(fcntl(*our_end, F_SETFL, O_NONBLOCK), 0);
}

static void child(const struct run_spec *spec, const char **argv, const int fds[3])
{
    int i;

    for (i = 0; i < 3; i++) {
        /* Out of the way of 0, 1 and 2 first, for the test may have given any of these. */
        int high = fcntl(fds[i], F_DUPFD_CLOEXEC, 10);

        if (high < 0 || dup2(high, i) < 0)
            _exit(99);
    }
    signal(SIGPIPE, SIG_DFL);
    if (spec->before != NULL)
        spec->before(spec->data);
    if (spec->env != NULL)
        execve(argv[0], (char *const *)argv, (char *const *)spec->env);
    else
        execv(argv[0], (char *const *)argv);
    _exit(98);
}

static void name_report(struct running *running, const struct run_spec *spec)
{
    static unsigned serial;

    if (spec->report == NULL && !spec->no_report)
        snprintf(running->report, sizeof(running->report), "%s/report-%d-%u.json", stage()->work,
                 (int)getpid(), serial++);
}

void run_start(struct running *running, const struct run_spec *spec)
{
    static const int nowhere = -2;
    const int *in = spec->in;
    const char **argv;
    int null = -1, fds[3];

    memset(running, 0, sizeof(*running));
    if (in == NULL && spec->input == NULL) {
        null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        in = null >= 0 ? &null : &nowhere;
    }
    running->input = spec->input;
    running->input_left = spec->input != NULL ? strlen(spec->input) : 0;
    name_report(running, spec);
    make_pipe(in, 1, &running->in, &fds[0]);
    make_pipe(spec->out, 0, &running->out, &fds[1]);
    make_pipe(spec->err, 0, &running->err, &fds[2]);
    argv = command_line(spec, running);

    running->started_ns = now_ns();
    running->deadline_ns =
        running->started_ns +
        (spec->seconds != 0 ? spec->seconds : DEFAULT_SECONDS) * UINT64_C(1000000000);
    fflush(NULL);
    running->pid = fork();
    if (running->pid == 0)
        child(spec, argv, fds);
    assert_true(running->pid > 0);
    free(argv);
    if (running->in >= 0 || null >= 0)
        close(fds[0]);
    if (running->out >= 0)
        close(fds[1]);
    if (running->err >= 0)
        close(fds[2]);
}

/* ---- pipes ---------------------------------------------------------------------------------- */

/* Takes what is there. Closes the fd at its end. */
static void drain(int *fd, char **text, size_t *length)
{
    char piece[65536];
    ssize_t count = read(*fd, piece, sizeof(piece));

    if (count < 0 && errno == EAGAIN)
        return;
    if (count <= 0) {
        close(*fd);
        *fd = -1;
        return;
    }
    *text = realloc(*text, *length + (size_t)count + 1);
    assert_non_null(*text);
    memcpy(*text + *length, piece, (size_t)count);
    *length += (size_t)count;
    (*text)[*length] = '\0';
}

static void feed(struct running *running)
{
    ssize_t count = 0;

    if (running->input_left > 0) {
        signal(SIGPIPE, SIG_IGN);
        count = write(running->in, running->input, running->input_left);
        if (count < 0 && errno == EAGAIN)
            return;
    }
    if (count > 0) {
        running->input += count;
        running->input_left -= (size_t)count;
    }
    if (count < 0 || running->input_left == 0) {
        close(running->in);
        running->in = -1;
    }
}

/* One round of the pipes. False when both outputs have ended; kills the command at its deadline. */
static bool pump(struct running *running)
{
    struct pollfd polls[3] = {
        {running->in, POLLOUT, 0}, {running->out, POLLIN, 0}, {running->err, POLLIN, 0}};
    uint64_t now = now_ns();

    if (running->out < 0 && running->err < 0)
        return false;
    if (now >= running->deadline_ns) {
        kill(running->pid, SIGKILL);
        fail_msg("the command has not ended in time; it was killed");
    }
    poll(polls, 3, (int)((running->deadline_ns - now) / 1000000 + 1));
    if (polls[0].revents != 0)
        feed(running);
    if (polls[1].revents != 0)
        drain(&running->out, &running->result.out, &running->result.out_length);
    if (polls[2].revents != 0)
        drain(&running->err, &running->result.err, &running->result.err_length);
    return true;
}

void run_wait_for(struct running *running, const char *text)
{
    while (running->result.out == NULL || strstr(running->result.out, text) == NULL) {
        if (running->out < 0 || !pump(running)) {
            result_print(&running->result);
            fail_msg("\"%s\" never came from the program", text);
        }
    }
}

/* ---- finish --------------------------------------------------------------------------------- */

static void wait_for_end(struct running *running, struct result *result)
{
    int status = 0;
    pid_t pid;

    while ((pid = wait4(running->pid, &status, WNOHANG, &result->usage)) == 0) {
        if (now_ns() >= running->deadline_ns) {
            kill(running->pid, SIGKILL);
            fail_msg("the command has not ended in time; it was killed");
        }
        sleep_ms(1);
    }
    assert_int_equal(pid, running->pid);
    result->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void read_report(const struct running *running, struct result *result)
{
    size_t length = 0;
    int fd;

    if (running->report[0] == '\0')
        return;
    fd = open(running->report, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    while (fd >= 0)
        drain(&fd, &result->report_text, &length);
    unlink(running->report);
    if (result->report_text != NULL)
        result->report = json_loads(result->report_text, JSON_REJECT_DUPLICATES, NULL);
}

void run_finish(struct running *running, struct result *result)
{
    while (pump(running))
        ;
    *result = running->result;
    wait_for_end(running, result);
    result->wall_ns = now_ns() - running->started_ns;
    if (running->in >= 0)
        close(running->in);
    if (result->out == NULL)
        result->out = calloc(1, 1);
    if (result->err == NULL)
        result->err = calloc(1, 1);
    read_report(running, result);
}

void run(struct result *result, const struct run_spec *spec)
{
    struct running running;

    run_start(&running, spec);
    run_finish(&running, result);
}

void result_free(struct result *result)
{
    free(result->out);
    free(result->err);
    free(result->report_text);
    json_decref(result->report);
    memset(result, 0, sizeof(*result));
}
