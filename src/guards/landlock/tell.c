/* SPDX-License-Identifier: MIT
 *
 * tell.c - the second wall in words: what it is made of, what this kernel's version of it can't
 * say, and what went wrong.
 */
#include "guards/landlock/landlock.h"
#include "policy/ports.h"
#include <errno.h>
#include <stdio.h>

static const struct origin nowhere = {.file = NULL};

struct phrase {
    char text[128];
};
struct sentence {
    char text[3 * sizeof(struct phrase) + 64];
};
struct paragraph {
    char text[sizeof(struct sentence) + 3 * sizeof(struct phrase) + 64];
};

/* "read, execute, write": what holds beneath a place. */
static struct phrase rights_text(uint64_t rights)
{
    struct phrase text;
    snprintf(text.text, sizeof(text.text), "%s%s%s%s%s", rights & LL_READ ? "read" : "nothing",
             rights & LL_EXECUTE ? ", execute" : "", rights & LL_WRITE_FILE ? ", write" : "",
             rights & LL_MAKE_REG ? ", make, remove, rename" : "",
             rights & LL_IOCTL_DEV ? ", use devices" : "");
    return text;
}

static size_t ports_with(const struct landlock_plan *landlock, uint64_t right)
{
    size_t count = 0;
    for (size_t i = 0; i < landlock->port_count; i++)
        count += (landlock->ports[i].rights & right) != 0;
    return count;
}

/* ", TCP connect to 3 ports alone": nothing where TCP is not bound. */
static struct phrase tcp_text(const struct landlock_plan *landlock, uint64_t right,
                              const char *what, const char *to)
{
    struct phrase text = {""};
    const size_t count = ports_with(landlock, right);
    if (landlock->handled_net & right && count)
        snprintf(text.text, sizeof(text.text), ", TCP %s%s %zu port%s alone", what, to, count,
                 count == 1 ? "" : "s");
    else if (landlock->handled_net & right)
        snprintf(text.text, sizeof(text.text), ", no TCP %s", what);
    return text;
}

/* What this ABI has beside the rules for files. */
static struct sentence extras_text(const struct landlock_plan *landlock)
{
    struct sentence text;
    snprintf(text.text, sizeof(text.text), "%s%s%s%s",
             landlock->scoped & LL_SCOPE_SIGNAL ? ", signals stay inside" : "",
             landlock->scoped & LL_SCOPE_ABSTRACT ? ", abstract sockets too" : "",
             tcp_text(landlock, LL_CONNECT_TCP, "connect", " to").text,
             tcp_text(landlock, LL_BIND_TCP, "bind", " to").text);
    return text;
}

/* What a newer ABI could say; with a ", " in front of each. */
static struct phrase lacks_text(int abi)
{
    struct phrase text;
    snprintf(text.text, sizeof(text.text), "%s%s%s%s%s",
             abi < 2 ? ", moves between directories (all are refused)" : "",
             abi < 3 ? ", truncate" : "", abi < LL_ABI_PORTS ? ", TCP ports" : "",
             abi < 5 ? ", ioctl on devices" : "", abi < 6 ? ", signals, abstract sockets" : "");
    return text;
}

static struct paragraph whole_text(const struct landlock_plan *landlock)
{
    struct paragraph text;
    struct phrase narrower = {""};
    const struct sentence extras = extras_text(landlock);
    const struct phrase lacks = lacks_text(landlock->abi);
    if (landlock->absent) {
        snprintf(text.text, sizeof(text.text), "Landlock ABI %d%s; for files it is %s",
                 landlock->abi, extras.text, landlock->absent);
        return text;
    }
    if (landlock->narrower)
        snprintf(narrower.text, sizeof(narrower.text),
                 "; mounts alone: %zu places narrower than what is around", landlock->narrower);
    snprintf(text.text, sizeof(text.text), "Landlock ABI %d: %zu rules%s%s%s%s", landlock->abi,
             landlock->count, extras.text, narrower.text, *lacks.text ? "; can't say: " : "",
             *lacks.text ? lacks.text + 2 : "");
    return text;
}

