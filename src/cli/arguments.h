/* SPDX-License-Identifier: MIT
 *
 * arguments.h - the options of a verb, read as options.def has them.
 */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include "cli.h"
#include "options.h"
#include <getopt.h>
#include <stdbool.h>

/* What arguments_next() returns beside the id of an option. */
enum { ARGUMENTS_END = -1, ARGUMENTS_FAILED = -2 };

struct arguments {
    enum cli_verb_id verb;
    int argc;
    char **argv;
    const char *value; /* of the option that was read last */
    struct option longs[OPTION_COUNT + 1];
    char shorts[3 * OPTION_COUNT + 3];
    bool seen[OPTION_COUNT];
};

/* Starts with argv[1]. */
void arguments_start(struct arguments *arguments, enum cli_verb_id verb, int argc, char **argv);

/* Reads the next option: its enum cli_option_id, with its argument in ->value; ARGUMENTS_END where
 * operands begin, at argv[optind]; ARGUMENTS_FAILED after an error, which has been printed. */
int arguments_next(struct arguments *arguments);

/* Which of the words of a KIND_WORDS option the value is, from 0. arguments_next() has seen to it
 * that it is one of them. */
int arguments_word(const struct arguments *arguments, enum cli_option_id id);

/* Prints what is wrong with the command line of a verb, and where to look. `object` is escaped, and
 * stands behind `what`; it may be "". Returns EXIT_SANDBOX. */
int usage_error(enum cli_verb_id verb, const char *what, const char *object);

/* Reads SOURCE[:NAME], the argument of --file, which is cut where it has a name. */
void file_argument(struct sbx_file *file, char *text);

/* Prints that memory has run out. Returns EXIT_SANDBOX. */
int memory_error(void);

/* Prints the help of a verb on stdout. Returns the exit status. */
int arguments_help(enum cli_verb_id verb);

#endif
