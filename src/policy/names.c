/* SPDX-License-Identifier: MIT
 *
 * names.c - the tables of errno names and of address families.
 */
#include "policy/names.h"
#include "policy/number.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#ifndef AF_MCTP
#define AF_MCTP 45 /* Linux 5.15 */
#endif

enum {
    ERRNO_NAMED = 133, /* the highest that has a name */
    ERRNO_MAX = 4095   /* the highest that a system call can return */
};

/* Second names, which libc does not tell of. */
static const struct {
    const char *name;
    int number;
} errno_aliases[] = {
    {"EWOULDBLOCK", EWOULDBLOCK},
    {"ENOTSUP", ENOTSUP},
    {"EDEADLOCK", EDEADLOCK},
};

static const struct {
    const char *name;
    int number;
} families[] = {
    {"unix", AF_UNIX},
    {"inet", AF_INET},
    {"inet6", AF_INET6},
    {"netlink", AF_NETLINK},
    {"packet", AF_PACKET},
    {"vsock", AF_VSOCK},
    {"bluetooth", AF_BLUETOOTH},
    {"can", AF_CAN},
    {"alg", AF_ALG},
    {"xdp", AF_XDP},
    {"key", AF_KEY},
    {"ax25", AF_AX25},
    {"ipx", AF_IPX},
    {"appletalk", AF_APPLETALK},
    {"netrom", AF_NETROM},
    {"atmpvc", AF_ATMPVC},
    {"atmsvc", AF_ATMSVC},
    {"x25", AF_X25},
    {"rose", AF_ROSE},
    {"econet", AF_ECONET},
    {"rds", AF_RDS},
    {"pppox", AF_PPPOX},
    {"llc", AF_LLC},
    {"ib", AF_IB},
    {"mpls", AF_MPLS},
    {"tipc", AF_TIPC},
    {"rxrpc", AF_RXRPC},
    {"isdn", AF_ISDN},
    {"phonet", AF_PHONET},
    {"ieee802154", AF_IEEE802154},
    {"caif", AF_CAIF},
    {"nfc", AF_NFC},
    {"kcm", AF_KCM},
    {"qipcrtr", AF_QIPCRTR},
    {"smc", AF_SMC},
    {"mctp", AF_MCTP},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int errno_parse(const char *text)
{
    if (*text >= '0' && *text <= '9') {
        uint64_t number = 0;
        if (number_parse(text, ERRNO_MAX, &number) != 0)
            return 0;
        return (int)number;
    }
    for (int i = 1; i <= ERRNO_NAMED; i++) {
        const char *name = strerrorname_np(i);
        if (name && strcmp(name, text) == 0)
            return i;
    }
    for (size_t i = 0; i < COUNT(errno_aliases); i++) {
        if (strcmp(errno_aliases[i].name, text) == 0)
            return errno_aliases[i].number;
    }
    return 0;
}

const char *errno_name(int number)
{
    return strerrorname_np(number);
}

const char *family_name(int number)
{
    for (size_t i = 0; i < COUNT(families); i++) {
        if (families[i].number == number)
            return families[i].name;
    }
    return NULL;
}

int family_parse(const char *text)
{
    for (size_t i = 0; i < COUNT(families); i++) {
        if (strcmp(families[i].name, text) == 0)
            return families[i].number;
    }
    return -1;
}

void errno_offer(struct suggest *suggest)
{
    for (int i = 1; i <= ERRNO_NAMED; i++) {
        const char *name = strerrorname_np(i);
        if (name)
            suggest_offer(suggest, name);
    }
}

void family_offer(struct suggest *suggest)
{
    for (size_t i = 0; i < COUNT(families); i++)
        suggest_offer(suggest, families[i].name);
}