/* Where the rules for files are left out nothing is weaker than the profile says. */
static enum sbx_state state_of(const struct landlock_plan *landlock)
{
    return landlock->abi ? SBX_STATE_ENFORCED : SBX_STATE_OFF;
}

void landlock_observe(const struct plan *plan, struct sbx_report *report)
{
    guard_report(report, "landlock", state_of(&plan->landlock), "%s",
                 plan->landlock.abi ? whole_text(&plan->landlock).text : plan->landlock.absent);
}

static bool wall_of_ports(const struct plan *plan, uint64_t right, struct wall *wall)
{
    const struct landlock_plan *landlock = &plan->landlock;
    const struct value_list *list = right == LL_CONNECT_TCP ? &plan->policy->network_tcp_connect
                                                            : &plan->policy->network_tcp_bind;
    if (ports_any(list))
        return guard_wall(wall, SBX_STATE_OFF, "every port");
    if (right == LL_CONNECT_TCP && landlock_connects_nowhere(plan))
        return guard_wall(
            wall, SBX_STATE_ENFORCED,
            "no network to connect to; Landlock ABI %d, sockets that are lent connect "
            "nowhere",
            landlock->abi);
    const char *house = right == LL_CONNECT_TCP ? "MSG_FASTOPEN and TCP_ULP"
                        : list->count           ? "TCP_ULP"
                                                : "TCP_ULP and listen";
    return guard_wall(
        wall, SBX_STATE_ENFORCED,
        "Landlock ABI %d, %zu rules for TCP sockets; house rules of the filter on %s; "
        "datagrams are not bound",
        landlock->abi, ports_with(landlock, right), house);
}

bool landlock_wall(const struct plan *plan, enum key_id key, struct wall *wall)
{
    const struct landlock_plan *landlock = &plan->landlock;
    switch (key) {
    case KEY_network_tcp_connect:
        return wall_of_ports(plan, LL_CONNECT_TCP, wall);
    case KEY_network_tcp_bind:
        return wall_of_ports(plan, LL_BIND_TCP, wall);
    case KEY_landlock_mode:
        return guard_wall(wall, state_of(landlock), "%s",
                          landlock->abi ? whole_text(landlock).text : landlock->absent);
    default:
        return false;
    }
}

/* Where the run of ports that begins at `first` ends: they follow from one word. */
static size_t run_of(const struct landlock_plan *landlock, size_t first)
{
    const struct landlock_port *port = &landlock->ports[first];
    size_t next = first + 1;
    while (next < landlock->port_count && port[next - first].rights == port->rights &&
           port[next - first].port == port->port + (next - first) &&
           port[next - first].origin.column == port->origin.column)
        next++;
    return next;
}

static void describe_ports(const struct plan *plan, FILE *out)
{
    const struct landlock_plan *landlock = &plan->landlock;
    size_t next;
    for (size_t i = 0; i < landlock->port_count; i = next) {
        const struct landlock_port *port = &landlock->ports[i];
        const char *what = port->rights & LL_CONNECT_TCP ? "connect" : "bind";
        next = run_of(landlock, i);
        if (next - i > 1)
            guard_line(out, port->origin, "TCP %s to the ports %u to %u", what, port->port,
                       landlock->ports[next - 1].port);
        else
            guard_line(out, port->origin, "TCP %s to port %u%s", what, port->port,
                       port->port ? "" : ", one that the kernel picks");
    }
}

