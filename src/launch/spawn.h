/* SPDX-License-Identifier: MIT
 *
 * spawn.h - from a plan to a running PID 1.
 */
#ifndef LAUNCH_SPAWN_H
#define LAUNCH_SPAWN_H

#include "guards/plan.h"
#include "launch/board.h"
#include <sys/types.h>

struct spawned {
    pid_t init;
    int init_pidfd; /* owned by the caller */
    int status_fd;  /* owned: a pipe that ends at the exec */
    int alive_fd;   /* owned: its end tells PID 1 that we are dead; keep it open as long as it lives
                     */
    int channel;    /* owned: the listener of the filter comes here; -1 where there is none */
};

/* clone3 with the plan's namespaces, then the id maps, then the go-ahead. On failure no process is
 * left. Errors: SBX_E_HOST, SBX_E_SETUP, SBX_E_RESOURCE. */
int spawn(const struct plan *plan, struct board *board, struct spawned *spawned,
          struct sbx_error *error);

#endif
