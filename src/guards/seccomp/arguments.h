/* SPDX-License-Identifier: MIT
 *
 * arguments.h - the arguments of system calls, by the names of the manual. For those who ask; the
 * house rules know their arguments by number.
 */
#ifndef GUARDS_SECCOMP_ARGUMENTS_H
#define GUARDS_SECCOMP_ARGUMENTS_H

#include "base/error.h"
#include "guards/seccomp/table.h"

enum { ARGUMENTS_MAX = 6 };

/* A part of a text. */
struct slice {
    const char *text;
    size_t length;
};

enum argument_kind {
    ARGUMENT_32,      /* the kernel takes the low word alone */
    ARGUMENT_16,      /* the low half of that */
    ARGUMENT_64,      /* the whole register */
    ARGUMENT_ADDRESS, /* of memory that the kernel reads or writes */
};

struct argument {
    struct slice names; /* "cmd|request"; empty where it has none */
    struct slice sets;  /* "clone,signal": of constants.def; empty where it has none */
    enum argument_kind kind;
    bool is_signed; /* a negative number is below 0 */
};

/* The bits of the register that the kernel takes. */
uint64_t argument_mask(const struct argument *argument);

/* The arguments of a call. Returns how many it has; where the call is not in the table that is
 * ARGUMENTS_MAX, without names, and *named is false. */
size_t arguments_of(const char *call, struct argument arguments[ARGUMENTS_MAX], bool *named);

/* The same, on an ABI. On i386 a call that is like another has the arguments of that one; where
 * they stand elsewhere they have no names. */
size_t arguments_on_abi(enum call_abi abi, const char *call,
                        struct argument arguments[ARGUMENTS_MAX], bool *named);

/* The first name of an argument, or "arg0" and so on. Returns `text`. */
enum { ARGUMENT_NAME_SIZE = 24 };
const char *argument_name(const struct argument *argument, unsigned index,
                          char text[ARGUMENT_NAME_SIZE]);

/* The position of an argument, by one of its names or as "arg0" to "arg5"; -1 where the call has no
 * such argument. */
int argument_find(const struct argument *arguments, size_t count, const char *name, size_t length);

/* What to say of a name that no argument has: which is near, else all that there are. */
enum { ARGUMENT_HINT_SIZE = 256 };
void argument_suggest(const struct argument *arguments, size_t count, const char *name,
                      char hint[ARGUMENT_HINT_SIZE]);

/* Cuts the next part off a list: false at its end. */
bool slice_next(struct slice *list, char separator, struct slice *part);
bool slice_is(struct slice slice, const char *text, size_t length);

/* What the caller tells of arguments. */
struct given {
    struct argument arguments[ARGUMENTS_MAX];
    size_t count;
    const char *texts[ARGUMENTS_MAX]; /* the value as it was written; NULL where none was given */
    uint64_t values[ARGUMENTS_MAX];
};

/* Reads `count` texts NAME=VALUE. Errors: SBX_E_USAGE. */
int arguments_read(const char *call, const char *const *texts, size_t count, struct given *given,
                   struct sbx_error *error);

#endif
