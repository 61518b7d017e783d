/* SPDX-License-Identifier: MIT
 *
 * every_call.h - makes system calls in forked children, with arguments that can do no harm, and
 * says how each went. Knows nothing of policies: test_every_call.c compares.
 *
 * The children have no right on the host: they live in namespaces of their own, as nobody that the
 * host knows of, with a closed pipe as their one open file.
 */
#ifndef SUPPORT_EVERY_CALL_H
#define SUPPORT_EVERY_CALL_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Arguments that no call can use. Two kinds, for what the one kind leaves open (a flag that is bad
 * is found before a pointer that is) the other one shows. */
enum arguments_kind {
    ALL_ONES,  /* each argument is -1: no file, no memory, no flag, no signal */
    LOW_ZEROS, /* each has a low half of 0, which is fd 0 and option 0, and is no pointer */
    ARGUMENTS_KINDS
};

/* One call to try. */
struct attempt {
    uint32_t number;
    enum arguments_kind arguments;
    bool i386; /* through int 0x80 */
};

/* What came of it: an errno value, or one of these. */
enum {
    WENT_WELL = 200,
    NO_ANSWER = 201,  /* the filter could not be installed, or there could be no process */
    ENDED = 300,      /* and the exit status: the call was exit or exit_group */
    KILLED_BY = 1000, /* and the signal */
    NOT_TRIED = 5000,
};

/* Does the call, its arguments as they will be given. */
void attempt_arguments(const struct attempt *attempt, uint64_t values[6]);

/* Whether a call that reaches the kernel is not tried at all, and why. */
bool attempt_is_left_out(const struct attempt *attempt, const char **why);

/* Makes all calls, each in a process of its own behind the filter (NULL: without one), and leaves
 * the answers in `answers`; calls with `skip` set are not made and get NOT_TRIED. Returns 0, or -1
 * with errno where that could not be done at all. */
int every_call(const struct sock_fprog *program, const struct attempt *attempts, const bool *skip,
               size_t count, uint16_t *answers);

#endif
