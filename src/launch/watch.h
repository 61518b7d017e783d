/* SPDX-License-Identifier: MIT
 *
 * watch.h - what is in the way of calls that the filter lets pass: found out before the call goes
 * on, for people. It decides nothing, and changes nothing but its own record, which is bounded.
 */
#ifndef LAUNCH_WATCH_H
#define LAUNCH_WATCH_H

#include "guards/plan.h"
#include "guards/syscalls.h"
#include "launch/place.h"
#include "launch/remedy.h"

struct watch {
    const struct plan *plan;
    struct sbx_watch *record;
    bool other_user; /* the launcher is root, and looks as the sandbox's user */
};

/* One call that waits, and how to ask about it. */
struct watched_call {
    pid_t tid;
    int number;
    const uint64_t *args;
    const struct call_memory *memory;
    /* Whether it still waits: what was read of it is its own only if so. */
    bool (*waits)(const void *context);
    /* Fills in what people are told of a call. */
    void (*describe)(void *context, struct sbx_denial *denial);
    void *context;
};

/* From here on the process acts on files as the user that the program is. */
void watch_start(struct watch *watch, const struct plan *plan, struct sbx_watch *record);

/* Looks at what a call names, and notes what is in the way. */
void watch_look(struct watch *watch, const struct watched_call *call);

#endif
