/* SPDX-License-Identifier: MIT
 *
 * table.h - all system calls: names, the numbers on each ABI, the kernel that brought each.
 *
 * A call is known by its place in the table, which is in the order of the names: 0 and up to
 * table_count(). The table is syscalls/calls.tbl, compiled in. What it does not know is newer, or
 * of another architecture; no verdict is given here.
 */
#ifndef GUARDS_SECCOMP_TABLE_H
#define GUARDS_SECCOMP_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum call_abi { ABI_X86_64, ABI_AARCH64, ABI_I386, ABIS };

#if defined(__x86_64__)
#define ABI_NATIVE ABI_X86_64
#elif defined(__aarch64__)
#define ABI_NATIVE ABI_AARCH64
#endif

enum { CALLS_MAX = 512 }; /* every number is below this; x32 begins here */

/* "x86_64" */
const char *abi_name(enum call_abi abi);

size_t table_count(void);

/* The call of that name; -1 where there is none. */
int table_find(const char *name);

/* The call that has this number on an ABI; -1 where there is none. Takes any number. */
int table_of_number(int number, enum call_abi abi);

const char *table_name(int call);

/* The number of a call on an ABI; -1 where the ABI lacks it. */
int table_number(int call, enum call_abi abi);

/* The number on one ABI of the call that has a number on another, by its name; -1 where one of the
 * two lacks it. */
int table_translate(int number, enum call_abi from, enum call_abi to);

/* Of a call that only i386 has: the call that does the same elsewhere; -1 where there is none. */
int table_like(int call);

/* Whether i386 takes the arguments of a call at other places, or in other widths, than the others
 * do; of a call that only i386 has, than the call that it is like. */
bool table_differs(int call);

/* The highest number of an ABI: what is above it is newer than the table. */
int table_newest(enum call_abi abi);

/* The first kernel that had the call, "2.6.16"; "1.0" stands for 1.0 and earlier, "-" for a number
 * that no released kernel ever gave a meaning. Returns `text`. */
enum { SINCE_SIZE = 12 };
const char *table_since(int call, char text[SINCE_SIZE]);

#endif
