/* SPDX-License-Identifier: MIT
 *
 * keys.h - the rows of keys.def as a table.
 */
#ifndef POLICY_KEYS_H
#define POLICY_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct sbx_policy;
struct type;

enum key_id {
#define KEY(section, name, type, allows, standard, help) KEY_##section##_##name,
#include "policy/keys.def"
#undef KEY
    KEY_COUNT
};

/* Which way a greater value, a later word or one more word goes. */
enum key_allows { ALLOWS_MORE, ALLOWS_LESS, ALLOWS_OTHER };

struct key {
    const char *section;
    const char *name;
    const struct type *type;
    enum key_allows allows;
    const char *standard; /* the default, as text */
    const char *help;
    size_t offset; /* of its field in struct sbx_policy */
};

/* All keys, in the order of enum key_id. */
extern const struct key policy_keys[KEY_COUNT];

/* The value of a key in a policy: a struct value_* of its type. */
const void *key_field(const struct sbx_policy *policy, const struct key *key);

/* Whether a section exists, and the key of a section; NULL where there is none. */
bool key_section_exists(const char *section);
const struct key *key_find(const char *section, const char *name);

/* Whether a section is about one system call, and is written [SECTION NAME]. */
bool key_section_of_call(const char *section);

/* The key of the section that a text begins with as a line that sets it would; NULL where none. */
const struct key *key_at_start(const char *section, const char *text);

/* What to say of an unknown section or key: what may have been meant or, where nothing is near, all
 * that there are. */
void key_suggest_section(const char *section, char *text, size_t size);
void key_suggest_name(const char *section, const char *name, char *text, size_t size);

/* Why a 0 is refused for a key, or NULL where it is a fine value. */
const char *key_zero_refused(const struct key *key);

/* Whether "unlimited" is a value of a key. */
bool key_allows_unlimited(const struct key *key);

#endif
