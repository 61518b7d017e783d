/* SPDX-License-Identifier: MIT
 *
 * landlock.h - what the files of the Landlock guard share. Nothing outside of this directory
 * includes it, except the unit tests.
 *
 * Landlock is a second wall behind the mounts: a list of rights for what lies beneath a place, kept
 * by the kernel's access checks and not by where things are mounted. All that it allows is read off
 * the steps of the fs guard, so it can't allow what they don't.
 *
 * A right counts for all that lies beneath its place, and nothing takes it away again further down.
 * So this wall can't say that a place is narrower than the one it lies in: there the mounts stand
 * alone, and the plan counts such places.
 */
#ifndef GUARDS_LANDLOCK_LANDLOCK_H
#define GUARDS_LANDLOCK_LANDLOCK_H

#include "base/sys.h"
#include "guards/guard.h"
#include "policy/policy.h"

#define LANDLOCK_STAGE "landlock"

/* The kernel's own numbers. linux/landlock.h of the oldest supported system stops at ABI 2. */
enum landlock_right {
    LL_EXECUTE = 1 << 0,
    LL_WRITE_FILE = 1 << 1,
    LL_READ_FILE = 1 << 2,
    LL_READ_DIR = 1 << 3,
    LL_REMOVE_DIR = 1 << 4,
    LL_REMOVE_FILE = 1 << 5,
    LL_MAKE_CHAR = 1 << 6,
    LL_MAKE_DIR = 1 << 7,
    LL_MAKE_REG = 1 << 8,
    LL_MAKE_SOCK = 1 << 9,
    LL_MAKE_FIFO = 1 << 10,
    LL_MAKE_BLOCK = 1 << 11,
    LL_MAKE_SYM = 1 << 12,
    LL_REFER = 1 << 13,     /* ABI 2 */
    LL_TRUNCATE = 1 << 14,  /* ABI 3 */
    LL_IOCTL_DEV = 1 << 15, /* ABI 5 */

    LL_READ = LL_READ_FILE | LL_READ_DIR,
    LL_WRITE_CONTENT = LL_WRITE_FILE | LL_TRUNCATE,
    /* Without block devices: nobody inside could make one, nor use it. Of the others anybody may
     * make one, the whiteout of overlayfs. */
    LL_CHANGE = LL_REMOVE_DIR | LL_REMOVE_FILE | LL_MAKE_CHAR | LL_MAKE_DIR | LL_MAKE_REG |
                LL_MAKE_SOCK | LL_MAKE_FIFO | LL_MAKE_SYM | LL_REFER,
    LL_WRITE = LL_WRITE_CONTENT | LL_CHANGE,
    LL_OF_FILES = LL_EXECUTE | LL_READ_FILE | LL_WRITE_CONTENT | LL_IOCTL_DEV,
};
enum { LL_BIND_TCP = 1 << 0, LL_CONNECT_TCP = 1 << 1 };        /* ABI 4 */
enum { LL_SCOPE_ABSTRACT = 1 << 0, LL_SCOPE_SIGNAL = 1 << 1 }; /* ABI 6 */
enum { LL_LOG_SUBDOMAINS_OFF = 1 << 2 };                       /* ABI 7 */

struct landlock_ruleset { /* struct landlock_ruleset_attr; a kernel takes a longer one whose rest is
                             zero */
    uint64_t handled_fs, handled_net, scoped;
};

/* ---- what follows from a plan (rights.c); pure ----------------------------------------------- */

/* All rights that an ABI knows. */
uint64_t landlock_handled(int abi);

/* What the place of a step gets; 0 where a step makes no place of its own. */
uint64_t landlock_rights(const struct fs_step *step);

/* Fills in all of plan->landlock but `absent`, from the parts of the other guards. `abi` is 1 or
 * more. Errors: SBX_E_RESOURCE. */
int landlock_derive(struct plan *plan, int abi, struct sbx_error *error);

/* Whether there is nothing that TCP could connect to, but for sockets that the program is lent. */
bool landlock_connects_nowhere(const struct plan *plan);

/* What stdin, stdout or stderr may be opened anew for, by the mode of the file that it is. */
uint64_t landlock_stdio_rights(int fd, unsigned mode);

/* ---- ports (ports.c) ------------------------------------------------------------------------- */

/* The first of Landlock's versions that knows TCP ports. */
enum { LL_ABI_PORTS = 4 };

/* Whether the policy binds TCP to some ports. */
bool landlock_ports_asked(const struct sbx_policy *policy);

int landlock_ports_check(const struct sbx_policy *policy, struct diag *diag);
void landlock_ports_review(const struct sbx_policy *policy, struct diag *diag);

/* Adds the rules for ports to plan->landlock, which has those for files, or `absent`. `abi` is
 * LL_ABI_PORTS or more. Errors: SBX_E_RESOURCE. */
int landlock_ports_derive(struct plan *plan, int abi, struct sbx_error *error);

/* Refuses a launch for want of a Landlock that could keep the ports; `why` is what is amiss. */
int landlock_ports_refuse(const struct plan *plan, int reason, const char *why,
                          struct sbx_error *error);

/* ---- in the child (enter.c) ------------------------------------------------------------------ */

/* Items: those of the first row count the rules, and go on with the first of these; those of the
 * second row. */
enum landlock_rules_item { LANDLOCK_QUEUES, LANDLOCK_RULESET, LANDLOCK_PORT };
enum landlock_item { LANDLOCK_STDIN, LANDLOCK_STDOUT, LANDLOCK_STDERR, LANDLOCK_RESTRICT };

int landlock_rules_enter(const struct plan *plan, int *item);
int landlock_enter(const struct plan *plan, int *item);

/* ---- for people (tell.c) --------------------------------------------------------------------- */

void landlock_rules_explain(const struct plan *plan, int item, struct sbx_error *error);
void landlock_explain(const struct plan *plan, int item, struct sbx_error *error);
void landlock_observe(const struct plan *plan, struct sbx_report *report);
void landlock_rules_describe(const struct plan *plan, FILE *out);
void landlock_describe(const struct plan *plan, FILE *out);
bool landlock_wall(const struct plan *plan, enum key_id key, struct wall *wall);

#endif
