/* SPDX-License-Identifier: MIT
 *
 * test_landlock_ports.c - network.tcp_connect and tcp_bind: which rules follow from them, on which
 * version of Landlock, what is refused, and what is told. Machines are made up; the kernel is asked
 * by live.landlock_ports.
 */
#include "guards/landlock/landlock.h"
#include "policy/ports.h"
#include "test_policy.h"
#include <errno.h>
#include <linux/capability.h>

enum { NEWEST = 7 };

static struct plan plan_of(const struct sbx_policy *policy)
{
    const int mode = policy->network_mode.v;
    return (struct plan){
        .policy = policy,
        .net = {.private_ns = mode != NETMODE_HOST, .loopback_up = mode == NETMODE_LOOPBACK}};
}

static struct sbx_policy *with_line(const char *line)
{
    char text[512];
    snprintf(text, sizeof(text), "[network]\n%s\n", line);
    return load_text(text);
}

static void prepared(struct plan *plan, int abi)
{
    const struct host host = {.landlock_abi = abi};
    struct sbx_error error = {0};
    if (guard_landlock.prepare(plan, &host, &error) != 0)
        fail_msg("%s (%s)", error.text, error.hint);
}

/* The rights on a port: each stands there once. */
static uint64_t at(const struct plan *plan, unsigned port)
{
    uint64_t rights = 0;
    for (size_t i = 0; i < plan->landlock.port_count; i++)
        if (plan->landlock.ports[i].port == port) {
            assert_int_equal(rights & plan->landlock.ports[i].rights, 0);
            rights |= plan->landlock.ports[i].rights;
        }
    return rights;
}

static struct wall wall_of(const struct plan *plan, enum key_id key)
{
    struct wall wall = {.mechanism = ""};
    assert_true(guard_landlock.wall(plan, key, &wall));
    return wall;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("'%s' is not in '%s'", part, text);
}

/* ---- rules ---------------------------------------------------------------------------------- */

static void open_ports(void **state)
{
    struct sbx_policy *policy = with_line("mode = host");
    struct plan plan = plan_of(policy);
    (void)state;
    prepared(&plan, NEWEST);
    assert_int_equal(plan.landlock.handled_net, 0);
    assert_int_equal(plan.landlock.port_count, 0);
    assert_int_equal(wall_of(&plan, KEY_network_tcp_connect).state, SBX_STATE_OFF);
    assert_int_equal(wall_of(&plan, KEY_network_tcp_bind).state, SBX_STATE_OFF);
    arena_free(&plan.arena);
    policy_free(policy);
}

static void named_ports(void **state)
{
    struct sbx_policy *policy =
        with_line("mode = host\ntcp_connect = 443 8000-8002 8001\ntcp_bind = 0 443");
    struct plan plan = plan_of(policy);
    struct sbx_report report = {0};
    char *steps = NULL;
    size_t size = 0;
    (void)state;
    prepared(&plan, 4);
    assert_int_equal(plan.landlock.handled_net, LL_CONNECT_TCP | LL_BIND_TCP);
    assert_int_equal(plan.landlock.port_count, 6);
    assert_int_equal(at(&plan, 443), LL_CONNECT_TCP | LL_BIND_TCP);
    assert_int_equal(at(&plan, 8001), LL_CONNECT_TCP);
    assert_int_equal(at(&plan, 0), LL_BIND_TCP);
    assert_int_equal(at(&plan, 8003), 0);
    guard_landlock.observe(&plan, &report);
    has(report.guards[0].mechanism, ", TCP connect to 4 ports alone, TCP bind to 2 ports alone");
    assert_int_equal(report.unkept_count, 0);
    has(wall_of(&plan, KEY_network_tcp_connect).mechanism, "Landlock ABI 4, 4 rules for TCP");
    has(wall_of(&plan, KEY_network_tcp_bind).mechanism, "Landlock ABI 4, 2 rules for TCP");
    FILE *out = open_memstream(&steps, &size);
    guard_landlock_rules.describe(&plan, out);
    fclose(out);
    has(steps, "TCP connect to port 443");
    has(steps, "TCP connect to the ports 8000 to 8002");
    has(steps, "TCP bind to port 0, one that the kernel picks");
    free(steps);
    arena_free(&plan.arena);
    policy_free(policy);
}

