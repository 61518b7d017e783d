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

enum { GROUP_CALLS = 256 };

struct group {
    const char *name;  /* without '@' */
    char word[20];     /* with it */
    const char *alias; /* without '@'; "" where there is none */
    const char *help;
    const char *calls[GROUP_CALLS]; /* NULL-terminated; those that a machine of ours may have */
};

/* The group of that index, from 0; NULL behind the last one. */
const struct group *group_at(size_t i);

/* The words that an action is, or begins with, NULL-terminated. */
extern const char *const action_words[];

/* Whether a key is the first, or the last, of its section. */
bool first_of_section(const struct key *key);
bool last_of_section(const struct key *key);

/* The system call behind `last` in the alphabet, of those that a machine of ours may have; NULL
 * behind the last one. "" asks for the first. */
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
