/* SPDX-License-Identifier: MIT
 *
 * ports.h - what lists of ports come to: "443 8000-8010". Knows no key, and no kernel.
 *
 * "any" is every port, and says that nothing is to be restricted. An empty list is no port at all.
 */
#ifndef POLICY_PORTS_H
#define POLICY_PORTS_H

#include "policy/types.h"

enum { PORT_MAX = UINT16_MAX };

/* A set of ports. */
struct ports {
    uint64_t bits[(PORT_MAX + 1) / 64];
};

/* Whether a word is "any"; and whether one of the list's is. */
bool ports_item_any(const struct item *item);
bool ports_any(const struct value_list *list);

/* The ports of a list; whether one is in a set; how many are. */
void ports_set(const struct value_list *list, struct ports *ports);
bool ports_has(const struct ports *ports, unsigned port);
size_t ports_count(const struct ports *ports);

/* Whether a list has a port that another one has not. */
bool ports_beyond(const struct value_list *list, const struct value_list *other);

#endif
