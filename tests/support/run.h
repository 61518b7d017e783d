/* SPDX-License-Identifier: MIT
 *
 * run.h - runs the `sandbox` command and hands back all that can be seen of it from outside: exit
 * status, output, report, times. Failures of the machinery end the test through cmocka; what the
 * command did is for the test to judge.
 *
 *     struct result r;
 *     RUN(&r, .set = LIST("limits.cpu_time=200ms"), .argv = LIST(payload("spin"), "2"));
 *     expect_outcome(&r, "cpu_time", 124);
 *     result_free(&r);
 */
#ifndef SUPPORT_RUN_H
#define SUPPORT_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* How to start the command. All members may be left out. */
struct run_spec {
    const char *verb;           /* in front of all; none */
    const char *profile;        /* after --profile; "judge"; "" leaves the option out */
    const char *const *set;     /* each after --set */
    const char *const *file;    /* each after --file */
    const char *const *options; /* more words in front of "--" */
    const char *const *argv;    /* the program and its arguments */
    const char *const *env;     /* the command's environment; the test's own */
    const char *input;          /* what stdin holds; nothing */
    const int *in, *out, *err;  /* fds in place of those that are made here */
    const char *report;         /* after --report; a file that is read and removed at the end */
    bool no_report;             /* no --report at all */
    bool unconfined;            /* the program itself, without the command: for controls */
    void (*before)(void *data); /* runs in the new process, just before the command's exec */
    void *data;
    unsigned seconds; /* the command is killed, and the test fails, after so long; 30 */
};

/* What came of it. */
struct result {
    int status; /* the exit status, or -1 */
    int signal; /* what killed the command itself, or 0 */
    char *out, *err;
    size_t out_length, err_length; /* both texts have a 0 byte after their end */
    char *report_text;             /* NULL where no report was written */
    json_t *report;                /* the same, parsed; NULL where it is not one JSON object */
    uint64_t wall_ns;              /* from before fork to the end of the command */
    struct rusage usage;           /* of the command and all that it waited for */
};

/* A command that runs. */
struct running {
    pid_t pid;
    int in, out, err; /* our ends of the pipes; -1 where the caller gave an fd */
    const char *input;
    size_t input_left;
    char report[256]; /* "" where the caller named one, or none */
    uint64_t started_ns, deadline_ns;
    struct result result; /* so far */
};

/* Starts a command. The pieces of *spec are used during the call only, but for `input`. */
void run_start(struct running *running, const struct run_spec *spec);

/* Reads stdout until `text` is in it; the test fails where it never comes. */
void run_wait_for(struct running *running, const char *text);

/* Waits for the end. The caller frees *result with result_free(). */
void run_finish(struct running *running, struct result *result);

/* Start and finish in one. */
void run(struct result *result, const struct run_spec *spec);
#define RUN(result, ...) run((result), &(struct run_spec){__VA_ARGS__})

void result_free(struct result *result);

/* Writes all of a result to stderr. */
void result_print(const struct result *result);

/* ---- what a test expects; each fails the test with the whole result ------------------------- */

/* The report's outcome, and the exit status. */
void expect_outcome(const struct result *result, const char *outcome, int status);

/* The exit status `status`, an error on stderr that has `word` in it, and the report's outcome
 * "setup_failed" where a report was asked for. */
void expect_refused(const struct result *result, int status, const char *word);

void expect_out(const struct result *result, const char *text);

/* stderr, or another text of the result, has `word` in it. */
void expect_word(const struct result *result, const char *text, const char *word);

/* Figures of the report. A missing one fails the test. */
int64_t report_int(const struct result *result, const char *key);
const char *report_string(const struct result *result, const char *key);
bool report_bool(const struct result *result, const char *key);
bool report_is_null(const struct result *result, const char *key);

/* The state of a guard in the report; "" where it has no line. */
const char *report_guard(const struct result *result, const char *guard);

/* One of the texts of "unkept" has `word` in it. */
bool report_unkept(const struct result *result, const char *word);

/* CLOCK_MONOTONIC. */
uint64_t now_ns(void);
void sleep_ms(unsigned milliseconds);

#endif
