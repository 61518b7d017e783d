/* SPDX-License-Identifier: MIT
 *
 * constants.h - names of values: AF_UNIX, O_CREAT and their like, in sets.
 */
#ifndef GUARDS_SECCOMP_CONSTANTS_H
#define GUARDS_SECCOMP_CONSTANTS_H

#include "guards/seccomp/arguments.h"

/* Reads a value: constants and numbers as C has them, joined by '|'. A number may be negative. An
 * argument without a set takes the constants of all. Errors: SBX_E_USAGE, which calls the argument
 * `name`. */
int constants_parse(struct slice sets, const char *text, const char *name, uint64_t *value,
                    struct sbx_error *error);

/* The name of a value in one of the sets; NULL where it has none. */
const char *constant_of_value(struct slice sets, uint64_t value);

/* The name of the constant that has the most bits, all of them among `bits`; its value goes to
 * *value. NULL where there is none. */
const char *constant_within(struct slice sets, uint64_t bits, uint64_t *value);

/* The name of a bit: the constant that is that bit, or else one that has it. */
const char *constant_of_bit(struct slice sets, uint64_t bit);

#endif
