/* SPDX-License-Identifier: MIT
 *
 * told.h - what the notifier has to tell, in memory that it shares with the launcher. It has a
 * fixed size: whatever a program does, no more is kept. The launcher reads it when the notifier is
 * dead.
 */
#ifndef LAUNCH_TOLD_H
#define LAUNCH_TOLD_H

#include <sandbox/sandbox.h>

struct told {
    struct sbx_denial denied[SBX_DENIALS_MAX];
    size_t denied_kept;
    struct sbx_call_count calls[SBX_CALLS_MAX];
    size_t calls_kept;
    uint64_t denied_count, logged_count;
    bool first_ended; /* the program's first process was killed for a denied call, if that is how it
                       * has died */
    struct sbx_watch watch; /* of a program that is watched */
};

#endif
