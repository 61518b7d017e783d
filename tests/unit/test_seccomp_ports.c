/* SPDX-License-Identifier: MIT
 *
 * The house rules that close the ways around network.tcp_connect and tcp_bind that Landlock does
 * not look at.
 */
#include "seccomp_fixture.h"
#include <netinet/in.h>
#include <netinet/tcp.h>

#define ALL_HIGH (UINT64_C(0xffffffff) << 32)
#define SENDING  "@base @network-server sendto sendmsg sendmmsg"

enum { WITHOUT = MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE | MSG_ZEROCOPY };

static const struct item one_port = {.text = "443", .first = "443", .number = 443, .last = 443};

static struct made *compiled(size_t connects, size_t binds)
{
    struct made *made = made_new(SENDING);
    made->policy.network_mode.v = NETMODE_HOST;
    if (connects < 2)
        made->policy.network_tcp_connect =
            (struct value_list){.items = &one_port, .count = connects};
    if (binds < 2)
        made->policy.network_tcp_bind = (struct value_list){.items = &one_port, .count = binds};
    made_compile(made);
    return made;
}

static void sends(const struct made *made, uint64_t flags, int64_t expected)
{
    assert_int_equal(answer4(made, SYS_sendto, 3, 0, 0, flags), expected);
    assert_int_equal(answer4(made, SYS_sendmmsg, 3, 0, 0, flags), expected);
    assert_int_equal(answer4(made, SYS_sendmsg, 3, 0, flags, 0), expected);
}

/* With ports named, or none at all; and not where all are open. */
static void nothing_connects_by_sending(void **state)
{
    (void)state;
    for (size_t connects = 0; connects < 3; connects++) {
        struct made *made = compiled(connects, 2);
        const int64_t expected = connects == 2 ? ALLOWED : FAILS(EOPNOTSUPP);
        sends(made, MSG_FASTOPEN, expected);
        sends(made, MSG_FASTOPEN | WITHOUT, expected);
        sends(made, MSG_FASTOPEN | ALL_HIGH, expected);
        sends(made, 0, ALLOWED);
        sends(made, WITHOUT, ALLOWED);
        sends(made, WITHOUT | ALL_HIGH, ALLOWED);
        assert_int_equal(answer(made, SYS_listen, 3, 1), ALLOWED);
        made_free(made);
    }
}

/* What speaks TCP under another name, MPTCP for one, is not among the protocols. */
static void protocols_are_known(void **state)
{
    static const int good[] = {0, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6};
    static const int bad[] = {IPPROTO_MPTCP,
                              IPPROTO_SCTP,
                              IPPROTO_DCCP,
                              256 /* SMC */,
                              IPPROTO_UDPLITE,
                              261 /* QUIC */,
                              -1};
    static const int inets[] = {AF_INET, AF_INET6};
    (void)state;
    for (size_t connects = 0; connects < 3; connects++)
        for (size_t binds = 0; binds < 3; binds++) {
            struct made *made = compiled(connects, binds);
            const int64_t other = connects == 2 && binds == 2 ? ALLOWED : FAILS(EPROTONOSUPPORT);
            for (size_t i = 0; i < 2; i++) {
                for (size_t j = 0; j < sizeof(good) / sizeof(good[0]); j++)
                    assert_int_equal(answer4(made, SYS_socket, inets[i], SOCK_STREAM,
                                             (uint64_t)good[j] | ALL_HIGH, 0),
                                     ALLOWED);
                for (size_t j = 0; j < sizeof(bad) / sizeof(bad[0]); j++) {
                    const uint64_t protocol = (uint32_t)bad[j];
                    assert_int_equal(answer4(made, SYS_socket, inets[i], SOCK_STREAM, protocol, 0),
                                     other);
                    assert_int_equal(answer4(made, SYS_socket, inets[i] | ALL_HIGH, SOCK_STREAM,
                                             protocol | ALL_HIGH, 0),
                                     other);
                }
            }
            assert_int_equal(answer4(made, SYS_socket, AF_UNIX, SOCK_STREAM, 262, 0), ALLOWED);
            assert_int_equal(answer4(made, SYS_socket, AF_PACKET, SOCK_RAW, 6, 0),
                             FAILS(EAFNOSUPPORT));
            made_free(made);
        }
}

