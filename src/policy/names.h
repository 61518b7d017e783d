/* SPDX-License-Identifier: MIT
 *
 * names.h - the kernel's names for numbers: errno values and address families.
 */
#ifndef POLICY_NAMES_H
#define POLICY_NAMES_H

#include "policy/suggest.h"

/* "EPERM", or a number from 1 to 4095, to the errno value; 0 where it is neither. */
int errno_parse(const char *text);

/* "inet6" to AF_INET6; -1 where there is no such family. */
int family_parse(const char *text);

/* The name of an errno value, NULL where it has none; and of an address family. */
const char *errno_name(int number);
const char *family_name(int number);

/* Offers all names to a suggestion. */
void errno_offer(struct suggest *suggest);
void family_offer(struct suggest *suggest);

#endif
