/* SPDX-License-Identifier: MIT
 *
 * probe.h - what all probes have in common. A probe tries one attack and says by its exit status
 * whether it got through; the same program runs confined and, as a control, unconfined.
 *
 * Arguments: VARIANT SECRET VICTIM ABSTRACT PORT SHM
 *   VARIANT    which way to try; "control" and the like where the probe must make its own
 *              surroundings first because there is no sandbox
 *   SECRET     a file in the user's home that holds SECRET_TEXT
 *   VICTIM     the pid of a host process of the same user
 *   ABSTRACT   the name of an abstract unix socket on which a host process listens
 *   PORT       the same for TCP at 127.0.0.1
 *   SHM        the id of a System V shared memory segment of the host that holds SECRET_TEXT
 */
#ifndef ESCAPE_PROBE_H
#define ESCAPE_PROBE_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exit statuses. None is one that a shell or the sandbox gives. */
enum probe_status { ESCAPED = 60, BLOCKED = 61, BROKEN = 62 };

#define SECRET_TEXT "the user's secret\n"

enum probe_argument { VARIANT = 1, SECRET, VICTIM, ABSTRACT, PORT, SHM, PROBE_ARGUMENTS };

static inline int is_variant(char **argv, const char *name)
{
    return strcmp(argv[VARIANT], name) == 0;
}

/* Each returns the exit status for main(). */
static inline int escaped(const char *how)
{
    printf("ESCAPED: %s\n", how);
    return ESCAPED;
}

static inline int blocked(const char *how)
{
    printf("BLOCKED: %s: %s\n", how, strerror(errno));
    return BLOCKED;
}

static inline int broken(const char *what)
{
    printf("BROKEN: %s: %s\n", what, strerror(errno));
    return BROKEN;
}

/* The common case: a call that must not succeed. */
static inline int judge_call(const char *name, long result)
{
    return result >= 0 ? escaped(name) : blocked(name);
}

#endif