/* An empty list is no port: it never opens what a word closed. */
static void no_ports(void **state)
{
    struct sbx_policy *policy = with_line("mode = host\ntcp_connect =\ntcp_bind =");
    struct plan plan = plan_of(policy);
    struct sbx_report report = {0};
    (void)state;
    prepared(&plan, NEWEST);
    assert_int_equal(plan.landlock.handled_net, LL_CONNECT_TCP | LL_BIND_TCP);
    assert_int_equal(plan.landlock.port_count, 0);
    guard_landlock.observe(&plan, &report);
    has(report.guards[0].mechanism, ", no TCP connect, no TCP bind");
    assert_int_equal(wall_of(&plan, KEY_network_tcp_connect).state, SBX_STATE_ENFORCED);
    arena_free(&plan.arena);
    policy_free(policy);
}

/* Without a network a list does not open what is closed without it. */
static void no_network(void **state)
{
    struct sbx_policy *policy = with_line("mode = none\ntcp_connect = 443");
    struct plan plan = plan_of(policy);
    (void)state;
    prepared(&plan, NEWEST);
    assert_int_equal(plan.landlock.handled_net, LL_CONNECT_TCP);
    assert_int_equal(plan.landlock.port_count, 0);
    has(wall_of(&plan, KEY_network_tcp_connect).mechanism, "no network to connect to");
    arena_free(&plan.arena);
    plan = plan_of(policy);
    plan.caps.keep = 1u << CAP_NET_ADMIN; /* it can bring its lo up */
    prepared(&plan, NEWEST);
    assert_int_equal(at(&plan, 443), LL_CONNECT_TCP);
    arena_free(&plan.arena);
    policy_free(policy);
}

/* What `auto` leaves out are the rules for files. */
static void ports_without_files(void **state)
{
    struct sbx_policy *policy =
        load_text("[network]\nmode = host\ntcp_connect = 443\n[namespaces]\nnested = yes\n");
    struct plan plan = plan_of(policy);
    struct sbx_report report = {0};
    (void)state;
    prepared(&plan, NEWEST);
    assert_int_equal(plan.landlock.abi, NEWEST);
    assert_int_equal(plan.landlock.handled_fs, 0);
    assert_int_equal(plan.landlock.scoped, 0);
    assert_int_equal(plan.landlock.count, 0);
    assert_int_equal(at(&plan, 443), LL_CONNECT_TCP);
    guard_landlock.observe(&plan, &report);
    assert_int_equal(report.guards[0].state, SBX_STATE_ENFORCED);
    has(report.guards[0].mechanism, "TCP connect to 1 port alone; for files it is left out: it");
    arena_free(&plan.arena);
    policy_free(policy);
}

/* ---- older kernels -------------------------------------------------------------------------- */

static void refused_on(const char *line, int abi, int reason, const char *part)
{
    const struct host host = {.landlock_abi = abi, .landlock_errno = reason};
    struct sbx_policy *policy = with_line(line);
    struct plan plan = plan_of(policy);
    struct sbx_error error = {0};
    assert_int_equal(guard_landlock.prepare(&plan, &host, &error), -1);
    assert_int_equal(error.code, SBX_E_HOST);
    has(error.text, part);
    has(error.hint, "Linux 6.7");
    assert_int_equal(error.origin.line, 2);
    arena_free(&plan.arena);
    policy_free(policy);
}

static void each_abi(void **state)
{
    static const char *const lines[] = {"tcp_connect = 443", "tcp_bind = 0", "tcp_bind ="};
    char part[64];
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        refused_on(lines[i], 0, ENOSYS, "this kernel has no Landlock");
        refused_on(lines[i], 0, EOPNOTSUPP, "not switched on at boot");
        for (int abi = 1; abi < LL_ABI_PORTS; abi++) {
            snprintf(part, sizeof(part), "this kernel has ABI %d, and ports need ABI 4", abi);
            refused_on(lines[i], abi, 0, part);
        }
        for (int abi = LL_ABI_PORTS; abi <= NEWEST; abi++) {
            struct sbx_policy *policy = with_line(lines[i]);
            struct plan plan = plan_of(policy);
            prepared(&plan, abi);
            assert_true(plan.landlock.handled_net != 0);
            arena_free(&plan.arena);
            policy_free(policy);
        }
    }
}

static void failures_are_named(void **state)
{
    struct sbx_policy *policy = with_line("mode = host\ntcp_connect = 443 80");
    struct plan plan = plan_of(policy);
    struct sbx_error error = {.sys_errno = EAFNOSUPPORT};
    (void)state;
    prepared(&plan, NEWEST);
    guard_landlock_rules.explain(&plan, (int)plan.landlock.count + LANDLOCK_PORT + 1, &error);
    has(error.text, "TCP port 80");
    assert_int_equal(error.origin.line, 3);
    guard_landlock_rules.explain(&plan, (int)plan.landlock.count + LANDLOCK_RULESET, &error);
    has(error.hint, "network.tcp_connect and tcp_bind = any");
    arena_free(&plan.arena);
    policy_free(policy);
}

