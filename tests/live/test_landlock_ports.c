/* SPDX-License-Identifier: MIT
 *
 * test_landlock_ports.c - network.tcp_connect and tcp_bind: each way to a TCP port that is not
 * named is refused, works where no port is named at all, and to the ports that are named it works,
 * too.
 */
#include "base/fd.h"
#include "support/run.h"
#include "support/stage.h"
#include "support/test.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SOCKETS                                                                                    \
    "syscalls.default=allow", "syscalls.unknown=allow", "network.families=unix inet inet6"

static char named[8], other[8]; /* two ports of 127.0.0.1 that are listened to */

static bool is_here(void)
{
    return syscall(444 /* landlock_create_ruleset */, NULL, 0, 1 /* its version */) >= 4;
}

static int listener(char port[8])
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), queue = 8;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue)), 0);
    assert_int_equal(listen(fd, 256), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    snprintf(port, 8, "%u", ntohs(address.sin_port));
    return fd;
}

/* What the payload says, with one more setting. */
static void says(const char *way, const char *port, const char *setting, const char *text)
{
    struct result r;
    autofd lent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    RUN(&r, .profile = "base", .set = LIST(SOCKETS, "network.mode=host", setting), .in = &lent,
        .argv = LIST(payload("ports"), way, port, named));
    if (strcmp(r.out, text) != 0) {
        result_print(&r);
        fail_msg("%s to %s with %s: '%s', not '%s'", way, port, setting, r.out, text);
    }
    result_free(&r);
}

#define REFUSED "Permission denied\n"

static void connects(void **state)
{
    static const struct {
        const char *way, *refused, *allowed;
    } tries[] = {
        {"connect", REFUSED, "open\n"},
        {"connect6", REFUSED, "open\n"},
        {"nonblocking", REFUSED, "open\n"},
        {"again", REFUSED, "open\n"},
        {"lent", REFUSED, "open\n"},
        {"deferred", REFUSED, "open\n"},
        /* A kernel that has it switched off says the same, so programs connect. */
        {"sendto", "Operation not supported\n", "Operation not supported\n"},
        {"sendmsg", "Operation not supported\n", "Operation not supported\n"},
        {"sendmmsg", "Operation not supported\n", "Operation not supported\n"},
        {"mptcp", "Protocol not supported\n", "Protocol not supported\n"},
    };
    char setting[64];
    (void)state;
    snprintf(setting, sizeof(setting), "network.tcp_connect=1 %s", named);
    for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
        says(tries[i].way, other, "network.tcp_connect=any", "open\n");
        says(tries[i].way, other, setting, tries[i].refused);
        says(tries[i].way, named, setting, tries[i].allowed);
    }
    says("connect", named, "network.tcp_connect=", REFUSED);
    says("bind", "0", setting, "open\n"); /* the one does not bind the other */
}

static void binds(void **state)
{
    static const char *const ways[] = {"bind", "bind6", "bind_unspec"};
    char setting[64], unused[8];
    int held = listener(unused);
    (void)state;
    close(held); /* most likely nobody has taken it since */
    snprintf(setting, sizeof(setting), "network.tcp_bind=0 %s", unused);
    for (size_t i = 0; i < 3; i++) {
        says(ways[i], stage()->as_root ? "65532" : "65533", "network.tcp_bind=any", "open\n");
        says(ways[i], stage()->as_root ? "65532" : "65533", setting, REFUSED);
        says(ways[i], unused, setting, "open\n");
    }
    says("bind_mptcp", "0", "network.tcp_bind=any", "open\n");
    says("bind_mptcp", unused, setting, "Protocol not supported\n");
    says("bind", "0", setting, "open\n");
    says("listen", "0", setting, "open\n");
}

/* No port at all: listen(2) would take one of the kernel's choice. */
static void binds_nothing(void **state)
{
    (void)state;
    says("listen", "0", "network.tcp_bind=any", "open\n");
    says("listen", "0", "network.tcp_bind=", REFUSED);
    says("bind", "0", "network.tcp_bind=any", "open\n");
    says("bind", "0", "network.tcp_bind=", REFUSED);
    says("connect", other, "network.tcp_bind=", "open\n");
}

/* ---- with other keys ------------------------------------------------------------------------ */

