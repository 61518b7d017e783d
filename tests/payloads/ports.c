/* SPDX-License-Identifier: MIT
 *
 * ports.c - `ports WAY PORT [OTHER]` tries one way to reach a TCP port of 127.0.0.1, or to take one
 * for itself. Says "open" or the error; exit status 0 where it is open, 3 where it is refused, else
 * 4. OTHER is a port that may be connected to.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static struct sockaddr_in address(int port)
{
    struct sockaddr_in made = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    made.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return made;
}

/* The same, as IPv6 sockets have it. */
static struct sockaddr_in6 address6(int port)
{
    struct sockaddr_in6 made = {.sin6_family = AF_INET6, .sin6_port = htons((unsigned short)port)};
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &made.sin6_addr);
    return made;
}

static int tcp(void)
{
    return socket(AF_INET, SOCK_STREAM, 0);
}

static int connect_fd(int fd, int port)
{
    struct sockaddr_in to = address(port);
    return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static int bind_fd(int fd, int port)
{
    struct sockaddr_in at = address(port);
    return fd < 0 ? -1 : bind(fd, (struct sockaddr *)&at, sizeof(at));
}

/* ---- to connect ----------------------------------------------------------------------------- */

static int try_connect(int port, int other)
{
    (void)other;
    return connect_fd(tcp(), port);
}

static int try_connect6(int port, int other)
{
    struct sockaddr_in6 to = address6(port);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    (void)other;
    return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static int try_nonblocking(int port, int other)
{
    int ret = connect_fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), port);
    (void)other;
    return ret < 0 && errno == EINPROGRESS ? 0 : ret;
}

/* A socket that may connect is let go, and connects again. */
static int try_again(int port, int other)
{
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    int fd = tcp();
    if (connect_fd(fd, other) != 0 || connect(fd, &none, sizeof(none)) != 0)
        exit(4);
    return connect_fd(fd, port);
}

static int try_lent(int port, int other)
{
    (void)other;
    return connect_fd(0, port);
}

/* The connect itself is put off until something is sent. */
static int try_deferred(int port, int other)
{
    int fd = tcp(), on = 1;
    (void)other;
    if (setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)) != 0)
        return -1;
    return connect_fd(fd, port) != 0 || write(fd, "x", 1) != 1 ? -1 : 0;
}

static int try_sendto(int port, int other)
{
    struct sockaddr_in to = address(port);
    (void)other;
    return sendto(tcp(), "x", 1, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof(to)) == 1 ? 0 : -1;
}

static int try_lent_sendto(int port, int other)
{
    struct sockaddr_in to = address(port);
    (void)other;
    return sendto(0, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof(to)) == 1 ? 0 : -1;
}

static struct mmsghdr message(struct sockaddr_in *to, struct iovec *data)
{
    struct mmsghdr made = {.msg_len = 0};
    made.msg_hdr.msg_name = to;
    made.msg_hdr.msg_namelen = sizeof(*to);
    made.msg_hdr.msg_iov = data;
    made.msg_hdr.msg_iovlen = 1;
    return made;
}

static int try_sendmsg(int port, int other)
{
    struct sockaddr_in to = address(port);
    char text[] = "x";
    struct iovec data = {.iov_base = text, .iov_len = 1};
    struct mmsghdr sent = message(&to, &data);
    (void)other;
    return sendmsg(tcp(), &sent.msg_hdr, MSG_FASTOPEN) == 1 ? 0 : -1;
}

static int try_sendmmsg(int port, int other)
{
    struct sockaddr_in to = address(port);
    char text[] = "x";
    struct iovec data = {.iov_base = text, .iov_len = 1};
    struct mmsghdr sent = message(&to, &data);
    (void)other;
    return sendmmsg(tcp(), &sent, 1, MSG_FASTOPEN) == 1 ? 0 : -1;
}

static int try_mptcp(int port, int other)
{
    (void)other;
    return connect_fd(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP), port);
}

/* ---- to bind -------------------------------------------------------------------------------- */

static int try_bind(int port, int other)
{
    (void)other;
    return bind_fd(tcp(), port);
}

static int try_bind6(int port, int other)
{
    struct sockaddr_in6 at = address6(port);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    (void)other;
    return fd < 0 ? -1 : bind(fd, (struct sockaddr *)&at, sizeof(at));
}

/* An address of no family, which the kernel takes for one of IPv4. */
static int try_bind_unspec(int port, int other)
{
    struct sockaddr_in at = address(port);
    int fd = tcp();
    (void)other;
    at.sin_family = AF_UNSPEC;
    at.sin_addr.s_addr = htonl(INADDR_ANY);
    return fd < 0 ? -1 : bind(fd, (struct sockaddr *)&at, sizeof(at));
}

static int try_bind_mptcp(int port, int other)
{
    (void)other;
    return bind_fd(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP), port);
}

/* Without bind(2): the kernel picks a port. */
static int try_listen(int port, int other)
{
    int fd = tcp();
    (void)port, (void)other;
    return fd < 0 ? -1 : listen(fd, 1);
}

static const struct {
    const char *name;
    int (*attempt)(int port, int other);
} ways[] = {
    {"connect", try_connect},
    {"connect6", try_connect6},
    {"nonblocking", try_nonblocking},
    {"again", try_again},
    {"lent", try_lent},
    {"deferred", try_deferred},
    {"sendto", try_sendto},
    {"lent_sendto", try_lent_sendto},
    {"sendmsg", try_sendmsg},
    {"sendmmsg", try_sendmmsg},
    {"mptcp", try_mptcp},
    {"bind", try_bind},
    {"bind6", try_bind6},
    {"bind_unspec", try_bind_unspec},
    {"bind_mptcp", try_bind_mptcp},
    {"listen", try_listen},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 2 && i < sizeof(ways) / sizeof(ways[0]); i++)
        if (strcmp(ways[i].name, argv[1]) == 0) {
            if (ways[i].attempt(atoi(argv[2]), argc > 3 ? atoi(argv[3]) : 0) == 0) {
                puts("open");
                return 0;
            }
            puts(strerror(errno));
            return 3;
        }
    return 4;
}
