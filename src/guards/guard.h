/* SPDX-License-Identifier: MIT
 *
 * guard.h - the one interface that each wall has.
 *
 * A guard is a room of its own: it never includes another guard, nor the launch. All members are
 * optional. They are called in the order in which they stand here.
 */
#ifndef GUARDS_GUARD_H
#define GUARDS_GUARD_H

#include "guards/plan.h"

struct guard {
    const char *name;

    /* Pure: rules that hold across keys. Errors: SBX_E_PROFILE. */
    int (*check)(const struct sbx_policy *policy, struct sbx_error *error);

    /* Asks the machine. What can't be found out is left at its "unknown" value. */
    void (*probe)(struct host *host);

    /* Everything that can allocate, parse, open or be invalid. Fills in its part of the plan. */
    int (*prepare)(struct plan *plan, const struct host *host, struct sbx_error *error);

    /* In the child, between clone and exec: raw system calls only (base/sys.h). Returns 0, or
     * -errno with *item set to the index of what failed, counted as explain() counts. */
    int (*enter)(const struct plan *plan, int *item);

    /* In the parent, after enter() failed: names the object and its origin in *error, whose code,
     * stage and sys_errno are set already. */
    void (*explain)(const struct plan *plan, int item, struct sbx_error *error);

    /* Adds the guard's line to the report. */
    void (*observe)(const struct plan *plan, struct sbx_report *report);
};

extern const struct guard guard_ns;
extern const struct guard guard_fs;
extern const struct guard guard_fs_sources; /* its enter() alone: opens what guard_fs mounts */
extern const struct guard guard_net;
extern const struct guard guard_stdin;
extern const struct guard guard_caps;
extern const struct guard guard_limits;
extern const struct guard guard_process;
extern const struct guard guard_seccomp;

/* For observe(): one more line, or one more broken promise. Both truncate rather than fail. */
void guard_report(struct sbx_report *report, const char *guard, enum sbx_state state,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
void guard_unkept(struct sbx_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
