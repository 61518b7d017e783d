/* SPDX-License-Identifier: MIT
 *
 * load.h - from a profile's name to a struct sbx_policy. The door of this folder.
 */
#ifndef POLICY_LOAD_H
#define POLICY_LOAD_H

#include "policy/policy.h"
#include <sandbox/sandbox.h>

/* Loads the profile `name` with all that it extends, then applies `overrides` in order.
 *
 * name       a path (it holds a '/' or ends in ".ini"), or a bare name that is looked for in the
 *            search path that sandbox.h tells of
 * overrides  `count` texts SECTION.KEY=VALUE or, for a list, SECTION.KEY+=VALUE; their origin is
 *            the file "--set" with the position, from 1, as the line
 * out        receives the policy; give it back with policy_free()
 *
 * Errors: SBX_E_PROFILE with file and line, SBX_E_RESOURCE. *out is untouched on failure.
 * Thread safety: reads the environment; no other thread may change it at the time. */
int policy_load(const char *name, const char *const *overrides, size_t count,
                struct sbx_policy **out, struct sbx_error *error);

/* Frees a policy. NULL is allowed. */
void policy_free(struct sbx_policy *policy);

#endif
