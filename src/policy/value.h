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
#include "policy/diag.h"
#include "policy/types.h"

struct key;
struct outside;

enum type_id {
    TYPE_string,
    TYPE_path,
    TYPE_size,
    TYPE_duration,
    TYPE_count,
    TYPE_id,
    TYPE_mode,
    TYPE_nice,
    TYPE_ratio,
    TYPE_upper,
    TYPE_share,
    TYPE_yesno,
    TYPE_driver,
    TYPE_base,
    TYPE_dev,
    TYPE_proc,
    TYPE_sys,
    TYPE_enforce,
    TYPE_netmode,
    TYPE_landlock,
    TYPE_tell,
    TYPE_action,
    TYPE_words,
    TYPE_paths,
    TYPE_layers,
    TYPE_binds,
    TYPE_tmpfs,
    TYPE_links,
    TYPE_assigns,
    TYPE_calls,
    TYPE_families,
    TYPE_abis,
    TYPE_capabilities,
    TYPE_variables,
    TYPE_endpoints,
    TYPE_texts,
    TYPE_mqueue,
    TYPE_views,
    TYPE_rules,
    TYPE_ports,
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
    struct value_ratio ratio;
    struct value_upper upper;
    struct value_enum word;
    struct value_action action;
};

/* What the parsing of one value needs to know. Borrowed, all of it. */
struct parse {
    struct arena *arena; /* receives what the policy keeps */
    struct diag *diag;
    const struct key *key;    /* what the value is for */
    const char *call;         /* and which call, where the section is [SECTION CALL]; or NULL */
    struct origin origin;     /* where the value, or the word that is looked at, stands */
    const char *text;         /* the value as it stands there */
    unsigned column;          /* where `text` starts in its line; 0 where there is no line */
    const char *profile_path; /* ${PROFILE_DIR} is the directory of this file */
    const struct outside *outside; /* where variables come from */
};

/* Makes the parse's origin the `length` bytes from `at`, which points into parse->text. */
void parse_point(struct parse *parse, const char *at, size_t length);

/* What a parser of one word returns beside -1. */
enum { ITEM_TAKEN = 0, ITEM_DROPPED = 1 };

struct type {
    const char *name;         /* for people: "a size" */
    size_t size;              /* of its struct value_* */
    const char *const *words; /* of an enum, in the order of its values, NULL-terminated */
    bool expands;             /* ${VARIABLE} has a meaning in it */
    bool of_call;             /* its section is [SECTION CALL]: one value for each system call */

    /* Exactly one of the two is set. `text` and `word` are never empty, but for a string's; with
     * `expands` they may hold WORD_LITERAL. The item's text (for messages), optional and origin are
     * set already; the parser sets `first` and the text for good. */
    int (*scalar)(const struct parse *parse, const char *text, union value *value);
    int (*item)(const struct parse *parse, const char *word, struct item *item);

    /* The text of a scalar, which reads back as the same value; NULL where memory has run out. */
    const char *(*print)(struct arena *arena, const struct type *type, const void *value);
};

extern const struct type policy_types[TYPE_COUNT];

/* Where in a struct value_* of a type its origin is: types.c sees to it that it is the last member
 * of each. */
size_t value_origin_offset(const struct type *type);

/* Parses parse->text as a scalar; quotes are taken off. */
int value_scalar(struct parse *parse, union value *value);

/* Parses one word of a list: 0, ITEM_DROPPED where it is optional and names a variable that is not
 * set, or -1. The word is changed. */
int value_item(const struct parse *parse, char *word, struct item *item);

/* Reports a fault in the value: the text starts with "SECTION.KEY: " or "SECTION CALL.KEY: ". The
 * value is -1, for all analysers to see. */
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
int scalar_ratio(const struct parse *parse, const char *text, union value *value);
int scalar_upper(const struct parse *parse, const char *text, union value *value);
int scalar_word(const struct parse *parse, const char *text, union value *value);
int scalar_action(const struct parse *parse, const char *text, union value *value);

int item_word(const struct parse *parse, const char *word, struct item *item);
int item_path(const struct parse *parse, const char *word, struct item *item);
int item_view(const struct parse *parse, const char *word, struct item *item);
int item_bind(const struct parse *parse, const char *word, struct item *item);
int item_tmpfs(const struct parse *parse, const char *word, struct item *item);
int item_link(const struct parse *parse, const char *word, struct item *item);
int item_text(const struct parse *parse, const char *word, struct item *item);
int item_assign(const struct parse *parse, const char *word, struct item *item);
int item_call(const struct parse *parse, const char *word, struct item *item);
int item_family(const struct parse *parse, const char *word, struct item *item);
int item_abi(const struct parse *parse, const char *word, struct item *item);
int item_capability(const struct parse *parse, const char *word, struct item *item);
int item_variable(const struct parse *parse, const char *word, struct item *item);
int item_endpoint(const struct parse *parse, const char *word, struct item *item);
int item_rule(const struct parse *parse, const char *word, struct item *item);
int item_ports(const struct parse *parse, const char *word, struct item *item);

/* ---- the printers, for the table ------------------------------------------------------------ */

const char *print_string(struct arena *arena, const struct type *type, const void *value);
const char *print_path(struct arena *arena, const struct type *type, const void *value);
const char *print_upper(struct arena *arena, const struct type *type, const void *value);
const char *print_size(struct arena *arena, const struct type *type, const void *value);
const char *print_duration(struct arena *arena, const struct type *type, const void *value);
const char *print_count(struct arena *arena, const struct type *type, const void *value);
const char *print_id(struct arena *arena, const struct type *type, const void *value);
const char *print_mode(struct arena *arena, const struct type *type, const void *value);
const char *print_nice(struct arena *arena, const struct type *type, const void *value);
const char *print_ratio(struct arena *arena, const struct type *type, const void *value);
const char *print_word(struct arena *arena, const struct type *type, const void *value);
const char *print_action(struct arena *arena, const struct type *type, const void *value);

#endif
