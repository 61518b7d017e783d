/* SPDX-License-Identifier: MIT
 *
 * section.h - the name of a section: [SECTION], or [SECTION CALL] for what is about one system
 * call.
 */
#ifndef POLICY_SECTION_H
#define POLICY_SECTION_H

#include "policy/reader.h"

enum { CALL_NAME_MAX = 48 }; /* bytes; the longest that Linux has are of 28 */

struct section {
    const char *name; /* as in keys.def */
    const char *call; /* of [SECTION CALL]; NULL for other sections */
    bool optional;    /* [SECTION ?CALL]: this machine may lack it */
};

/* Takes apart what stands in the brackets, or before the '.' of an override. The texts of *section
 * live in `keep`. */
int section_parse(struct arena *keep, struct diag *diag, struct part text, struct section *section);

#endif
