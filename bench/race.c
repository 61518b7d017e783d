/* SPDX-License-Identifier: MIT
 *
 * race.c - starts launchers in turns, and takes their times. It prints nothing.
 */
#include "race.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_LEAST = 3, SECONDS_MOST = 20 };

int64_t race_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void race_word(struct launcher *launcher, const char *word)
{
    if (launcher->argc + 1 < RACE_ARGS)
        launcher->argv[launcher->argc++] = word;
}

void race_words(struct launcher *launcher, const char *const *words)
{
    for (; *words; words++)
        race_word(launcher, *words);
}

struct launcher *race_add(struct race *race, const char *name)
{
    if (race->count == RACE_LAUNCHERS)
        exit(2);
    struct launcher *launcher = &race->launchers[race->count++];
    launcher->name = name;
    launcher->start_us = calloc(race->rounds, sizeof(double));
    launcher->total_us = calloc(race->rounds, sizeof(double));
    if (!launcher->start_us || !launcher->total_us)
        exit(2);
    return launcher;
}

static void start(const struct launcher *launcher, int out)
{
    if (dup2(out, STDOUT_FILENO) < 0)
        _exit(126);
    if (launcher->run)
        launcher->run(launcher->data);
    else
        execvp(launcher->argv[0], (char *const *)launcher->argv);
    _exit(127);
}

static void run_once(struct launcher *launcher)
{
    int ends[2], status;
    int64_t stamp = 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        exit(2);
    int64_t before = race_now_ns();
    /* What runs here must not share our memory. */
    pid_t pid = launcher->run ? fork() : vfork();
    if (pid == 0)
        start(launcher, ends[1]);
    close(ends[1]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        exit(2);
    int64_t after = race_now_ns();
    if (read(ends[0], &stamp, sizeof(stamp)) != sizeof(stamp) || status != 0)
        launcher->failures++;
    close(ends[0]);
    launcher->start_us[launcher->runs] = (double)(stamp - before) / 1e3;
    launcher->total_us[launcher->runs++] = (double)(after - before) / 1e3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static bool is_tried_enough(const struct launcher *launcher)
{
    double spent_us = 0;
    for (size_t i = 0; i < launcher->runs; i++)
        spent_us += launcher->total_us[i];
    return launcher->runs >= RUNS_LEAST &&
           (launcher->failures == launcher->runs || spent_us > SECONDS_MOST * 1e6);
}

void race_run(struct race *race)
{
    for (size_t round = 0; round < race->rounds; round++)
        for (size_t i = 0; i < race->count; i++)
            if (!is_tried_enough(&race->launchers[i]))
                run_once(&race->launchers[i]);
    for (size_t i = 0; i < race->count; i++) {
        struct launcher *launcher = &race->launchers[i];
        qsort(launcher->start_us, launcher->runs, sizeof(double), compare);
        qsort(launcher->total_us, launcher->runs, sizeof(double), compare);
    }
}

double race_percentile(const struct launcher *launcher, const double *times, unsigned percent)
{
    return times[launcher->runs * percent / 100];
}

void race_free(struct race *race)
{
    for (size_t i = 0; i < race->count; i++) {
        free(race->launchers[i].start_us);
        free(race->launchers[i].total_us);
    }
    race->count = 0;
}
