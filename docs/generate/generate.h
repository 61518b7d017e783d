/* SPDX-License-Identifier: MIT
 *
 * generate.h - what is made from the tables of the program: the references, the shells' completion,
 * the fuzzers' dictionary.
 *
 * The tables are printed as they are: whoever wants another text on a key, an option or a group
 * changes its row. What people write by hand stands in a template.
 */
#ifndef GENERATE_GENERATE_H
#define GENERATE_GENERATE_H

#include <stdio.h>

struct output {
    const char *kind;
    const char *file;     /* where it is kept, below the source tree; NULL where it is not kept */
    const char *template; /* below the source tree; NULL where there is none */
    int (*write)(const char *template, FILE *out);
};

/* Ended by a NULL kind. */
extern const struct output outputs[];

/* The output of a kind; NULL where there is none. */
const struct output *output_find(const char *kind);

/* Writes one output; `sources` is the source tree. Returns 0, or -1 with a message on stderr. */
int output_write(const struct output *output, const char *sources, FILE *out);

/* One file for each of them. */
int write_man(const char *template, FILE *out);
int write_markdown(const char *template, FILE *out);
int write_bash(const char *template, FILE *out);
int write_zsh(const char *template, FILE *out);
int write_fish(const char *template, FILE *out);
int write_dictionary(const char *template, FILE *out);

#endif
