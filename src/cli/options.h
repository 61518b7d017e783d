/* SPDX-License-Identifier: MIT
 *
 * options.h - the rows of options.def as tables. Parses nothing and prints nothing.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

enum cli_verb_id {
#define VERB(verb, operands, usage, help) VERB_##verb,
#define OPTION(verb, id, letter, name, times, kind, argument, help)
#include "cli/options.def"
#undef VERB
#undef OPTION
    VERB_COUNT
};

enum cli_option_id {
#define VERB(verb, operands, usage, help)
#define OPTION(verb, id, letter, name, times, kind, argument, help) OPTION_##verb##_##id,
#include "cli/options.def"
#undef VERB
#undef OPTION
    OPTION_COUNT
};

/* What stands behind the options of a verb. */
enum cli_operands {
    OPERANDS_PROGRAM,      /* a program and its arguments, in which no option is ours */
    OPERANDS_PROFILES,     /* one profile or more */
    OPERANDS_QUESTION,     /* a profile; then "--" and a program, or "syscall" and a call */
    OPERANDS_TWO_PROFILES, /* two */
    OPERANDS_CHANGES,      /* what to do with changes, and the directory that keeps them */
    OPERANDS_IMAGE,        /* "unpack" and an image, "list", or "remove" and digests */
};

enum cli_times { TIMES_ONCE, TIMES_MANY };

/* What an option takes. */
enum cli_kind {
    KIND_NONE,      /* nothing */
    KIND_PROFILE,   /* a profile's name or path */
    KIND_SETTING,   /* SECTION.KEY=VALUE or SECTION.KEY+=VALUE */
    KIND_FILE,      /* a path on the host */
    KIND_DIRECTORY, /* the same, of a directory */
    KIND_WORDS,     /* one of a few words */
    KIND_RULE,      /* the name of a rule of `check` */
    KIND_TEXT,      /* something that can't be guessed */
};

struct cli_verb {
    const char *name;
    enum cli_operands operands;
    const char *usage; /* without the verb; a line for each form */
    const char *help;
};

struct cli_option {
    enum cli_verb_id verb;
    char letter;      /* 0: none */
    const char *name; /* without "--" */
    enum cli_times times;
    enum cli_kind kind;
    const char *argument; /* NULL for KIND_NONE */
    const char *help;
};

/* In the order of options.def; the options of one verb stand together. */
extern const struct cli_verb cli_verbs[VERB_COUNT];
extern const struct cli_option cli_options[OPTION_COUNT];

#endif
