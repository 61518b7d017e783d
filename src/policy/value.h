/* SPDX-License-Identifier: MIT
 *
 * value.h - from the text of a value to what policy.h holds.
 *
 * Each type has one entry in policy_types. A scalar's entry parses the whole value, a list's entry
 * parses one word. Text goes one way only: it is cut into words first, a word into fields next, and
 * variables are put in last, so that nothing in a variable can become a separator.
 */
#ifndef POLICY_VALUE_H
#define POLICY_VALUE_H

#include "base/arena.h"
#include "policy/types.h"
#include <sandbox/sandbox.h>

struct key;

enum type_id {
    TYPE_string,
    TYPE_path,
    TYPE_size,
    TYPE_duration,
    TYPE_count,
    TYPE_id,
    TYPE_mode,
    TYPE_nice,
    TYPE_share,
    TYPE_yesno,
    TYPE_base,
    TYPE_dev,
    TYPE_proc,
    TYPE_sys,
    TYPE_enforce,
    TYPE_netmode,
    TYPE_session,
    TYPE_action,
    TYPE_words,
    TYPE_paths,
    TYPE_binds,
    TYPE_tmpfs,
    TYPE_links,
    TYPE_assigns,
    TYPE_calls,
    TYPE_families,
    TYPE_COUNT
};

enum { STRING_MAX = 4095 }; /* bytes of a text */

/* Room for any scalar. */
union value {
    struct value_string string;
    struct value_path path;
    struct value_size size;
    struct value_duration duration;
    struct value_count count;
    struct value_id id;
    struct value_mode mode;
    struct value_nice nice;
    struct value_enum word;
    struct value_action action;
};

/* What the parsing of one value needs to know. Borrowed, all of it. */
struct parse {
    struct arena *arena; /* receives what the policy keeps */
    struct sbx_error *error;
    const struct key *key;    /* what the value is for */
    struct origin origin;     /* where it stands */
    const char *profile_path; /* ${PROFILE_DIR} is the directory of this file */
};

/* What a parser of one word returns beside -1. */
enum { ITEM_TAKEN = 0, ITEM_DROPPED = 1 };

struct type {
    const char *name;         /* for people: "a size" */
    size_t size;              /* of its struct value_* */
    const char *const *words; /* of an enum, in the order of its values, NULL-terminated */
    bool expands;             /* ${VARIABLE} has a meaning in it */

    /* Exactly one of the two is set. `text` and `word` are never empty. The item's text, optional
     * and origin are set already; a parser may replace its text. */
    int (*scalar)(const struct parse *parse, const char *text, union value *value);
    int (*item)(const struct parse *parse, const char *word, struct item *item);
};

extern const struct type policy_types[TYPE_COUNT];

/* Parses the text of a scalar as it stands in the profile: quotes are taken off. */
int value_scalar(const struct parse *parse, const char *text, union value *value);

/* Parses one word of a list: 0, ITEM_DROPPED where it is optional and names a variable that is not
 * set, or -1. */
int value_item(const struct parse *parse, const char *word, struct item *item);

/* Reports a fault in the value: the text starts with "SECTION.KEY: ". The value is -1, for all
 * analysers to see. */
void value_fail(const struct parse *parse, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define value_error(...) (value_fail(__VA_ARGS__), -1)

/* ---- the parsers, for the table ------------------------------------------------------------- */

int scalar_string(const struct parse *parse, const char *text, union value *value);
int scalar_path(const struct parse *parse, const char *text, union value *value);
int scalar_size(const struct parse *parse, const char *text, union value *value);
int scalar_duration(const struct parse *parse, const char *text, union value *value);
int scalar_count(const struct parse *parse, const char *text, union value *value);
int scalar_id(const struct parse *parse, const char *text, union value *value);
int scalar_mode(const struct parse *parse, const char *text, union value *value);
int scalar_nice(const struct parse *parse, const char *text, union value *value);
int scalar_word(const struct parse *parse, const char *text, union value *value);
int scalar_action(const struct parse *parse, const char *text, union value *value);

int item_word(const struct parse *parse, const char *word, struct item *item);
int item_path(const struct parse *parse, const char *word, struct item *item);
int item_bind(const struct parse *parse, const char *word, struct item *item);
int item_tmpfs(const struct parse *parse, const char *word, struct item *item);
int item_link(const struct parse *parse, const char *word, struct item *item);
int item_assign(const struct parse *parse, const char *word, struct item *item);
int item_call(const struct parse *parse, const char *word, struct item *item);
int item_family(const struct parse *parse, const char *word, struct item *item);

#endif
