/* SPDX-License-Identifier: MIT
 *
 * order.h - THE launch order: what is done between clone and exec, in one table.
 */
#ifndef LAUNCH_ORDER_H
#define LAUNCH_ORDER_H

#include "guards/guard.h"
#include "launch/board.h"

/* What the child has in hand. It lives on the parent's stack and is copied by clone. */
struct child {
    const struct plan *plan;
    struct board *board;
    int barrier[2]; /* a pipe: the parent writes a byte when the id maps are written */
    int channel;    /* where the listener of the filter is sent; -1 where there is none */
    pid_t payload;  /* in PID 1, once it is forked */
};

enum place { IN_INIT, IN_PAYLOAD };

struct row {
    enum place place;
    const char *name;
    const struct guard *guard;          /* its enter() is called ... */
    int (*step)(struct child *, int *); /* ... or this: same contract */
    const char *why;
};

/* The rows, in order. row_count is their number. */
extern const struct row launch_order[];
extern const int launch_row_count;

/* Does all rows. Called once, in the child of clone3; never returns. */
void launch_child(struct child *child) __attribute__((noreturn));

/* Names what a step of the launch itself (not a guard's) failed at; see guard.explain. */
void launch_explain(const struct plan *plan, int row, int item, struct sbx_error *error);

/* The life of PID 1 after the payload is forked: reap, forward, end. Of its fds it keeps `lock`, or
 * none where that is -1. Never returns. In init.c. */
void init_main(struct board *board, pid_t payload, int lock) __attribute__((noreturn));

/* Orders to PID 1, as bits of board->orders: ORDER(n) hands on signal n, but SIGTSTP and SIGCONT
 * stop and continue all, and SIGNAL_END ends all. */
enum { SIGNAL_END = 40 };
#define ORDER(number) (1ULL << (number))

#endif
