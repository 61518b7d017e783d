/* SPDX-License-Identifier: MIT
 *
 * man.c - sandbox.profile(5): the template is the page, the tables become mdoc(7).
 */
#include "generate.h"
#include "policy/keys.h"
#include "policy/rules.h"
#include "policy/value.h"
#include "tables.h"
#include "template.h"

/* Text of the tables is no markup: a backslash, and a dot or an apostrophe that starts a line,
 * would be taken for it. */
static void print_text(FILE *page, const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", page);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", page);
        else
            fputc(*text, page);
    }
}

static void print_key(FILE *page, const struct key *key)
{
    const char *refused = key_zero_refused(key);
    fprintf(page, ".It Ic %s Li = Ar ", key->name);
    for (const char *c = key->type->name; *c; c++) /* one argument of the macro */
        fputs(*c == ' ' ? "\\ " : (const char[]){*c, '\0'}, page);
    fputs("\n", page);
    print_text(page, key->help);
    if (refused)
        fprintf(page, "\n0 is refused: %s.", refused);
    if (*key->standard)
        fprintf(page, "\nDefault:\n.Ql %s .\n", key->standard);
    else
        fprintf(page, "\nDefault: %s.\n", key->type->item ? "empty" : "unset");
}

static void print_keys(FILE *page)
{
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        if (first_of_section(key))
            fprintf(page, ".Ss [%s%s]\n.Bl -tag -width Ds\n", key->section,
                    key->type->of_call ? " NAME" : "");
        print_key(page, key);
        if (last_of_section(key))
            fputs(".El\n", page);
    }
}

static void print_groups(FILE *page)
{
    fputs(".Bl -tag -width Ds\n", page);
    for (size_t i = 0; group_at(i); i++) {
        const struct group *group = group_at(i);
        fprintf(page, ".It Ic @%s\n", group->name);
        print_text(page, group->help);
        if (*group->alias)
            fprintf(page, "\nAlso\n.Ic @%s .", group->alias);
        fputs("\n.br\n", page);
        for (const char *const *call = group->calls; *call; call++)
            fprintf(page, "\\%%%s%s\n", *call, call[1] ? "," : ""); /* \%: not to be broken */
    }
    fputs(".El\n", page);
}

static void print_rules(FILE *page)
{
    fputs(".Bl -tag -width Ds\n", page);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        fprintf(page, ".It Ic %s\n", policy_rules[i].name);
        print_text(page, policy_rules[i].help);
        fputc('\n', page);
    }
    fputs(".El\n", page);
}

int write_man(const char *template, FILE *out)
{
    static const struct place places[] = {
        {"KEYS", print_keys}, {"GROUPS", print_groups}, {"RULES", print_rules}, {NULL, NULL}};
    return template_fill(template, places, NULL, NULL, out);
}
