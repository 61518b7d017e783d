/* SPDX-License-Identifier: MIT
 *
 * board.h - the page of memory that parent, PID 1 and the payload share until the exec.
 *
 * Progress, failure and verdict are written here rather than sent: a store needs no system call, so
 * it still works after the seccomp filter is in force, can't be cut short, and costs nothing. The
 * ends of the pipes are the events that tell the reader to look. The payload's exec takes the page
 * out of its address space, so the program can never write it.
 */
#ifndef LAUNCH_BOARD_H
#define LAUNCH_BOARD_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

struct board {
    /* What the parent wants of PID 1: bit N for signal N. Any signal to PID 1 is only a wake-up. */
    atomic_ullong orders;

    atomic_int row;    /* the row of the launch order that is being done */
    atomic_int failed; /* 1: that row failed, see item and error; nothing went on after it */
    atomic_int item;   /* which of the row's things */
    atomic_int error;  /* the kernel's answer, an errno value */

    atomic_int moved;    /* where descriptor 3 has gone; 0: it has stayed */
    atomic_int listener; /* the descriptor of the filter's listener; 0: there is none yet */
    atomic_int unsent;   /* why the listener could not be sent, an errno value; with `failed` */
    atomic_int payload;  /* the payload's pid, as the sandbox sees it; 0 before it is forked */

    atomic_llong ready_ns; /* CLOCK_MONOTONIC just before exec; 0 before that */

    atomic_int ended;       /* 1: the payload's first process is dead, and the next two hold */
    atomic_int wait_status; /* as wait4(2) gave it */
    atomic_llong end_ns;    /* CLOCK_MONOTONIC */

    /* Of all that PID 1 has reaped, with what those had waited for: getrusage(RUSAGE_CHILDREN). */
    atomic_llong reaped_user_us, reaped_sys_us;
    atomic_llong largest_rss_kib;
    atomic_llong voluntary_switches, involuntary_switches;
    atomic_int all_reaped; /* 1: nothing is left, the figures are final */
};

#endif