void landlock_rules_describe(const struct plan *plan, FILE *out)
{
    const struct landlock_plan *landlock = &plan->landlock;
    if (!landlock->abi) {
        guard_line(out, plan->policy->landlock_mode.origin, "nothing: %s", landlock->absent);
        return;
    }
    guard_line(out, plan->policy->landlock_mode.origin, "a Landlock ruleset, ABI %d%s",
               landlock->abi, extras_text(landlock).text);
    for (size_t i = 0; i < landlock->count; i++)
        guard_line(out, landlock->rules[i].origin, "beneath %s: %s", landlock->rules[i].place,
                   rights_text(landlock->rules[i].rights).text);
    describe_ports(plan, out);
    if (landlock->message_queues)
        guard_line(out, plan->policy->namespaces_ipc.origin,
                   "message queues of the new ipc namespace: %s",
                   rights_text(LL_READ | LL_WRITE).text);
}

void landlock_describe(const struct plan *plan, FILE *out)
{
    if (!plan->landlock.abi) {
        guard_line(out, nowhere, "nothing: there is no ruleset");
        return;
    }
    guard_line(out, nowhere,
               "what stdin, stdout and stderr are may be opened anew: a rule each, but "
               "for pipes and sockets, which need none");
    guard_line(out, nowhere, "landlock_restrict_self");
}

/* What to do where the ruleset can't be made. */
static const char *do_without(const struct plan *plan)
{
    return landlock_ports_asked(plan->policy)
               ? "set landlock.mode = off to do without, and network.tcp_connect and tcp_bind = any"
               : "set landlock.mode = off to do without";
}

void landlock_rules_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    const struct landlock_plan *landlock = &plan->landlock;
    const int behind = item - (int)landlock->count;
    if (item < 0 || behind >= LANDLOCK_PORT + (int)landlock->port_count)
        return;
    if (behind >= LANDLOCK_PORT) {
        const struct landlock_port *port = &landlock->ports[behind - LANDLOCK_PORT];
        snprintf(error->text, sizeof(error->text),
                 "could not make the Landlock rule for TCP port "
                 "%u",
                 port->port);
        err_hint(error, "EAFNOSUPPORT is the answer of a kernel without TCP; set "
                        "network.tcp_connect and tcp_bind to any to do without");
        err_at(error, port->origin);
        return;
    }
    if (behind >= 0) {
        snprintf(error->text, sizeof(error->text), "could not make %s",
                 behind == LANDLOCK_QUEUES ? "the Landlock rule for message queues"
                                           : "a Landlock ruleset");
        err_hint(error, "%s", do_without(plan));
        err_at(error, plan->policy->landlock_mode.origin);
        return;
    }
    snprintf(error->text, sizeof(error->text), "could not make the Landlock rule for %s",
             landlock->rules[item].place);
    if (error->sys_errno == ESTALE || error->sys_errno == ELOOP || error->sys_errno == ENOENT)
        err_hint(error,
                 "a directory on the way to it was moved while the sandbox was starting: run "
                 "it again, and see who changes that path");
    else
        err_hint(error, "%s", do_without(plan));
    err_at(error, landlock->rules[item].origin);
}

void landlock_explain(const struct plan *plan, int item, struct sbx_error *error)
{
    static const char *const what[] = {
        [LANDLOCK_STDIN] = "could not make the Landlock rule for stdin",
        [LANDLOCK_STDOUT] = "could not make the Landlock rule for stdout",
        [LANDLOCK_STDERR] = "could not make the Landlock rule for stderr",
        [LANDLOCK_RESTRICT] = "could not put the Landlock ruleset in force",
    };
    if (item < LANDLOCK_STDIN || item > LANDLOCK_RESTRICT)
        return;
    snprintf(error->text, sizeof(error->text), "%s", what[item]);
    if (item == LANDLOCK_RESTRICT && error->sys_errno == E2BIG)
        err_hint(error,
                 "the kernel stacks no more rulesets than those that are in force around the "
                 "launcher; %s",
                 do_without(plan));
    else
        err_hint(error, "%s", do_without(plan));
    err_at(error, plan->policy->landlock_mode.origin);
}
