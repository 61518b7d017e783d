/* SPDX-License-Identifier: MIT
 *
 * net.c - the network namespace.
 *
 * A new network namespace has one interface, lo, and it is down. It also has its own abstract unix
 * sockets. Which socket families may be asked for is the seccomp guard's matter.
 *
 * Sources: network_namespaces(7), netdevice(7).
 */
#include "base/sys.h"
#include "guards/guard.h"
#include "policy/policy.h"
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Families that reach further than the network namespace, or that open more of the kernel. */
static const struct {
    int family;
    bool everywhere; /* whatever network.mode is */
    const char *what;
} wide[] = {
    {AF_VSOCK, true, "reaches the hypervisor and other virtual machines: no namespace bounds it"},
    {AF_NETLINK, false,
     "reads the host's routes, neighbours and sockets, and opens more of the "
     "kernel to attack"},
    {AF_PACKET, false,
     "reads and forges all packets of the host, where the kernel grants it: it "
     "asks for CAP_NET_RAW over the host's network"},
    {AF_BLUETOOTH, false, "reaches the radio's neighbours"},
    {AF_TIPC, false, "reaches the cluster, and opens more of the kernel to attack"},
    {AF_RDS, false, "opens more of the kernel to attack"},
};

static void review_family(const struct sbx_policy *policy, const struct item *item,
                          struct diag *diag)
{
    const bool host = policy->network_mode.v == NETMODE_HOST;
    if (item->number == AF_UNIX && host)
        diag_lint(
            diag, SBX_SEVERITY_WARNING, RULE_abstract_sockets,
            item->origin.file ? item->origin : policy->network_mode.origin,
            "take it away with families = !unix, or choose another network.mode",
            "network.families: unix, with network.mode = host: the abstract sockets of the "
            "host can be reached (X11, D-Bus, container runtimes), for they have no path that "
            "[files] could hide");
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (item->number == wide[i].family && (host || wide[i].everywhere))
            diag_lint(diag, SBX_SEVERITY_WARNING, RULE_wide_family,
                      item->origin.file ? item->origin : policy->network_mode.origin,
                      "take it away, unless the program can't do without",
                      "network.families: %s %s", item->text, wide[i].what);
}

static void net_review(const struct sbx_policy *policy, struct diag *diag)
{
    if (policy->network_mode.v == NETMODE_HOST)
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_host_network, policy->network_mode.origin,
                  "network.mode = loopback has a private lo, none has nothing",
                  "network.mode = host: the program reaches what this machine reaches, its own "
                  "services on localhost among it");
    for (size_t i = 0; i < policy->network_families.count; i++)
        review_family(policy, &policy->network_families.items[i], diag);
}

static int net_prepare(struct plan *plan, const struct host *host, struct sbx_error *error)
{
    (void)host;
    (void)error;
    plan->net.private_ns = plan->policy->network_mode.v != NETMODE_HOST;
    plan->net.loopback_up = plan->policy->network_mode.v == NETMODE_LOOPBACK;
    if (plan->net.private_ns)
        plan->ns.clone_flags |= CLONE_NEWNET;
    return 0;
}

static int net_enter(const struct plan *plan, int *item)
{
    struct ifreq request = {.ifr_name = "lo"};
    *item = 0;
    if (!plan->net.loopback_up)
        return 0;
    long fd = sys(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return (int)fd;
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    long ret = sys(SYS_ioctl, fd, SIOCSIFFLAGS, &request);
    sys(SYS_close, fd);
    return (int)ret;
}

static void net_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    (void)item;
    snprintf(error->text, sizeof(error->text), "could not bring up the private loopback interface");
    err_at(error, plan->policy->network_mode.origin);
}

static void net_observe(const struct plan *plan, struct sbx_report *report)
{
    if (!plan->net.private_ns)
        guard_report(report, "net", SBX_STATE_OFF, "the host's network");
    else
        guard_report(report, "net", SBX_STATE_ENFORCED, "network namespace, lo %s",
                     plan->net.loopback_up ? "up" : "down");
}

static void net_describe(const struct plan *plan, FILE *out)
{
    const struct origin origin = plan->policy->network_mode.origin;
    if (!plan->net.private_ns)
        guard_line(out, origin, "nothing: the network namespace is the host's");
    else if (plan->net.loopback_up)
        guard_line(out, origin, "bring lo up in the new network namespace (SIOCSIFFLAGS)");
    else
        guard_line(out, origin, "nothing: lo of the new network namespace stays down");
}

static bool net_wall(const struct plan *plan, enum key_id key, struct wall *wall)
{
    if (key != KEY_network_mode)
        return false;
    if (!plan->net.private_ns)
        return guard_wall(wall, SBX_STATE_OFF, "the host's network namespace");
    return guard_wall(wall, SBX_STATE_ENFORCED, "network namespace of its own, lo %s",
                      plan->net.loopback_up ? "up" : "down");
}

const struct guard guard_net = {
    .name = "net",
    .review = net_review,
    .prepare = net_prepare,
    .enter = net_enter,
    .explain = net_explain,
    .observe = net_observe,
    .describe = net_describe,
    .wall = net_wall,
};
