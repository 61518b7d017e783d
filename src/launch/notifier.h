/* SPDX-License-Identifier: MIT
 *
 * notifier.h - the process that answers the calls which the filter has handed over.
 *
 * It is apart from the launcher, so that no program can hold up or flood the loop that keeps the
 * limits: what it reads of a program's memory may take its time.
 */
#ifndef LAUNCH_NOTIFIER_H
#define LAUNCH_NOTIFIER_H

#include "guards/plan.h"
#include "launch/told.h"
#include <sys/types.h>

struct notifier_task {
    const struct plan *plan;
    int listener;
    pid_t launcher; /* ends with it */
    pid_t payload;  /* the program's first process, as the sandbox sees it */
    struct told *told;
};

/* The life of the process; it ends with the last process that has the filter, and then well. Any
 * other end is a failure. Of its descriptors it keeps the listener and where it tells. */
_Noreturn void notifier_main(const struct notifier_task *task);

#endif
