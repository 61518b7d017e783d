/* SPDX-License-Identifier: MIT
 *
 * ports.c - network.tcp_connect and tcp_bind: from lists of ports to Landlock's rules, and what
 * can't go together with them. Pure.
 *
 * Landlock looks at connect(2) and bind(2) of TCP sockets, and at nothing else. The other ways to
 * the same end are closed by the seccomp guard's house rules, or refused here: families that speak
 * TCP underneath, and a list for bind that claims to leave no port of the kernel's choice, while a
 * listen(2) without bind(2) takes one.
 *
 * Sources: the kernel's Documentation/userspace-api/landlock.rst, security/landlock/net.c.
 */
#include "policy/ports.h"
#include "guards/landlock/landlock.h"
#include <string.h>
#include <sys/socket.h>

/* The kernel puts each into a tree of its own memory; a range of thousands is a mistake. */
enum { PORTS_MAX = 512 };

bool landlock_ports_asked(const struct sbx_policy *policy)
{
    return !ports_any(&policy->network_tcp_connect) || !ports_any(&policy->network_tcp_bind);
}

/* The list that asks for ports; the first of the two. */
static const struct key *asking_key(const struct sbx_policy *policy)
{
    return &policy_keys[ports_any(&policy->network_tcp_connect) ? KEY_network_tcp_bind
                                                                : KEY_network_tcp_connect];
}

static struct origin asking_origin(const struct sbx_policy *policy)
{
    const struct value_list *list = key_field(policy, asking_key(policy));
    return list->count ? list->items[0].origin : list->origin;
}

/* ---- check ---------------------------------------------------------------------------------- */

/* Families whose sockets connect by TCP inside the kernel, where Landlock does not look. */
static const int tunnels[] = {AF_SMC, AF_RDS};

static int check_families(const struct sbx_policy *policy, struct diag *diag)
{
    const struct value_list *families = &policy->network_families;
    int result = 0;
    for (size_t i = 0; i < families->count; i++)
        for (size_t j = 0; j < sizeof(tunnels) / sizeof(tunnels[0]); j++)
            if (families->items[i].number == tunnels[j])
                result |= diag_error(diag, families->items[i].origin, 0,
                                     "take the family away, or leave the ports open with any",
                                     "network.families: %s connects by TCP inside the kernel, to "
                                     "ports that network.%s can't bind it to",
                                     families->items[i].text, asking_key(policy)->name);
    return result;
}

/* "any" beside ports is open, and looks as if it were not. */
static int check_any(const struct key *key, const struct value_list *list, struct diag *diag)
{
    for (size_t i = 0; i < list->count; i++)
        if (!ports_item_any(&list->items[i]))
            return diag_error(diag, list->items[i].origin, 0,
                              "take any away, by !any where another profile says it; or take the "
                              "ports away",
                              "network.%s: %s restricts nothing beside any", key->name,
                              list->items[i].text);
    return 0;
}

static const struct item *item_with(const struct value_list *list, bool zero)
{
    for (size_t i = 0; i < list->count; i++)
        if ((list->items[i].number == 0) == zero)
            return &list->items[i];
    return NULL;
}

static int check_list(const struct key *key, const struct value_list *list, struct diag *diag)
{
    const struct item *zero = item_with(list, true), *port = item_with(list, false);
    const bool binds = key == &policy_keys[KEY_network_tcp_bind];
    struct ports ports;
    ports_set(list, &ports);
    if (ports_count(&ports) > PORTS_MAX)
        return diag_error(diag, port->origin, 0, "name the ports that are needed, or any",
                          "network.%s: %zu ports are more than the %d that can be named", key->name,
                          ports_count(&ports), PORTS_MAX);
    if (zero && !binds)
        return diag_error(diag, zero->origin, 0, "take it away",
                          "network.%s: 0 is no port that could be connected to", key->name);
    if (port && !zero && binds)
        return diag_error(
            diag, port->origin, 0,
            "add 0, which says that a port of the kernel's choice is fine too",
            "network.%s: %s alone can't be kept: listen(2) on a socket that was never "
            "bound takes a port of the kernel's choice, and Landlock does not see it",
            key->name, port->text);
    return 0;
}

int landlock_ports_check(const struct sbx_policy *policy, struct diag *diag)
{
    static const enum key_id keys[] = {KEY_network_tcp_connect, KEY_network_tcp_bind};
    int result = 0;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const struct key *key = &policy_keys[keys[i]];
        const struct value_list *list = key_field(policy, key);
        result |= ports_any(list) ? check_any(key, list, diag) : check_list(key, list, diag);
    }
    if (!landlock_ports_asked(policy))
        return result;
    result |= check_families(policy, diag);
    if (policy->landlock_mode.v == LANDLOCK_OFF)
        result |= diag_error(diag, asking_origin(policy), 0,
                             "set landlock.mode = auto, or leave the ports open with any",
                             "network.%s needs Landlock, and landlock.mode is off",
                             asking_key(policy)->name);
    return result;
}

