/* SPDX-License-Identifier: MIT
 *
 * supervise.h - the parent's life from clone to the end of PID 1.
 */
#ifndef LAUNCH_SUPERVISE_H
#define LAUNCH_SUPERVISE_H

#include "guards/plan.h"
#include "launch/board.h"
#include "launch/notify.h"
#include "launch/relay.h"
#include <signal.h>

/* Why the parent ended the sandbox. */
enum cause {
    CAUSE_NONE, /* it did not: the program ended by itself, or never started */
    CAUSE_CPU_TIME,
    CAUSE_WALL_TIME,
    CAUSE_MEMORY,
    CAUSE_OUTPUT,
    CAUSE_INTERRUPTED, /* a second SIGTERM, or any signal before the program started */
    CAUSE_FAILURE,     /* something broke in the supervisor itself */
};

struct supervision {
    /* set by the caller, borrowed */
    const struct plan *plan;
    struct board *board;
    pid_t init; /* PID 1, as it is called here */
    int init_pidfd;
    int status_fd;         /* a pipe whose other end closes at the exec */
    int signal_fd;         /* the signals of supervise_signals() */
    struct notify *notify; /* who answers for the filter */
    struct relay *relays;  /* [1] and [2]; unused ones have source -1 */

    /* results */
    enum cause cause;
    int interrupt;             /* with CAUSE_INTERRUPTED: the signal */
    int failure;               /* with CAUSE_FAILURE: an errno value */
    bool server_lost;          /* what serves the root has ended before the program */
    uint64_t cpu_ns;           /* the most that the tree's clock has shown */
    uint64_t tree_memory_peak; /* sampled; 0 where it was not */
    unsigned tasks_peak;       /* the same */
    uint64_t output_bytes;     /* through the relays */
    uint64_t end_ns;           /* CLOCK_MONOTONIC, when PID 1 was seen dead */
};

/* The signals that the parent takes while a sandbox runs; they must be blocked. */
void supervise_signals(sigset_t *set);

/* Waits for the end of PID 1, handing on signals, keeping the limits and feeding the relays. When
 * it returns, PID 1 is dead and reaped, and so is all that it had. Errors show as CAUSE_FAILURE. */
void supervise(struct supervision *run);

#endif