/* The wall of files may be left out; that of ports stays. */
static void without_the_files(void **state)
{
    struct result r;
    (void)state;
    RUN(&r, .profile = "base",
        .set = LIST(SOCKETS, "network.mode=host", "namespaces.nested=yes", "network.tcp_connect=1"),
        .argv = LIST(payload("ports"), "connect", other));
    expect_out(&r, REFUSED);
    assert_string_equal(report_guard(&r, "landlock"), "enforced");
    expect_word(&r, r.report_text, "left out: it would refuse the mounts");
    result_free(&r);
    RUN(&r, .profile = "base",
        .set = LIST(SOCKETS, "network.mode=host", "namespaces.nested=yes", "network.tcp_connect=1"),
        .argv = LIST("/bin/sh", "-c",
                     "unshare -Urm mount -t tmpfs none /tmp && mv /etc/hosts /tmp; "
                     "mkdir /box/a && : > /box/f && mv /box/f /box/a/ && echo fine"));
    expect_out(&r, "fine\n");
    result_free(&r);
}

/* A lent socket does not gain by a list where there is no network. */
static void no_network(void **state)
{
    struct result r;
    char setting[64];
    (void)state;
    snprintf(setting, sizeof(setting), "network.tcp_connect=%s", other);
    for (int i = 0; i < 2; i++) {
        autofd lent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        RUN(&r, .profile = "base", .in = &lent,
            .set = LIST(SOCKETS, i ? setting : "network.mode=none"),
            .argv = LIST(payload("ports"), "lent", other));
        expect_out(&r, REFUSED);
        result_free(&r);
    }
}

/* Nor is sending a way to connect there, whether ports are named or not. */
static void no_network_by_sending(void **state)
{
    static const char *const modes[] = {"network.mode=host", "network.mode=none"};
    struct result r;
    (void)state;
    for (int i = 0; i < 2; i++) {
        autofd lent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        RUN(&r, .profile = "base", .in = &lent, .set = LIST(modes[i]),
            .argv = LIST(payload("ports"), "lent_sendto", other));
        expect_out(&r, i ? "Operation not supported\n" : "open\n");
        result_free(&r);
    }
}

static void loopback(void **state)
{
    struct result r;
    (void)state;
    RUN(&r, .profile = "base", .set = LIST(SOCKETS, "network.mode=loopback", "network.tcp_bind=0"),
        .argv = LIST(payload("loopback")));
    expect_outcome(&r, "exited", 0);
    result_free(&r);
    RUN(&r, .profile = "base",
        .set = LIST(SOCKETS, "network.mode=loopback", "network.tcp_connect=1"),
        .argv = LIST(payload("loopback")));
    expect_outcome(&r, "exited", 3);
    result_free(&r);
}

static void refused_launches(void **state)
{
    static const char *const bad[][2] = {
        {"network.tcp_connect=any 443", "443 restricts nothing beside any"},
        {"network.tcp_connect=1-600", "600 ports are more than the 512"},
        {"network.tcp_connect=0", "no port that could be connected to"},
        {"network.tcp_bind=80", "listen(2)"},
        {"network.tcp_connect=https", "'https' is no port"},
    };
    struct result r;
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        RUN(&r, .profile = "base", .set = LIST(bad[i][0]), .argv = LIST("/bin/true"));
        expect_refused(&r, 125, bad[i][1]);
        result_free(&r);
    }
    RUN(&r, .profile = "base", .set = LIST("network.tcp_connect=1", "landlock.mode=off"),
        .argv = LIST("/bin/true"));
    expect_refused(&r, 125, "landlock.mode is off");
    result_free(&r);
}

static int body(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connects),      cmocka_unit_test(binds),
        cmocka_unit_test(binds_nothing), cmocka_unit_test(without_the_files),
        cmocka_unit_test(no_network),    cmocka_unit_test(no_network_by_sending),
        cmocka_unit_test(loopback),      cmocka_unit_test(refused_launches),
    };
    (void)argc, (void)argv;
    if (!is_here())
        return stage_skip("this kernel has no Landlock of ABI 4 or newer");
    autofd first = listener(named), second = listener(other);
    (void)first, (void)second;
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return stage_main(argc, argv, NULL, body);
}
