/* SPDX-License-Identifier: MIT
 *
 * diff.h - two policies side by side, and the differences that were found so far.
 */
#ifndef EXPLAIN_DIFF_H
#define EXPLAIN_DIFF_H

#include "policy/keys.h"
#include "policy/policy.h"
#include <stdint.h>

/* Which way a difference goes, seen from `a`. It may allow more in one thing and less in another.
 */
enum way { WAY_MORE = 1, WAY_LESS = 2, WAY_OTHER = 4 };

struct change {
    const struct change *next;
    const char *what; /* the key, or "system calls" */
    const char *text;
    const struct origin *from, *to; /* in a and in b; NULL where it stands in the other alone */
};

struct changes {
    const struct change *first, **tail;
};

struct diff {
    const struct sbx_policy *a, *b;
    struct arena arena; /* of the changes and their texts */
    struct changes more, less, other;
    bool broken; /* memory has run out */
};

/* Notes a difference; `ways` is a set of enum way, and nothing is noted where it is empty. A text
 * that is NULL means that memory has run out. `what` and the origins are borrowed. */
void diff_add(struct diff *diff, unsigned ways, const char *what, const char *text,
              const struct origin *from, const struct origin *to);

/* Notes that a key's value is another one, as "a -> b"; nothing where the two texts are the same.
 */
void diff_value(struct diff *diff, unsigned ways, const struct key *key, const struct origin *from,
                const struct origin *to);

/* The way of a key's value that is greater in `b`, and of one more word in it. */
unsigned diff_way_up(const struct key *key);

/* The same for one that is smaller, and one word less. */
unsigned diff_way_down(const struct key *key);

/* "SECTION.KEY". NULL where memory has run out. */
const char *diff_name(struct diff *diff, const struct key *key);

/* How much an action allows: kill, errno, log, allow, from 0. */
unsigned diff_action_rank(const struct value_action *action);

/* Compare one key; a list by what its words mean, whatever their order. */
void diff_scalar(struct diff *diff, const struct key *key);
void diff_list(struct diff *diff, const struct key *key);

/* Compares files.ro, files.rw and files.bind together: what is shown at each place, and how. */
void diff_views(struct diff *diff);

/* Compares the rules of each system call. */
void diff_rules(struct diff *diff);

/* Compares what each system call gets, whatever words say so. Errors: those of syscalls_each(). */
int diff_calls(struct diff *diff, struct sbx_error *error);

#endif
