/* SPDX-License-Identifier: MIT
 *
 * load.h - from a profile's name to a struct sbx_policy. The door of this directory.
 */
#ifndef POLICY_LOAD_H
#define POLICY_LOAD_H

#include "policy/diag.h"
#include "policy/outside.h"
#include "policy/policy.h"

/* What to load. */
struct load_request {
    const char *name; /* a path (it holds a '/' or ends in ".ini"), or a bare name that is looked
                       * for in the search path that sandbox.h tells of */
    const char *const *overrides; /* `count` texts SECTION.KEY=VALUE or, for a list,
                                   * SECTION.KEY+=VALUE; their origin is the file "--set" with the
                                   * position, from 1, as the line */
    size_t count;
    const struct outside *outside;
};

/* Loads a profile with all that it extends, then applies the overrides in order. Returns 0, or -1
 * where there were errors, which are in `diag`. Then *out is a policy all the same, made of what
 * could be read: fit to look for more errors in, and for nothing else. It is NULL where memory has
 * run out. diag->texts becomes the policy's. */
int policy_read(const struct load_request *request, struct diag *diag, struct sbx_policy **out);

/* The same on this machine, up to the first error. On failure *out is untouched.
 *
 * Errors: SBX_E_PROFILE with file and line, SBX_E_RESOURCE.
 * Thread safety: reads the environment; no other thread may change it at the time. */
int policy_load(const char *name, const char *const *overrides, size_t count,
                struct sbx_policy **out, struct sbx_error *error);

/* A new policy: `base` with the overrides laid over it. On failure *out is untouched. `base` may be
 * freed before the new one. Errors: as above. */
int policy_derive(const struct sbx_policy *base, const char *const *overrides, size_t count,
                  struct sbx_policy **out, struct sbx_error *error);

/* Frees a policy. NULL is allowed. */
void policy_free(struct sbx_policy *policy);

#endif
