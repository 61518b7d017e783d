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
#include "policy/diag.h"
#include "policy/keys.h"
#include <stdio.h>

/* What keeps the promise that one key of the policy makes. */
struct wall {
    enum sbx_state state; /* OFF: the value asks for nothing */
    char mechanism[256];  /* in the kernel's terms */
};

struct guard {
    const char *name;

    /* Pure: reports each word of the guard's own lists that names nothing. Called before the other
     * checks of a profile are made, and also where errors were found already; prepare() reports the
     * first such word by itself. */
    void (*names)(const struct sbx_policy *policy, struct diag *diag);

    /* Pure and cheap: rules that hold across keys. Reports all that it finds; -1 where there was an
     * error. */
    int (*check)(const struct sbx_policy *policy, struct diag *diag);

    /* Pure, of a policy that passed all checks: as errors, what prepare() would refuse on any
     * machine; as warnings and notes (diag_lint), what is valid and dangerous, or without effect.
     */
    void (*review)(const struct sbx_policy *policy, struct diag *diag);

    /* Asks the machine. What can't be found out is left at its "unknown" value. */
    void (*probe)(struct host *host);

    /* Everything that can allocate, parse, open or be invalid. Fills in its part of the plan. */
    int (*prepare)(struct plan *plan, const struct host *host, struct sbx_error *error);

    /* In the parent, after all guards have prepared and before clone: what has an effect on the
     * machine. Fills in what the plan has for it; on failure nothing is held any more. */
    int (*arm)(struct plan *plan, struct sbx_error *error);

    /* In the child, between clone and exec: raw system calls only (base/sys.h). Returns 0, or
     * -errno with *item set to the index of what failed, counted as explain() counts. That of the
     * filter may return the descriptor of its listener. */
    int (*enter)(const struct plan *plan, int *item);

    /* In the parent, when the run is over, or did not come about: lets go of what arm() has taken.
     * May be called again. */
    void (*disarm)(struct plan *plan);

    /* In the parent, after enter() failed: names the object and its origin in *error, whose code,
     * stage and sys_errno are set already. */
    void (*explain)(const struct plan *plan, int item, struct sbx_error *error);

    /* Adds the guard's line to the report. */
    void (*observe)(const struct plan *plan, struct sbx_report *report);

    /* For people, of a plan that was prepared: writes what enter() will do, a line for each step,
     * in order, each with its origin where it has one. Text that comes from the profile or from the
     * machine goes through text_put() of base/utf8.h. */
    void (*describe)(const struct plan *plan, FILE *out);

    /* Whether this guard keeps what `key` promises; if so, fills in what keeps it on the machine
     * that the plan was made for. Each key but those of [profile] has exactly one such guard. */
    bool (*wall)(const struct plan *plan, enum key_id key, struct wall *wall);
};

extern const struct guard guard_ns;
extern const struct guard guard_fs;
extern const struct guard guard_fs_sources; /* its enter() alone: opens what guard_fs mounts */
extern const struct guard guard_net;
extern const struct guard guard_stdin;
extern const struct guard guard_caps;
extern const struct guard guard_landlock;
extern const struct guard guard_landlock_rules; /* its enter() alone: makes the ruleset */
extern const struct guard guard_limits;
extern const struct guard guard_process;
extern const struct guard guard_seccomp;

/* For describe(): one line of text, which is escaped; with where it comes from, if that is a line
 * of a profile. */
void guard_line(FILE *out, struct origin origin, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* For wall(): fills it in. Returns true. Truncates rather than fails. */
bool guard_wall(struct wall *wall, enum sbx_state state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* For observe(): one more line, or one more broken promise. Both truncate rather than fail. */
void guard_report(struct sbx_report *report, const char *guard, enum sbx_state state,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
void guard_unkept(struct sbx_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
