/* SPDX-License-Identifier: MIT
 *
 * cli.h - what the verbs of the command share.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <sandbox/sandbox.h>
#include <stdio.h>

/* Exit status where sandbox itself failed, as env(1) and timeout(1) have it. */
enum { EXIT_SANDBOX = 125 };

/* Prints text to stderr or another stream with control characters, what changes the direction or
 * the line of the text behind it, and broken UTF-8 escaped: names come from files and programs that
 * nobody has looked at. */
void print_escaped(FILE *out, const char *text);

/* Writes out what is left for stdout. Returns 0; or EXIT_SANDBOX, with the reason printed, where
 * not all of it could be written: whoever reads it must not take a part for the whole. */
int finish_stdout(void);

/* Prints "FILE:LINE:COLUMN: ", as far as an error has them. */
void print_place(FILE *out, const struct sbx_error *error);

/* Prints the line that an error is about, and a caret below the column; nothing where the line is
 * not known. */
void print_excerpt(FILE *out, const struct sbx_error *error);

/* Prints an error as people want it: where, what, the kernel's answer, what to do next. */
void print_error(const struct sbx_error *error);

/* The same of all errors of a profile, of which `first` was met: one run tells what there is to
 * mend. Where the profile is not what is wrong, that is `first` alone. */
void print_profile_errors(const struct sbx_error *first, const char *profile,
                          const char *const *sets, size_t count);

/* The verb `run`: argv[0] is its name, then options, then the program. Bit N of `closed` is set
 * where descriptor N was closed when the command started. Returns the exit status. */
int verb_run(int argc, char **argv, unsigned closed);

/* The verb `why`, likewise. */
int verb_why(int argc, char **argv, unsigned closed);

/* The other verbs, likewise. */
int verb_check(int argc, char **argv);
int verb_explain(int argc, char **argv);
int verb_diff(int argc, char **argv);
int verb_changes(int argc, char **argv);
int verb_image(int argc, char **argv);

#endif
