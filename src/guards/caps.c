/* SPDX-License-Identifier: MIT
 *
 * caps.c - capabilities and securebits: all five sets are written, whatever they held.
 *
 * The only room that includes libcap, and only for the names. Every capability here counts in the
 * sandbox's own user namespace alone.
 *
 * Source: capabilities(7).
 */
#include "base/sys.h"
#include "guards/guard.h"
#include "policy/policy.h"
#include "policy/suggest.h"
#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>

static int unknown_name(const struct item *item, const char *key, struct diag *diag)
{
    char hint[HINT_SIZE];
    struct suggest suggest;
    suggest_start(&suggest, item->text);
    for (cap_value_t number = 0; number < 64; number++) {
        char *name = cap_to_name(number);
        if (name && strncmp(name, "cap_", 4) == 0)
            suggest_offer(&suggest, name);
        cap_free(name);
    }
    suggest_text(&suggest, hint, sizeof(hint));
    return diag_error(diag, item->origin, 0,
                      *hint ? hint : "names are those of capabilities(7), for example cap_net_raw",
                      "%s: no capability is called '%s'", key, item->text);
}

static int caps_mask(const struct value_list *list, const char *key, uint64_t *mask,
                     struct diag *diag)
{
    uint64_t found = 0;
    int result = 0;
    for (size_t i = 0; i < list->count && !diag_stop(diag); i++) {
        cap_value_t number;
        if (cap_from_name(list->items[i].first, &number) == 0 && number < 64)
            found |= UINT64_C(1) << number;
        else if (!list->items[i].optional)
            result = unknown_name(&list->items[i], key, diag);
    }
    *mask = found;
    return result;
}

static int caps_masks(const struct sbx_policy *policy, uint64_t *keep, uint64_t *ambient,
                      struct diag *diag)
{
    int kept = caps_mask(&policy->capabilities_keep, "capabilities.keep", keep, diag);
    int raised = caps_mask(&policy->capabilities_ambient, "capabilities.ambient", ambient, diag);
    return kept | raised;
}

static void caps_names(const struct sbx_policy *policy, struct diag *diag)
{
    uint64_t keep, ambient;
    (void)caps_masks(policy, &keep, &ambient, diag);
}

static int caps_check(const struct sbx_policy *policy, struct diag *diag)
{
    uint64_t keep, ambient;
    if (caps_masks(policy, &keep, &ambient, diag) != 0)
        return -1;
    if (ambient & ~keep)
        return diag_error(
            diag, policy->capabilities_ambient.origin, 0, "add it to capabilities.keep as well",
            "capabilities.ambient names a capability that capabilities.keep does not");
    if ((keep & ~ambient) && policy->identity_uid.v != 0)
        return diag_error(diag, policy->capabilities_keep.origin, 0,
                          "name the same capabilities in capabilities.ambient, or set "
                          "identity.uid = 0",
                          "capabilities.keep has no effect for uid %u: the program loses at its "
                          "exec what is not ambient too",
                          policy->identity_uid.v);
    return 0;
}

static int caps_prepare(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    (void)host;
    const struct sbx_policy *policy = plan->policy;
    struct diag diag = {.error = error};
    if (caps_masks(policy, &plan->caps.keep, &plan->caps.ambient, &diag) != 0)
        return -1;
    unsigned last = 0;
    while (last < 63 && prctl(PR_CAPBSET_READ, last + 1, 0, 0, 0) >= 0)
        last++;
    plan->caps.last = last;
    return 0;
}

/* What the securebits become: no magic of uid 0, no new ambient capability, for good. uid 0 inside
 * keeps its magic where the profile wants capabilities for it, bounded by the bounding set. */
static unsigned long caps_securebits(const struct plan *plan)
{
    unsigned long bits = SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
                         SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
                         SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
    if (plan->ns.inner_uid != 0 || plan->caps.keep == 0)
        bits |= SECBIT_NOROOT | SECBIT_NOROOT_LOCKED;
    return bits;
}

static long caps_set(uint64_t permitted, uint64_t inheritable)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    for (int i = 0; i < 2; i++) {
        data[i].permitted = data[i].effective = (uint32_t)(permitted >> (32 * i));
        data[i].inheritable = (uint32_t)(inheritable >> (32 * i));
    }
    return sys(SYS_capset, &header, data);
}

enum caps_item { CAPS_INHERITABLE, CAPS_AMBIENT, CAPS_SECUREBITS, CAPS_BOUNDING, CAPS_SET };

static int caps_enter(const struct plan *plan, int *item)
{
    const struct caps_plan *caps = &plan->caps;
    const uint64_t all = (UINT64_C(2) << caps->last) - 1;
    long ret;
    *item = CAPS_INHERITABLE;
    if ((ret = caps_set(all, caps->ambient)) < 0)
        return (int)ret;
    *item = CAPS_AMBIENT;
    if ((ret = sys(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)) < 0)
        return (int)ret;
    for (unsigned cap = 0; cap <= caps->last; cap++)
        if (caps->ambient >> cap & 1 &&
            (ret = sys(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0)) < 0)
            return (int)ret;
    *item = CAPS_SECUREBITS;
    if ((ret = sys(SYS_prctl, PR_SET_SECUREBITS, caps_securebits(plan), 0, 0, 0)) < 0)
        return (int)ret;
    *item = CAPS_BOUNDING;
    for (unsigned cap = 0; cap <= caps->last; cap++)
        if (!(caps->keep >> cap & 1) && (ret = sys(SYS_prctl, PR_CAPBSET_DROP, cap, 0, 0, 0)) < 0)
            return (int)ret;
    *item = CAPS_SET;
    return (int)caps_set(caps->keep, caps->ambient);
}

static void caps_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    static const char *const what[] = {
        [CAPS_INHERITABLE] = "the inheritable set",
        [CAPS_AMBIENT] = "the ambient set",
        [CAPS_SECUREBITS] = "the securebits",
        [CAPS_BOUNDING] = "the bounding set",
        [CAPS_SET] = "the permitted and effective sets",
    };
    if (item < CAPS_INHERITABLE || item > CAPS_SET)
        return;
    snprintf(error->text, sizeof(error->text), "could not set %s of capabilities", what[item]);
    err_at(error, plan->policy->capabilities_keep.origin);
}

static void caps_observe(const struct plan *plan, struct sbx_report *report)
{
    if (plan->caps.keep)
        guard_report(report, "caps", SBX_STATE_ENFORCED,
                     "kept: permitted and bounding 0x%llx, ambient 0x%llx; securebits locked",
                     (unsigned long long)plan->caps.keep, (unsigned long long)plan->caps.ambient);
    else
        guard_report(report, "caps", SBX_STATE_ENFORCED,
                     "all five capability sets empty, securebits locked");
}

const struct guard guard_caps = {
    .name = "caps",
    .names = caps_names,
    .check = caps_check,
    .prepare = caps_prepare,
    .enter = caps_enter,
    .explain = caps_explain,
    .observe = caps_observe,
};
