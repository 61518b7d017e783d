/* SPDX-License-Identifier: MIT
 *
 * house.h - the house rules as data: what the filter refuses whatever the profile allows.
 *
 * A rule only narrows: a call that the profile does not allow keeps the profile's own answer, so
 * that a denial stays visible as what it is. Only clone3, openat2, io_uring, and socketcall and ipc
 * of i386 are answered alike everywhere, with ENOSYS, because then a libc or a runtime falls back
 * to calls that the filter can look into.
 *
 * Where the kernel takes an int, the low word of the argument is compared and nothing else: high
 * bits that the kernel drops must not hide a value.
 */
#ifndef GUARDS_SECCOMP_HOUSE_H
#define GUARDS_SECCOMP_HOUSE_H

#include "guards/seccomp/calls.h"

enum { HOUSE_CALLS = 5, HOUSE_VALUES = 8, HOUSE_RULES_OF_A_CALL = 3 };

enum house_test {
    HOUSE_DENY_EQUAL,   /* refused where the argument is one of the values */
    HOUSE_DENY_ANY_BIT, /* refused where it has a bit of any of them */
    HOUSE_PASS_EQUAL,   /* refused where it is none of them */
    HOUSE_FAMILIES,     /* refused where it is none of network.families */
};

enum house_when {
    HOUSE_ALWAYS,
    HOUSE_NOT_NESTED,        /* but for policies with namespaces.nested = yes */
    HOUSE_SECCOMP_NOT_ASKED, /* but for policies that allow seccomp(2) by name or by group */
    /* For policies that leave TCP not every port to connect to; or to connect or be bound to. */
    HOUSE_CONNECT_RESTRICTED,
    HOUSE_PORTS_RESTRICTED,
    HOUSE_PACKET_UNNAMED, /* for policies that name AF_INET in network.families, and not AF_PACKET
                           */
    HOUSE_PORTS_NAMED,    /* for policies that name ports, where there is a network */
};

/* What else must be so for a rule to hold, of the low word of another argument. */
struct house_gate {
    enum { GATE_OPEN, GATE_ANY_BIT, GATE_EQUAL } test; /* GATE_OPEN: it always holds */
    unsigned argument;
    uint64_t values[2]; /* GATE_ANY_BIT: the first are the bits; GATE_EQUAL: one of `count` */
    unsigned count;
};

/* A rule on the low word of one argument of a few calls. */
struct house_rule {
    const char *reason;       /* for people: behind "a house rule: " */
    int numbers[HOUSE_CALLS]; /* native ones; on i386 the calls of the same names are meant */
    unsigned calls;
    unsigned argument;
    enum house_test test;
    uint64_t values[HOUSE_VALUES];
    uint32_t mask; /* what of the argument is compared with the values; 0: all of it */
    unsigned count;
    int error; /* what a refused call gets, but for HOUSE_FAMILIES */
    enum house_when when;
    struct house_gate gate;
};

extern const struct house_rule house_rules[];
extern const size_t house_rule_count;

/* What asking for a socket of the unix family gets, where the profile does not name it: the C
 * library asks for it to look for a name cache, whatever the program does. */
#define HOUSE_UNIX_ERROR EAFNOSUPPORT
extern const char house_unix_reason[];

/* Whether a policy has a rule at all. */
bool house_rule_holds(const struct house_rule *rule, const struct sbx_policy *policy,
                      const struct call_table *table);

/* The rules that narrow a call where it passes, in the order in which they are asked. Returns how
 * many there are. */
size_t house_rules_of(const struct sbx_policy *policy, const struct call_table *table, int number,
                      const struct house_rule *rules[HOUSE_RULES_OF_A_CALL]);

/* What a rule calls a number of a table: the native number of the call that has that name; -1 where
 * no rule can be about it. And back. */
int house_number(const struct call_table *table, int number);
int house_number_in(const struct call_table *table, int native);

/* Puts the rules into the verdicts that hold for a whole call, whatever the profile allows:
 * clone3, openat2 and io_uring answer ENOSYS, setns answers EPERM. On i386, too. */
void house_settle(const struct sbx_policy *policy, struct call_table *table);

/* What a call gets for which house_settle() lets no verdict pass: its errno value; 0 for others. */
int house_ends(const struct sbx_policy *policy, const struct call_table *table, int number);

/* Whether no profile can let this call through; if so, says why, and what programs do instead. */
bool house_forbids(const struct call_table *table, int number, const char **why,
                   const char **instead);

/* Why house_settle() has changed the verdict of a call. */
const char *house_settle_reason(const struct call_table *table, int number);

#endif
