/* SPDX-License-Identifier: MIT
 *
 * landlock.c - the Landlock guard: whether there is a second wall, and why not.
 *
 * Nothing that the profile promises rests on it, so a kernel without it keeps all promises too:
 * unless the profile says `require`, such a launch goes on and the report says what is missing.
 * `auto` also leaves it out where it would refuse what the profile grants.
 */
#include "guards/landlock/landlock.h"
#include <errno.h>
#include <linux/capability.h>

enum { CREATE_RULESET_VERSION = 1, ABI_RENAMES = 2 };

static void landlock_probe(struct host *host)
{
    long abi = sys(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
    host->landlock_abi = abi > 0 ? (int)abi : 0;
    host->landlock_errno = abi < 0 ? (int)-abi : 0;
}

/* Why the machine has none, and what to do about it. */
static const char *why_none(const struct host *host, const char **advice)
{
    switch (host->landlock_errno) {
    case EOPNOTSUPP:
        *advice = "add landlock to lsm= on the kernel's command line; /sys/kernel/security/lsm has "
                  "the list that is in force";
        return "the kernel has Landlock, but it was not switched on at boot";
    case 0:
    case ENOSYS:
        *advice = "run a kernel with CONFIG_SECURITY_LANDLOCK (Linux 5.13 and newer); inside a "
                  "container its filter may hide it";
        return "this kernel has no Landlock";
    default:
        *advice = "let the filter of the container around it allow the landlock_ system calls";
        return "the kernel refuses to tell of Landlock, as it does behind a filter";
    }
}

/* Landlock refuses every change of mounts, whoever asks. */
static bool mounts_inside(const struct plan *plan)
{
    return plan->policy->namespaces_nested.v == YESNO_YES || plan->caps.keep >> CAP_SYS_ADMIN & 1;
}

/* The host's own are in a file system that only its root may mount. */
static bool shares_queues(const struct plan *plan)
{
    return plan->policy->namespaces_ipc.v == SHARE_HOST && plan->seccomp.message_queues;
}

static int refuse(const struct plan *plan, const struct host *host, struct sbx_error *error)
{
    const char *advice, *why = why_none(host, &advice);
    err_set(error, SBX_E_HOST, host->landlock_errno, LANDLOCK_STAGE, "landlock.mode = require: %s",
            why);
    err_hint(error, "%s; or set landlock.mode = auto", advice);
    return err_at(error, plan->policy->landlock_mode.origin);
}

static int landlock_prepare(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    const int mode = plan->policy->landlock_mode.v;
    const char *advice;
    if (mode == LANDLOCK_REQUIRE && host->landlock_abi < 1)
        return refuse(plan, host, error);
    if (mode == LANDLOCK_OFF)
        plan->landlock.absent = "not asked for";
    else if (host->landlock_abi < 1)
        plan->landlock.absent = why_none(host, &advice);
    else if (mode == LANDLOCK_AUTO && mounts_inside(plan))
        plan->landlock.absent = "left out: it would refuse the mounts that the profile lets the "
                                "program make";
    else if (mode == LANDLOCK_AUTO && shares_queues(plan))
        plan->landlock.absent = "left out: it would refuse the host's message queues";
    else if (mode == LANDLOCK_AUTO && host->landlock_abi < ABI_RENAMES)
        plan->landlock.absent =
            "left out: ABI 1, this kernel's, refuses to rename and link between "
            "directories";
    return plan->landlock.absent ? 0 : landlock_derive(plan, host->landlock_abi, error);
}

const struct guard guard_landlock_rules = {
    .name = "landlock",
    .enter = landlock_rules_enter,
    .explain = landlock_rules_explain,
    .describe = landlock_rules_describe,
};

const struct guard guard_landlock = {
    .name = "landlock",
    .probe = landlock_probe,
    .prepare = landlock_prepare,
    .enter = landlock_enter,
    .explain = landlock_explain,
    .observe = landlock_observe,
    .describe = landlock_describe,
    .wall = landlock_wall,
};
