/* SPDX-License-Identifier: MIT
 *
 * denied.h - the part of a report that tells of denied system calls.
 */
#ifndef EXPLAIN_DENIED_H
#define EXPLAIN_DENIED_H

#include "explain/json.h"
#include <sandbox/sandbox.h>

/* What to name first; NULL where there is nothing: of a program that was killed for a denied call
 * that call, of any other the first one that was not let pass. */
const struct sbx_denial *denied_first(const struct sbx_report *report);

/* Adds "denied", "denials", "denied_calls", "denied_count" and "logged_count" to an object. Returns
 * 0, or -1 where memory has run out. */
int denied_json(json_t *object, const struct sbx_report *report);

#endif
