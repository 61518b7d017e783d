/* SPDX-License-Identifier: MIT
 *
 * calls.h - what each system call gets: the profile's lists, settled into one verdict a number.
 *
 * Each ABI has a table of its own, and numbers are those of the table's ABI. What a list says of a
 * name holds for the call of that name on each ABI.
 */
#ifndef GUARDS_SECCOMP_CALLS_H
#define GUARDS_SECCOMP_CALLS_H

#include "guards/seccomp/groups.h"
#include "policy/diag.h"
#include "policy/policy.h"

struct call_rules;

/* How strongly the profile speaks of a call: a plain name beats a @group. In between stands, on
 * i386, the plain name of the call that this one is like (table.h). */
enum call_rank { RANK_NONE, RANK_GROUP, RANK_LIKE, RANK_NAME };

/* Small, for there are many of them: each page of the table that is touched costs more than what is
 * settled in it. */
struct call_verdict {
    const struct item *by;     /* the word that decided */
    int error;                 /* with ACTION_ERRNO and ACTION_REPORT */
    enum call_rank rank : 8;   /* RANK_NONE: no list speaks of the call, it gets syscalls.default */
    enum action_kind kind : 8; /* of the action */
    bool disputed;             /* a word of the same weight gives another errno value */
    const struct call_rules *rules; /* on its arguments: they come before all this; NULL: none */
};

struct call_table {
    struct call_verdict of[CALLS_MAX];
    int newest; /* the highest number that is known: what is above it is newer than our table and
                 * gets syscalls.unknown */
    enum tell tell; /* what is handed to the supervisor; the policy's, but where that can't be */
    enum call_abi abi;
    struct call_table *i386; /* of a native table: that of i386; NULL where i386 is not allowed */
};

/* One of the lists of [syscalls]. */
struct call_list {
    const struct value_list *list;
    const char *key; /* "syscalls.allow" */
    enum action_kind kind;
    enum call_abi abi; /* what its words are looked up on: the native one, unless that is changed */
    bool i386;         /* the policy allows i386: a call that only i386 has may be named */
};
enum { CALL_LISTS = 5 };

/* Whether a policy allows i386, where there is such a thing. */
bool calls_i386(const struct sbx_policy *policy);

void calls_lists(const struct sbx_policy *policy, struct call_list lists[CALL_LISTS]);

/* The key of the list that gives this verdict: "syscalls.allow". */
const char *calls_key(enum action_kind kind);

/* The errno value that a word of such a list gives; 0 where it gives none. */
int calls_error(enum action_kind kind, const struct item *item);

/* What a word of such a list names: a group, or one call. */
struct call_word {
    const struct call_group *group; /* NULL: one call */
    int number;                     /* of that call; -1 where it is absent, as ?word may be */
    int call;                       /* in the table of all calls; -1 where it is not there */
    enum call_abi abi;              /* the one that it was looked up on */
};

/* Looks a word up. Reports a name that is unknown, or that this architecture lacks, and returns
 * -1. */
int calls_resolve(const struct call_list *from, const struct item *item, struct call_word *word,
                  struct diag *diag);

/* The calls of a word: how many names it stands for, and the number of one; -1 where this machine
 * lacks it. */
size_t calls_word_count(const struct call_word *word);
int calls_word_number(const struct call_word *word, size_t index);

/* Reports each word of all lists that names nothing. */
void calls_names(const struct sbx_policy *policy, struct diag *diag);

/* Settles the lists of [syscalls]: for the native ABI, or, where the native table is given, for
 * i386. The order of words and lines carries no meaning: a plain name beats a @group; among equals
 * kill beats report beats errno beats log beats allow.
 *
 * Reports all that it finds, and returns -1 where that was anything: a name that is unknown or that
 * this architecture lacks, and for two errno values of the same weight. */
int calls_settle(const struct sbx_policy *policy, const struct call_table *native,
                 struct call_table *table, struct diag *diag);

/* A copy that can be changed by itself. What it points to lives in the arena. */
int calls_copy(const struct call_table *from, struct call_table *to, struct arena *arena,
               struct diag *diag);

/* What a call gets in the end: its verdict, or syscalls.default. */
struct value_action calls_action(const struct sbx_policy *policy, const struct call_table *table,
                                 int number);

/* Whether a call goes through, logged or not. */
bool calls_passes(const struct sbx_policy *policy, const struct call_table *table, int number);

/* The same for any number: one that is newer than the table gets syscalls.unknown. */
struct value_action calls_standing(const struct sbx_policy *policy, const struct call_table *table,
                                   int number);

/* Whether an action lets a call through. */
bool action_passes(struct value_action action);

/* Whether an action is handed to the supervisor, who answers in the kernel's place and tells. */
bool action_told(struct value_action action, enum tell tell);

/* What is told of a call: a number that is newer than the table is asked for by every newer libc,
 * so that its errno value is no news. */
enum tell calls_tell(const struct call_table *table, int number);

#endif
