/* SPDX-License-Identifier: MIT
 *
 * markdown.c - docs/profile.md: the prose of the manual page's template, and the tables as
 * Markdown.
 */
#include "generate.h"
#include "mdoc.h"
#include "policy/keys.h"
#include "policy/rules.h"
#include "policy/value.h"
#include "tables.h"
#include "template.h"
#include <string.h>

/* Text in a cell of a table. */
static void print_cell(FILE *page, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\`*_<|", *text))
            fputc('\\', page);
        fputc(*text, page);
    }
}

/* What a key takes: the words of an enum, or the name of the type. */
static void print_value(FILE *page, const struct key *key)
{
    const char *const *words = key->type->words;
    if (!words)
        print_cell(page, key->type->name);
    for (; words && *words; words++)
        fprintf(page, "`%s`%s", *words, !words[1] ? "" : words[2] ? ", " : " or ");
    if (key_allows_unlimited(key) && !words && !key->type->item)
        fputs(", or `unlimited`", page);
}

static void print_key(FILE *page, const struct key *key)
{
    const char *refused = key_zero_refused(key);
    fprintf(page, "| `%s` | ", key->name);
    print_value(page, key);
    if (*key->standard)
        fprintf(page, " | `%s` | ", key->standard);
    else
        fprintf(page, " | %s | ", key->type->item ? "empty" : "unset");
    print_cell(page, key->help);
    if (refused)
        fprintf(page, " 0 is refused: %s.", refused);
    fputs(" |\n", page);
}

static void print_keys(FILE *page)
{
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        if (first_of_section(key))
            fprintf(page,
                    "\n### [%s%s]\n\n| key | value | default | what it says |\n|---|---|---|---|\n",
                    key->section, key->type->of_call ? " NAME" : "");
        print_key(page, key);
    }
}

static void print_groups(FILE *page)
{
    for (size_t i = 0; group_at(i); i++) {
        const struct group *group = group_at(i);
        struct wrap wrap = {.out = page, .indent = "", .end = ""};
        fprintf(page, "\n### @%s\n\n%s", group->name, group->help);
        if (*group->alias)
            fprintf(page, " Also `@%s`.", group->alias);
        fputs("\n\n", page);
        for (const char *const *call = group->calls; *call; call++) {
            char word[128];
            snprintf(word, sizeof(word), "`%s`%s", *call, call[1] ? "," : "");
            wrap_word(&wrap, word);
        }
        wrap_last(&wrap);
    }
}

static void print_rules(FILE *page)
{
    fputs("\n| rule | what it is about |\n|---|---|\n", page);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        fprintf(page, "| `%s` | ", policy_rules[i].name);
        print_cell(page, policy_rules[i].help);
        fputs(" |\n", page);
    }
}

int write_markdown(const char *template, FILE *out)
{
    static const struct place places[] = {
        {"KEYS", print_keys}, {"GROUPS", print_groups}, {"RULES", print_rules}, {NULL, NULL}};
    struct mdoc mdoc = {0};
    fputs("<!-- Made from docs/man/sandbox.profile.5.in, src/policy/keys.def and\n"
          "     rules.def, and syscalls/groups.tbl: change those, and say\n"
          "     cmake --build build --target refresh -->\n",
          out);
    if (template_fill(template, places, mdoc_line, &mdoc, out) != 0)
        return -1;
    return mdoc_end(&mdoc, out);
}