static void no_socket_becomes_another(void **state)
{
    (void)state;
    for (size_t connects = 0; connects < 3; connects++)
        for (size_t binds = 0; binds < 3; binds++) {
            struct made *made = compiled(connects, binds);
            const int64_t expected = connects == 2 && binds == 2 ? ALLOWED : FAILS(ENOENT);
            assert_int_equal(answer4(made, SYS_setsockopt, 3, IPPROTO_TCP, TCP_ULP, 0), expected);
            assert_int_equal(
                answer4(made, SYS_setsockopt, 3, IPPROTO_TCP | ALL_HIGH, TCP_ULP | ALL_HIGH, 0),
                expected);
            assert_int_equal(answer4(made, SYS_setsockopt, 3, SOL_SOCKET, TCP_ULP, 0), ALLOWED);
            assert_int_equal(answer4(made, SYS_setsockopt, 3, IPPROTO_IP, TCP_ULP, 0), ALLOWED);
            assert_int_equal(answer4(made, SYS_setsockopt, 3, IPPROTO_IPV6, TCP_ULP, 0), ALLOWED);
            assert_int_equal(answer4(made, SYS_setsockopt, 3, IPPROTO_TCP, TCP_NODELAY, 0),
                             ALLOWED);
            made_free(made);
        }
}

/* A socket that was lent might connect on the host's network. */
static void no_network_no_connect(void **state)
{
    static const int modes[] = {NETMODE_NONE, NETMODE_LOOPBACK, NETMODE_HOST};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct made *made = made_new(SENDING);
        made->policy.network_mode.v = modes[i];
        made_compile(made);
        sends(made, MSG_FASTOPEN, i ? ALLOWED : FAILS(EOPNOTSUPP));
        sends(made, WITHOUT, ALLOWED);
        assert_int_equal(answer4(made, SYS_setsockopt, 3, IPPROTO_TCP, TCP_ULP, 0),
                         i ? ALLOWED : FAILS(ENOENT));
        made_free(made);
    }
}

/* Where a port is named, another guard has seen to it that the kernel's choice is among them. */
static void no_port_means_no_listen(void **state)
{
    (void)state;
    for (size_t binds = 0; binds < 3; binds++) {
        struct made *made = compiled(2, binds);
        assert_int_equal(answer(made, SYS_listen, 3, 1), binds ? ALLOWED : FAILS(EACCES));
        sends(made, MSG_FASTOPEN, ALLOWED);
        made_free(made);
    }
}

/* A rule only narrows. */
static void denied_calls_keep_their_answer(void **state)
{
    struct made *made = made_new("execve exit_group");
    (void)state;
    made->policy.network_tcp_connect = (struct value_list){.count = 0};
    made->policy.network_tcp_bind = (struct value_list){.count = 0};
    made_words(made, &made->policy.syscalls_errno, "sendmsg:95");
    made_compile(made);
    assert_int_equal(answer4(made, SYS_sendto, 3, 0, 0, MSG_FASTOPEN), KILLED);
    assert_int_equal(answer4(made, SYS_sendmsg, 3, 0, 0, 0), FAILS(95));
    assert_int_equal(answer(made, SYS_listen, 3, 1), KILLED);
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_connects_by_sending),
        cmocka_unit_test(protocols_are_known),
        cmocka_unit_test(no_socket_becomes_another),
        cmocka_unit_test(no_network_no_connect),
        cmocka_unit_test(no_port_means_no_listen),
        cmocka_unit_test(denied_calls_keep_their_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
