/* SPDX-License-Identifier: MIT
 *
 * notify.h - the launcher's part in what the filter hands over: it takes the listener, starts the
 * notifier when the first call comes, and hears of its end.
 */
#ifndef LAUNCH_NOTIFY_H
#define LAUNCH_NOTIFY_H

#include "launch/board.h"
#include "launch/notifier.h"

struct notify {
    const struct plan *plan;
    struct board *board;
    int channel;  /* where the listener comes; -1 before and after */
    int listener; /* until the notifier has it */
    int pidfd;    /* of the notifier; else -1 */
    pid_t pid;
    struct told *told; /* NULL until the notifier is started */
    bool lost;         /* calls were, or would have been, handed over to nobody */
    int error;         /* with `lost`: why nobody could be made to answer, an errno value; or 0 */
};

/* Takes over the channel, which may be -1. */
void notify_open(struct notify *notify, const struct plan *plan, struct board *board, int channel);

/* What is to be waited for, for reading; -1 for nothing. */
int notify_fd(const struct notify *notify);

/* Does what has become due. */
void notify_step(struct notify *notify);

/* When PID 1 is dead: lets the notifier end, and ends it. */
void notify_close(struct notify *notify);

/* Fills in what was told. */
void notify_report(const struct notify *notify, struct sbx_report *report);

void notify_free(struct notify *notify);

#endif
