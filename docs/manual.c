/* SPDX-License-Identifier: MIT
 *
 * manual.c - writes sandbox-profile(5): the template's text, with the keys of keys.def and the
 * groups of groups.def in place of the lines @KEYS@ and @GROUPS@.
 *
 *     manual TEMPLATE PAGE
 *
 * It runs while the manual is built, and is not installed. The tables are printed as they are:
 * whoever wants another text on a key changes its row.
 */
#include "policy/keys.h"
#include "policy/value.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool new_section(const struct key *key)
{
    return key == policy_keys || strcmp(key[-1].section, key->section) != 0;
}

static void print_key(FILE *page, const struct key *key)
{
    fprintf(page, ".It Ic %s Li = Ar ", key->name);
    for (const char *c = key->type->name; *c; c++) /* one argument of the macro */
        fputs(*c == ' ' ? "\\ " : (const char[]){*c, '\0'}, page);
    fputs("\n", page);
    print_text(page, key->help);
    if (*key->standard)
        fprintf(page, "\nDefault:\n.Ql %s .\n", key->standard);
    else
        fprintf(page, "\nDefault: %s.\n", key->type->item ? "empty" : "unset");
}

static void print_keys(FILE *page)
{
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        if (new_section(key))
            fprintf(page, ".Ss [%s]\n.Bl -tag -width Ds\n", key->section);
        print_key(page, key);
        if (key + 1 == policy_keys + KEY_COUNT || new_section(key + 1))
            fputs(".El\n", page);
    }
}

static void print_group(FILE *page, const char *name, const char *help, const char *const *calls,
                        size_t count)
{
    fprintf(page, ".It Ic @%s\n", name);
    print_text(page, help);
    fputs("\n.br\n", page);
    for (size_t i = 0; i < count; i++) /* \% keeps a name from being broken */
        fprintf(page, "\\%%%s%s\n", calls[i], i + 1 < count ? "," : "");
}

static void print_groups(FILE *page)
{
    fputs(".Bl -tag -width Ds\n", page);
#define GROUP(id, name, help, ...)                                                                 \
    static const char *const calls_##id[] = {__VA_ARGS__};                                         \
    print_group(page, name, help, calls_##id, sizeof(calls_##id) / sizeof(calls_##id[0]));
#include "guards/seccomp/groups.def"
#undef GROUP
    fputs(".El\n", page);
}

static bool print_page(FILE *template, FILE *page)
{
    char line[1024];
    while (fgets(line, sizeof(line), template)) {
        if (strcmp(line, "@KEYS@\n") == 0)
            print_keys(page);
        else if (strcmp(line, "@GROUPS@\n") == 0)
            print_groups(page);
        else
            fputs(line, page);
    }
    return !ferror(template);
}

int main(int argc, char **argv)
{
    FILE *template = argc == 3 ? fopen(argv[1], "re") : NULL;
    FILE *page = template ? fopen(argv[2], "we") : NULL;
    if (!page) {
        fputs("usage: manual TEMPLATE PAGE\n", stderr);
        return EXIT_FAILURE;
    }
    bool read = print_page(template, page);
    bool wrote = fclose(page) == 0;
    fclose(template);
    return read && wrote ? EXIT_SUCCESS : EXIT_FAILURE;
}
