/* SPDX-License-Identifier: MIT
 *
 * landlock.c - the Landlock guard: whether there is a second wall, and why not.
 *
 * Of what is said of files nothing rests on it, so a kernel without it keeps all these promises
 * too: unless the profile says `require`, such a launch goes on and the report says what is
 * missing. `auto` also leaves it out where it would refuse what the profile grants. Ports of TCP
 * are kept by nothing else: where it can't keep them, there is no launch.
 */
#include "guards/landlock/landlock.h"
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>

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

/* Why `auto` leaves the rules for files out; NULL where it does not. */
static const char *why_left_out(const struct plan *plan, const struct host *host)
{
    if (mounts_inside(plan))
        return "left out: it would refuse the mounts that the profile lets the program make";
    if (shares_queues(plan))
        return "left out: it would refuse the host's message queues";
    if (host->landlock_abi < ABI_RENAMES)
        return "left out: ABI 1, this kernel's, refuses to rename and link between directories";
    return NULL;
}

static int refuse(const struct plan *plan, const struct host *host, struct sbx_error *error)
{
    const char *advice, *why = why_none(host, &advice);
    err_set(error, SBX_E_HOST, host->landlock_errno, LANDLOCK_STAGE, "landlock.mode = require: %s",
            why);
    err_hint(error, "%s; or set landlock.mode = auto", advice);
    return err_at(error, plan->policy->landlock_mode.origin);
}

/* Ports are a promise of their own, which nothing else keeps. */
static int prepare_ports(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    const char *advice;
    char why[96];
    if (!landlock_ports_asked(plan->policy))
        return 0;
    if (plan->policy->landlock_mode.v == LANDLOCK_OFF)
        return landlock_ports_refuse(plan, 0, "landlock.mode is off", error);
    if (host->landlock_abi < 1)
        return landlock_ports_refuse(plan, host->landlock_errno, why_none(host, &advice), error);
    if (host->landlock_abi >= LL_ABI_PORTS)
        return landlock_ports_derive(plan, host->landlock_abi, error);
    snprintf(why, sizeof(why), "this kernel has ABI %d, and ports need ABI %d", host->landlock_abi,
             LL_ABI_PORTS);
    return landlock_ports_refuse(plan, 0, why, error);
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
    else if (mode == LANDLOCK_AUTO)
        plan->landlock.absent = why_left_out(plan, host);
    if (!plan->landlock.absent && landlock_derive(plan, host->landlock_abi, error) != 0)
        return -1;
    return prepare_ports(plan, host, error);
}

const struct guard guard_landlock_rules = {
    .name = "landlock",
    .enter = landlock_rules_enter,
    .explain = landlock_rules_explain,
    .describe = landlock_rules_describe,
};

const struct guard guard_landlock = {
    .name = "landlock",
    .check = landlock_ports_check,
    .review = landlock_ports_review,
    .probe = landlock_probe,
    .prepare = landlock_prepare,
    .enter = landlock_enter,
    .explain = landlock_explain,
    .observe = landlock_observe,
    .describe = landlock_describe,
    .wall = landlock_wall,
};
