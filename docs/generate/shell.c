/* SPDX-License-Identifier: MIT
 *
 * shell.c - the tables as the shells' completions want them.
 */
#include "shell.h"
#include "policy/rules.h"
#include "policy/value.h"
#include "tables.h"
#include <stdlib.h>
#include <string.h>

bool key_is_settable(const struct key *key)
{
    return key != &policy_keys[KEY_profile_extends] && !key->type->of_call;
}

static const char *const upper_words[] = {"none", "tmpfs"};

/* network.refused takes the first two actions only. */
static const char *action_value(const struct key *key, size_t i)
{
    return i >= 2 && key == &policy_keys[KEY_network_refused] ? NULL : action_words[i];
}

const char *key_value(const struct key *key, size_t i)
{
    const struct type *type = key->type;
    if (type->words)
        return type->words[i];
    if (type == &policy_types[TYPE_upper])
        return i < 2 ? upper_words[i] : NULL;
    if (type == &policy_types[TYPE_action])
        return action_value(key, i);
    if (type == &policy_types[TYPE_calls])
        return group_at(i) ? group_at(i)->word : NULL;
    return i == 0 && !type->item && key_allows_unlimited(key) ? "unlimited" : NULL;
}

bool key_values_equal(const struct key *one, const struct key *other)
{
    for (size_t i = 0;; i++) {
        const char *a = key_value(one, i), *b = key_value(other, i);
        if (!a || !b)
            return !a && !b;
        if (strcmp(a, b) != 0)
            return false;
    }
}

bool key_opens_row(const struct key *key)
{
    for (const struct key *other = policy_keys; other < key; other++) {
        if (key_is_settable(other) && key_values_equal(other, key))
            return false;
    }
    return key_is_settable(key) && key_value(key, 0);
}

const struct cli_option *verb_options(enum cli_verb_id verb)
{
    const struct cli_option *option = cli_options;
    while (option < cli_options + OPTION_COUNT && option->verb != verb)
        option++;
    return option;
}

const struct cli_option *verb_options_end(enum cli_verb_id verb)
{
    const struct cli_option *option = verb_options(verb);
    while (option < cli_options + OPTION_COUNT && option->verb == verb)
        option++;
    return option;
}

const char *kind_word(enum cli_kind kind)
{
    static const char *const words[] = {
        [KIND_NONE] = "",     [KIND_PROFILE] = "profile",     [KIND_SETTING] = "setting",
        [KIND_FILE] = "file", [KIND_DIRECTORY] = "directory", [KIND_WORDS] = "words",
        [KIND_RULE] = "rule", [KIND_TEXT] = "text",
    };
    return words[kind];
}

void print_option_words(FILE *out, const struct cli_option *option)
{
    if (option->kind == KIND_RULE) {
        for (int rule = RULE_invalid + 1; rule < RULE_COUNT; rule++) /* which can't be ignored */
            fprintf(out, "%s%s", rule > RULE_invalid + 1 ? " " : "", policy_rules[rule].name);
        return;
    }
    for (const char *c = option->argument; *c; c++)
        fputc(*c == '|' ? ' ' : *c, out);
}

void print_quoted(FILE *out, const char *text)
{
    if (strpbrk(text, "'\\")) {
        fprintf(stderr, "write this without ' and \\: %s\n", text);
        exit(EXIT_FAILURE);
    }
    fprintf(out, "'%s'", text);
}

void print_value_rows(FILE *out)
{
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        struct wrap names = {.out = out, .indent = "    ", .end = " \\"};
        struct wrap values = {.out = out, .indent = "            ", .end = ""};
        if (!key_opens_row(key))
            continue;
        for (const struct key *other = key; other < policy_keys + KEY_COUNT; other++) {
            char word[128];
            if (!key_is_settable(other) || !key_values_equal(key, other))
                continue;
            snprintf(word, sizeof(word), "%s%s.%s", other == key ? "" : "| ", other->section,
                     other->name);
            wrap_word(&names, word);
        }
        fputs(")\n        values=(\n", out);
        for (size_t i = 0; key_value(key, i); i++)
            wrap_word(&values, key_value(key, i));
        wrap_last(&values);
        fputs("        )\n        ;;\n", out);
    }
}

void wrap_settings(struct wrap *wrap)
{
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        char word[128];
        if (!key_is_settable(key))
            continue;
        snprintf(word, sizeof(word), "%s.%s=", key->section, key->name);
        wrap_word(wrap, word);
        snprintf(word, sizeof(word), "%s.%s+=", key->section, key->name);
        if (key->type->item)
            wrap_word(wrap, word);
    }
}

void wrap_calls(struct wrap *wrap)
{
    for (const char *call = next_call(""); call; call = next_call(call))
        wrap_word(wrap, call);
}

void wrap_groups(struct wrap *wrap)
{
    for (size_t i = 0; group_at(i); i++)
        wrap_word(wrap, group_at(i)->word);
}

void print_groups(FILE *out)
{
    struct wrap wrap = {.out = out, .indent = "        ", .end = ""};
    wrap_groups(&wrap);
    wrap_last(&wrap);
}

void print_settings(FILE *out)
{
    struct wrap wrap = {.out = out, .indent = "        ", .end = ""};
    wrap_settings(&wrap);
    wrap_last(&wrap);
}

void print_calls(FILE *out)
{
    struct wrap wrap = {.out = out, .indent = "        ", .end = ""};
    wrap_calls(&wrap);
    wrap_last(&wrap);
}