/* ---- rules across keys ---------------------------------------------------------------------- */

static struct arena findings;
static struct diag look(const struct sbx_policy *policy, struct sbx_error *error)
{
    struct texts texts = policy->texts;
    struct diag diag = {.error = error, .arena = &findings, .texts = &texts};
    if (guard_landlock.check(policy, &diag) == 0)
        guard_landlock.review(policy, &diag);
    return diag;
}

static void finds(const char *text, size_t errors, const char *rule, const char *part)
{
    struct sbx_policy *policy = load_text(text);
    struct sbx_error error = {0};
    struct diag diag = look(policy, &error);
    assert_int_equal(diag.errors, errors);
    if (!rule)
        assert_null(diag.first);
    else {
        assert_non_null(diag.first);
        has(diag.first->text, part);
        assert_string_equal(diag.first->rule, rule);
        assert_true(*diag.first->hint);
        assert_true(diag.first->origin.line > 0);
    }
    arena_free(&findings);
    policy_free(policy);
}

#define HOST "[network]\nmode = host\n"

static void what_can_not_be(void **state)
{
    (void)state;
    finds(HOST "tcp_connect = any 443\n", 1, "invalid", "443 restricts nothing beside any");
    finds(HOST "tcp_connect = 0\n", 1, "invalid", "0 is no port");
    finds(HOST "tcp_connect = 1-512\nfamilies = unix\n", 0, NULL, NULL);
    finds(HOST "tcp_connect = 1-513\n", 1, "invalid", "513 ports are more than the 512");
    finds(HOST "tcp_bind = 1-65535\n", 1, "invalid", "65535 ports");
    finds(HOST "tcp_bind = 80\n", 1, "invalid", "80 alone can't be kept: listen(2)");
    finds(HOST "tcp_bind = 80 0\nfamilies = unix\n", 0, NULL, NULL);
    finds(HOST "tcp_bind =\nfamilies = unix\n", 0, NULL, NULL);
    finds(HOST "tcp_bind = 0\nfamilies = inet smc\n", 1, "invalid", "smc connects by TCP");
    finds(HOST "tcp_connect = 1\nfamilies = rds smc\n", 2, "invalid", "rds connects by TCP");
    finds(HOST "families = inet smc\n", 0, NULL, NULL);
    finds(HOST "tcp_connect = 1\n[landlock]\nmode = off\n", 1, "invalid", "landlock.mode is off");
    finds(HOST "[landlock]\nmode = off\n", 0, NULL, NULL);
}

static void what_deserves_a_look(void **state)
{
    (void)state;
    finds(HOST "tcp_connect = 443\n", 0, "datagrams", "datagrams (UDP)");
    finds(HOST "tcp_bind = 0\nfamilies = inet6\n", 0, "datagrams", "network.tcp_bind");
    finds("[network]\nmode = loopback\ntcp_connect = 443\n", 0, NULL, NULL);
    finds("[network]\nmode = none\ntcp_connect = 443\n", 0, "no-effect", "no network");
    finds("[network]\nmode = none\ntcp_connect = 443\n[capabilities]\nkeep = net_admin\n", 0, NULL,
          NULL);
}

/* ---- lists that add up ---------------------------------------------------------------------- */

static void never_opened_by_taking_away(void **state)
{
    (void)state;
    file_text("parent.ini", "[network]\nmode = host\ntcp_connect = 443\n");
    file_text("child.ini", "[profile]\nextends = parent\n[network]\ntcp_connect = !443\n");
    struct sbx_policy *policy = load("child.ini");
    assert_false(ports_any(&policy->network_tcp_connect));
    assert_int_equal(policy->network_tcp_connect.count, 0);
    policy_free(policy);
    file_text("more.ini", "[profile]\nextends = parent\n[network]\ntcp_connect = 80\n");
    policy = load("more.ini");
    assert_int_equal(policy->network_tcp_connect.count, 2);
    policy_free(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(open_ports),
        TEST(named_ports),
        TEST(no_ports),
        TEST(no_network),
        TEST(ports_without_files),
        TEST(each_abi),
        TEST(failures_are_named),
        TEST(what_can_not_be),
        TEST(what_deserves_a_look),
        TEST(never_opened_by_taking_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
