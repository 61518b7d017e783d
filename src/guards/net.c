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

const struct guard guard_net = {
    .name = "net",
    .prepare = net_prepare,
    .enter = net_enter,
    .explain = net_explain,
    .observe = net_observe,
};
