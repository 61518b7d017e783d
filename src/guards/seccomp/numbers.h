/* SPDX-License-Identifier: MIT
 *
 * numbers.h - names and numbers of system calls as people give them and read them. No verdict rests
 * on these: lists are resolved by calls.c.
 */
#ifndef GUARDS_SECCOMP_NUMBERS_H
#define GUARDS_SECCOMP_NUMBERS_H

#include "base/error.h"
#include "guards/seccomp/table.h"

enum { CALL_NAME_SIZE = 48 };

/* The number of a call, which may be given as a name or in decimal. Errors: SBX_E_USAGE. */
int number_of_call(const char *call, int *number, struct sbx_error *error);

/* The name of a number, or the number in decimal where it has none. Returns `name`. */
const char *name_of_call(int number, char name[CALL_NAME_SIZE]);

/* The same, on any ABI. */
const char *name_on_abi(enum call_abi abi, int number, char name[CALL_NAME_SIZE]);

#endif
