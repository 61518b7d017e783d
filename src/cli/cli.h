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

/* Prints an error as people want it: where, what, the kernel's answer, what to do next. */
void print_error(const struct sbx_error *error);

/* The verb `run`: argv[0] is its name, then options, then the program. Bit N of `closed` is set
 * where descriptor N was closed when the command started. Returns the exit status. */
int verb_run(int argc, char **argv, unsigned closed);

#endif
