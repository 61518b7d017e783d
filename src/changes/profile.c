/* SPDX-License-Identifier: MIT
 *
 * profile.c - sbx_policy_layers(): where a profile has its root's changes kept, and what lies
 * below.
 */
#include "base/error.h"
#include "policy/policy.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A word with a '?' may be absent on this machine. */
static bool is_absent(const struct item *item)
{
    return item->optional && access(item->first, F_OK) != 0 &&
           (errno == ENOENT || errno == ENOTDIR);
}

int sbx_policy_layers(const struct sbx_policy *policy, struct sbx_layers **layers,
                      struct sbx_error *error)
{
    const struct value_list *list = &policy->root_lower;
    if (policy->root_base.v != BASE_OVERLAY || !policy->root_upper.v) {
        err_set(error, SBX_E_PROFILE, 0, "changes", "%s keeps no changes of its root",
                policy->name);
        err_hint(error, "changes are kept with root.base = overlay and a directory as root.upper");
        return err_at(error, policy->root_base.v == BASE_OVERLAY ? policy->root_upper.origin
                                                                 : policy->root_base.origin);
    }
    struct sbx_layers *made = malloc(sizeof(*made) + list->count * sizeof(*made->lowers));
    if (!made)
        return err_memory(error, "changes");
    const char **lowers = (const char **)(made + 1);
    *made = (struct sbx_layers){.upper = policy->root_upper.v, .lowers = lowers};
    for (size_t i = 0; i < list->count; i++)
        if (!is_absent(&list->items[i]))
            lowers[made->lower_count++] = list->items[i].first;
    *layers = made;
    return 0;
}
