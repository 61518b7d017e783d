/* SPDX-License-Identifier: MIT
 *
 * race.h - what the benchmarks of launches share: several launchers start the same program, one
 * after the other in each round, so that the noise of the machine falls on all alike.
 *
 * Two times are taken: from before the launcher's own exec to the program's first instruction, and
 * to the launcher's end. The program is bench_stamp, which writes the first of them to stdout.
 */
#ifndef BENCH_RACE_H
#define BENCH_RACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RACE_ARGS = 80, RACE_LAUNCHERS = 12 };

struct launcher {
    const char *name;
    const char *argv[RACE_ARGS]; /* NULL-terminated */
    size_t argc;
    void (*run)(const void *data); /* in place of argv, in a child of its own; must not return */
    const void *data;
    double *start_us, *total_us; /* one for each of `runs`; sorted by race_run() */
    size_t runs, failures;
};

struct race {
    struct launcher launchers[RACE_LAUNCHERS];
    size_t count, rounds;
};

/* All of these end the process where memory has run out. */
struct launcher *race_add(struct race *race, const char *name);
void race_word(struct launcher *launcher, const char *word);
void race_words(struct launcher *launcher, const char *const *words); /* NULL-terminated */

/* Runs all rounds, and sorts the times. One who fails at first, or takes seconds, has fewer runs.
 */
void race_run(struct race *race);

/* Of the sorted times: the value that `percent` of them do not exceed. */
double race_percentile(const struct launcher *launcher, const double *times, unsigned percent);

void race_free(struct race *race);

/* CLOCK_MONOTONIC. */
int64_t race_now_ns(void);

#endif
