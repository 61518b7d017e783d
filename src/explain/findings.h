/* SPDX-License-Identifier: MIT
 *
 * findings.h - what a check found.
 */
#ifndef EXPLAIN_FINDINGS_H
#define EXPLAIN_FINDINGS_H

#include "base/error.h"

struct sbx_findings {
    char *name; /* of the profile, as it was asked for */
    char *file; /* its path, where one was found; else the same */
    size_t count;
    struct sbx_finding list[];
};

/* Room for `count` findings; NULL where memory has run out. */
struct sbx_findings *findings_new(const char *name, const char *file, size_t count);

#endif
