/* SPDX-License-Identifier: MIT
 *
 * policy.h - a loaded profile. Immutable: whoever holds it may read it from any thread.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "base/arena.h"
#include "policy/quote.h"
#include "policy/types.h"

struct sbx_policy {
    struct arena arena;
    const char *name;   /* as given to sbx_policy_load() */
    const char *file;   /* the path of the profile itself */
    struct texts texts; /* what it was made of, for messages */

    /* policy->limits_cpu_time and so on: one field a row of keys.def */
#define KEY(section, name, type, allows, standard, help) struct value_##type section##_##name;
#include "policy/keys.def"
#undef KEY
};

#endif