/* ---- review --------------------------------------------------------------------------------- */

static bool names(const struct value_list *list, const char *word)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].first, word) == 0)
            return true;
    return false;
}

/* With no interface up, and no right to bring one up. */
static bool has_no_network(const struct sbx_policy *policy)
{
    return policy->network_mode.v == NETMODE_NONE && policy->namespaces_nested.v == YESNO_NO &&
           !names(&policy->capabilities_keep, "cap_net_admin");
}

static bool has_datagrams(const struct sbx_policy *policy)
{
    const struct value_list *families = &policy->network_families;
    for (size_t i = 0; i < families->count; i++)
        if (families->items[i].number == AF_INET || families->items[i].number == AF_INET6)
            return true;
    return false;
}

void landlock_ports_review(const struct sbx_policy *policy, struct diag *diag)
{
    if (!landlock_ports_asked(policy))
        return;
    if (has_no_network(policy))
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_no_effect, asking_origin(policy),
                  "take it away, or choose another network.mode",
                  "network.%s has no effect: network.mode is none, there is no network to connect "
                  "to",
                  asking_key(policy)->name);
    else if (policy->network_mode.v == NETMODE_HOST && has_datagrams(policy))
        diag_lint(diag, SBX_SEVERITY_NOTE, RULE_datagrams, asking_origin(policy),
                  "it is known: --ignore datagrams",
                  "network.%s is about TCP: datagrams (UDP) still go to every port and come from "
                  "every port",
                  asking_key(policy)->name);
}

/* ---- prepare -------------------------------------------------------------------------------- */

int landlock_ports_refuse(const struct plan *plan, int reason, const char *why,
                          struct sbx_error *error)
{
    const char *name = asking_key(plan->policy)->name;
    err_set(error, SBX_E_HOST, reason, LANDLOCK_STAGE,
            "network.%s: nothing but Landlock keeps TCP to some ports: %s", name, why);
    err_hint(error,
             "run Linux 6.7 or newer with Landlock switched on; or set network.%s = any, to leave "
             "ports open",
             name);
    return err_at(error, asking_origin(plan->policy));
}

/* Adds what a list allows to the rules. */
static void add_list(const struct value_list *list, uint64_t right, struct landlock_port *rules,
                     size_t *count)
{
    struct ports ports;
    ports_set(list, &ports);
    for (size_t i = 0; i < list->count; i++)
        for (unsigned port = (unsigned)list->items[i].number; port <= (unsigned)list->items[i].last;
             port++)
            if (ports_has(&ports, port)) {
                ports.bits[port / 64] &= ~(UINT64_C(1) << port % 64); /* once */
                rules[(*count)++] = (struct landlock_port){
                    .port = port, .rights = right, .origin = list->items[i].origin};
            }
}

static size_t list_size(const struct value_list *list)
{
    struct ports ports;
    ports_set(list, &ports);
    return ports_any(list) ? 1 : ports_count(&ports) + 1;
}

int landlock_ports_derive(struct plan *plan, int abi, struct sbx_error *error)
{
    const struct sbx_policy *policy = plan->policy;
    struct landlock_plan *landlock = &plan->landlock;
    const bool binds = !ports_any(&policy->network_tcp_bind);
    const bool connects = !ports_any(&policy->network_tcp_connect);
    const size_t room =
        list_size(&policy->network_tcp_connect) + list_size(&policy->network_tcp_bind);
    struct landlock_port *rules = arena_array(&plan->arena, room, sizeof(*rules));
    if (!landlock->ruleset)
        landlock->ruleset = arena_array(&plan->arena, 1, sizeof(*landlock->ruleset));
    if (!rules || !landlock->ruleset)
        return err_memory(error, LANDLOCK_STAGE);
    *landlock->ruleset = -1;
    /* Where there is no network a lent socket may connect nowhere, as without the list. */
    if (connects && !landlock_connects_nowhere(plan))
        add_list(&policy->network_tcp_connect, LL_CONNECT_TCP, rules, &landlock->port_count);
    if (binds)
        add_list(&policy->network_tcp_bind, LL_BIND_TCP, rules, &landlock->port_count);
    landlock->handled_net |= (connects ? LL_CONNECT_TCP : 0U) | (binds ? LL_BIND_TCP : 0U);
    landlock->flags = abi >= 7 ? LL_LOG_SUBDOMAINS_OFF : 0;
    landlock->ports = rules;
    landlock->abi = abi;
    return 0;
}
