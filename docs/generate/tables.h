/* SPDX-License-Identifier: MIT
 *
 * tables.h - what more than one of the writers wants to know of the tables.
 */
#ifndef GENERATE_TABLES_H
#define GENERATE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct key;

struct group {
    const char *name; /* without '@' */
    const char *word; /* with it */
    const char *help;
    const char *const *calls; /* NULL-terminated */
};

/* The groups of system calls, as the program has them. */
extern const struct group groups[];
extern const size_t group_count;

/* The words that an action is, or begins with, NULL-terminated. */
extern const char *const action_words[];

/* Whether a key is the first, or the last, of its section. */
bool first_of_section(const struct key *key);
bool last_of_section(const struct key *key);

/* The system call behind `last` in the alphabet, of those that are in a group; NULL behind the last
 * one. "" asks for the first. */
const char *next_call(const char *last);

/* Writes words with blanks between them, in lines of at most 100 columns that begin with `indent`.
 * `end` stands behind each line but the last. */
struct wrap {
    FILE *out;
    const char *indent, *end;
    size_t column; /* 0: nothing is on the line */
};
void wrap_word(struct wrap *wrap, const char *word);
void wrap_last(struct wrap *wrap);

#endif
