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

/* What a capability is good for inside, for those that give much. `inside` is NULL where the kernel
 * asks for the capability in its first user namespace alone (capable(), not ns_capable()). */
static const struct {
    cap_value_t number;
    const char *inside;
} strong[] = {
    {CAP_SYS_ADMIN, "mounts, unmounts and makes read-only binds writable again, wherever "
                    "[syscalls] lets such calls through, and opens most of the kernel to attack"},
    {CAP_SYS_PTRACE, "traces every process of the sandbox that has its dumpable flag, whatever its "
                     "capabilities are, and reads its memory"},
    {CAP_DAC_READ_SEARCH, "reads past the permission bits of all files that belong to the ids of "
                          "the sandbox, and opens files by handle where the kernel allows that"},
    {CAP_DAC_OVERRIDE, "reads, writes and executes past the permission bits of all files that "
                       "belong to the ids of the sandbox"},
    {CAP_FOWNER, "changes modes and attributes of all files that belong to the ids of the sandbox"},
    {CAP_CHOWN, "changes the owner of files to any id of the sandbox"},
    {CAP_SETUID, "takes on any user id of the sandbox, and writes its id maps"},
    {CAP_SETGID, "takes on any group id of the sandbox, and writes its id maps"},
    {CAP_SETPCAP, "hands on capabilities and changes securebits that are not locked"},
    {CAP_SETFCAP, "gives programs capabilities of the sandbox's own user namespace"},
    {CAP_SYS_CHROOT, "changes the root directory, the classic way out of a chroot, and enters "
                     "mount namespaces"},
    {CAP_NET_ADMIN, "sets up interfaces, routes and packet filters of a private network, and opens "
                    "a large part of the kernel's network code to attack"},
    {CAP_NET_RAW, "makes raw and packet sockets in a private network, and opens more of the "
                  "kernel's network code to attack"},
    {CAP_CHECKPOINT_RESTORE, "chooses process ids, and follows the links of /proc to open files"},
    {CAP_SYS_BOOT, "ends the whole sandbox at once"},
    {CAP_SYS_MODULE, NULL},
    {CAP_SYS_RAWIO, NULL},
    {CAP_SYS_TIME, NULL},
    {CAP_SYSLOG, NULL},
    {CAP_MKNOD, NULL},
    {CAP_BPF, NULL},
    {CAP_PERFMON, NULL},
};

static void review_capability(const struct item *item, struct diag *diag)
{
    static const char hint[] = "take it away, unless the program can't do without";
    cap_value_t number;
    if (cap_from_name(item->first, &number) != 0)
        return; /* optional, and unknown here */
    for (size_t i = 0; i < sizeof(strong) / sizeof(strong[0]); i++) {
        if (strong[i].number != number)
            continue;
        if (strong[i].inside)
            diag_lint(diag, SBX_SEVERITY_WARNING, RULE_root_capability, item->origin, hint,
                      "capabilities.keep: %s, which is root's, %s; it counts in the sandbox's own "
                      "user namespace only",
                      item->text, strong[i].inside);
        else
            diag_lint(diag, SBX_SEVERITY_NOTE, RULE_root_capability, item->origin, hint,
                      "capabilities.keep: %s, which is root's, gives the program nothing: Linux "
                      "asks for it in its first user namespace, never in that of a sandbox",
                      item->text);
    }
}

static void caps_review(const struct sbx_policy *policy, struct diag *diag)
{
    for (size_t i = 0; i < policy->capabilities_keep.count; i++)
        review_capability(&policy->capabilities_keep.items[i], diag);
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

/* The names of a set, with blanks between; "none" for the empty one. */
static void set_text(uint64_t set, char *text, size_t size)
{
    size_t used = 0;
    snprintf(text, size, "none");
    for (cap_value_t number = 0; number < 64 && used < size; number++) {
        if (!(set >> number & 1))
            continue;
        char *name = cap_to_name(number);
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "", name ? name : "?");
        cap_free(name);
    }
}

static void caps_describe(const struct plan *plan, FILE *out)
{
    const struct sbx_policy *policy = plan->policy;
    const struct origin nowhere = {.file = NULL};
    char keep[2048], ambient[2048];
    set_text(plan->caps.keep, keep, sizeof(keep));
    set_text(plan->caps.ambient, ambient, sizeof(ambient));
    guard_line(out, policy->capabilities_ambient.origin, "inheritable set: %s", ambient);
    guard_line(out, policy->capabilities_ambient.origin, "ambient set: %s", ambient);
    guard_line(out, nowhere, "securebits, locked: no_setuid_fixup, no_cap_ambient_raise%s",
               caps_securebits(plan) & SECBIT_NOROOT ? ", noroot" : "");
    guard_line(out, policy->capabilities_keep.origin, "bounding set: %s", keep);
    guard_line(out, policy->capabilities_keep.origin, "permitted and effective set: %s", keep);
}

static bool caps_wall(const struct plan *plan, enum key_id key, struct wall *wall)
{
    char set[200];
    if (key == KEY_capabilities_keep) {
        set_text(plan->caps.keep, set, sizeof(set));
        return guard_wall(wall, SBX_STATE_ENFORCED, "permitted, effective, bounding: %s", set);
    }
    if (key != KEY_capabilities_ambient)
        return false;
    set_text(plan->caps.ambient, set, sizeof(set));
    return guard_wall(wall, SBX_STATE_ENFORCED, "inheritable, ambient: %s; securebits locked", set);
}

const struct guard guard_caps = {
    .name = "caps",
    .names = caps_names,
    .check = caps_check,
    .review = caps_review,
    .prepare = caps_prepare,
    .enter = caps_enter,
    .explain = caps_explain,
    .observe = caps_observe,
    .describe = caps_describe,
    .wall = caps_wall,
};
