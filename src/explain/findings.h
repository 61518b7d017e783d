/* SPDX-License-Identifier: MIT
 *
 * findings.h - what a check found.
 */
#ifndef EXPLAIN_FINDINGS_H
#define EXPLAIN_FINDINGS_H

#include "base/error.h"

struct sbx_findings {
    char *name; /* of the profile, as it was asked for */
    size_t count;
    struct sbx_finding list[];
};

/* Room for `count` findings; NULL where memory has run out. */
struct sbx_findings *findings_new(const char *name, size_t count);

#endif
