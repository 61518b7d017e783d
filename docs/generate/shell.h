/* SPDX-License-Identifier: MIT
 *
 * shell.h - what the completions of all shells are made of. How people complete is in the templates
 * of completion/; this is only data.
 */
#ifndef GENERATE_SHELL_H
#define GENERATE_SHELL_H

#include "cli/options.h"
#include "policy/keys.h"
#include "tables.h"
#include <stdbool.h>
#include <stdio.h>

/* Whether --set takes a key. */
bool key_is_settable(const struct key *key);

/* The I-th value that a key can be said to have, from 0; NULL behind the last one. */
const char *key_value(const struct key *key, size_t i);

/* Whether two keys have the same values. */
bool key_values_equal(const struct key *one, const struct key *other);

/* Whether a key has values, and no key above it has the same: one row is written for all of them.
 */
bool key_opens_row(const struct key *key);

/* The options of a verb: from the first, up to the end. */
const struct cli_option *verb_options(enum cli_verb_id verb);
const struct cli_option *verb_options_end(enum cli_verb_id verb);

/* The word for a kind of argument, which the templates know too; "" for none. */
const char *kind_word(enum cli_kind kind);

/* The words of an option of KIND_WORDS or KIND_RULE, with blanks between them. */
void print_option_words(FILE *out, const struct cli_option *option);

/* A text in single quotes, as all three shells read it. A quote in it would be written otherwise by
 * each of them, so there may be none: the program ends. */
void print_quoted(FILE *out, const char *text);

/* All that --set can begin with, the system calls, and their groups. */
void wrap_settings(struct wrap *wrap);
void wrap_calls(struct wrap *wrap);
void wrap_groups(struct wrap *wrap);

/* Places of the templates that bash and zsh read alike: the rows "KEY | KEY) values=(...) ;;", and
 * the words of an array. */
void print_value_rows(FILE *out);
void print_settings(FILE *out);
void print_calls(FILE *out);
void print_groups(FILE *out);

#endif
