/* SPDX-License-Identifier: MIT
 *
 * escape.h - the attacks, as data.
 */
#ifndef ESCAPE_ESCAPE_H
#define ESCAPE_ESCAPE_H

#include "escape/things.h"
#include <stddef.h>

/* What every attack is tried against, beside the profiles `judge` and `base` as they are shipped.
 */
#define WALLS "syscalls.default=allow", "syscalls.unknown=allow"

struct attack {
    const char *name;            /* the program is probe_NAME */
    const char *const *variants; /* ways to try; NULL: one, without a name */
    const char *const *set;      /* more of --set for all confined tries; NULL: none */

    /* Tried a second time with these, where the system call filter is out of the way and the other
     * walls stand alone. NULL: the filter is the only wall, or the same. */
    const char *const *walls;

    /* The control. With `open`, it is confined by a profile that has these changes: the protection
     * is off. Else it is not confined at all. `control` names its variants where they are others.
     */
    const char *const *open;
    const char *const *control;

    /* Variants that are no attack where a profile is no judge's: `base` lets programs do them. */
    const char *const *base_allows;

    void (*before)(void *things); /* in the process that becomes the command, or the control */
    bool input_file;              /* stdin is the user's file "given" */
    bool terminal;                /* stdin is a terminal */
    bool limit_is_blocked;        /* to be ended at a limit is what should happen */
    bool refused_is_blocked;      /* a sandbox that does not start the program has blocked it too */
};

extern const struct attack attacks[];
extern const size_t attack_count;

#endif
