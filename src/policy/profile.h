/* SPDX-License-Identifier: MIT
 *
 * profile.h - one file of a policy, parsed: what it sets, in the order in which it stands there.
 */
#ifndef POLICY_PROFILE_H
#define POLICY_PROFILE_H

#include "policy/keys.h"
#include "policy/reader.h"
#include "policy/section.h"
#include "policy/source.h"
#include "policy/tokens.h"
#include "policy/value.h"

/* A list of more words than this is an accident; the bound keeps !word from being slow. */
enum { LIST_WORDS_MAX = 4096 };

/* One word of a list, to add or to take away. */
struct node {
    struct node *next;
    struct item item;
    bool remove;
};

/* One key with its value. */
struct setting {
    struct setting *next;
    const struct key *key;
    const char *call;   /* of [SECTION CALL]; NULL for other sections */
    bool call_optional; /* [SECTION ?CALL] */
    struct origin origin;
    union value value;    /* of a scalar */
    struct tokens tokens; /* of rules, until setting_close() */
    struct node *words, **tail;
    size_t count;
    bool incomplete; /* a word of it could not be read */
};

struct profile {
    struct profile *next;         /* the one loaded before this one */
    const struct profile *parent; /* the one that extends it; NULL for the first */
    const char *path;
    dev_t device;
    ino_t inode;
    struct origin asked; /* the word of the parent that named it */
    bool done;           /* false: it is being loaded, so that whoever extends it closes a circle */
    bool incomplete;     /* it is not known to which key some of it belongs */
    struct setting *settings;
};

/* Where the parts of a policy go while it is made. */
struct profile_memory {
    struct arena *keep;    /* strings that the policy keeps */
    struct arena *scratch; /* settings and nodes */
    struct diag *diag;
    const struct outside *outside;
};

/* A setting without a value; NULL where memory has run out (the error is filled in). `section` is
 * the one that the key was found in, NULL where a call's name has no meaning. */
struct setting *setting_new(const struct profile_memory *memory, const struct key *key,
                            const struct section *section, struct origin origin);

/* Parses the text of a value into a setting; a list's words are added to those that it has. `path`
 * is the file that ${PROFILE_DIR} is about. Reports each word that is wrong. */
int setting_parse(const struct profile_memory *memory, struct setting *setting, struct part value,
                  const char *path);

/* The value is whole: cuts the tokens of rules, which may go on over lines, into rules. Returns -1
 * where some of the value is wrong, which has been reported. */
int setting_close(const struct profile_memory *memory, struct setting *setting);

/* Parses a whole file into profile->settings: all that can be read of it. */
void profile_parse(const struct profile_memory *memory, struct profile *profile,
                   const struct text *text);

#endif
