/* SPDX-License-Identifier: MIT
 *
 * dictionary.c - fuzz/profile.dict: the words that a fuzzer would not find by itself, in the form
 * that libFuzzer and AFL read: one "word" a line, with \\, \" and \xHH in it.
 */
#include "generate.h"
#include "policy/expand.h"
#include "policy/keys.h"
#include "policy/number.h"
#include "policy/value.h"
#include "tables.h"
#include <string.h>

static void print_token(FILE *out, const char *before, const char *text, const char *behind)
{
    const char *const parts[] = {before, text, behind};
    fputc('"', out);
    for (size_t i = 0; i < 3; i++) {
        for (const char *c = parts[i]; *c; c++) {
            if (*c == '"' || *c == '\\')
                fprintf(out, "\\%c", *c);
            else if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
                fprintf(out, "\\x%02x", (unsigned)(unsigned char)*c);
            else
                fputc(*c, out);
        }
    }
    fputs("\"\n", out);
}

static void print_list(FILE *out, const char *title, const char *before, const char *const *texts,
                       const char *behind)
{
    fprintf(out, "\n# %s\n", title);
    for (; *texts; texts++)
        print_token(out, before, *texts, behind);
}

static void print_keys(FILE *out)
{
    fputs("\n# sections and keys\n", out);
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        if (first_of_section(key))
            print_token(out, "[", key->section, key->type->of_call ? " socket]\n" : "]\n");
        print_token(out, "", key->name, " = ");
    }
}

/* Words that two types, or two defaults, have in common are written once. */
static bool said_before(const struct key *key)
{
    for (const struct key *other = policy_keys; other < key; other++) {
        if (key->type->words ? other->type == key->type
                             : strcmp(other->standard, key->standard) == 0)
            return true;
    }
    return false;
}

static void print_values(FILE *out)
{
    fputs("\n# words of enums, and defaults\n", out);
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        const char *const *word = key->type->words;
        if (said_before(key))
            continue;
        for (; word && *word; word++)
            print_token(out, "", *word, "");
        if (!key->type->words && *key->standard)
            print_token(out, "", key->standard, "");
    }
}

static void print_units(FILE *out)
{
    const struct unit *const tables[] = {size_units, duration_units};
    fputs("\n# units\n", out);
    for (size_t i = 0; i < 2; i++) {
        for (const struct unit *unit = tables[i]; unit->name; unit++) {
            if (*unit->name)
                print_token(out, "1", unit->name, "");
        }
    }
    print_token(out, "", "unlimited", "");
}

static void print_groups(FILE *out)
{
    fputs("\n# groups of system calls\n", out);
    for (size_t i = 0; group_at(i); i++)
        print_token(out, "", group_at(i)->word, "");
}

int write_dictionary(const char *template, FILE *out)
{
    static const char *const marks[] = {"?", "!", ";", " ;", "#", ":", ",", "=", "+=", "@", NULL};
    static const char *const escapes[] = {"\"", "\\", ":", ",", "=", "$", ";", "x41", "x00", NULL};
    static const char *const ends[] = {"\r\n", "\n ", "\n\t", "\xef\xbb\xbf", "\xe2\x80\xae", NULL};
    static const char *const forms[] = {
        ":rw", ":ro", ":EPERM", ":size=1M", ",inodes=", ",mode=", "cap_", "CAP_", NULL};
    static const char *const rules[] = {" if ", " in {", "}", "==", "!=", "<=", ">=", "&&", "||",
                                        "&",    "|",     "~", "(",  ")",  "-",  "0x", "0o", NULL};
    (void)template;
    fputs("# Made from src/policy/keys.def and its neighbours: change those, and say\n"
          "# cmake --build build --target refresh\n",
          out);
    print_keys(out);
    print_values(out);
    print_units(out);
    print_groups(out);
    print_list(out, "actions", "", action_words, "");
    print_list(out, "variables", "${", expand_variables, "}");
    print_list(out, "variables of the environment", "${env:", (const char *const[]){"PATH", NULL},
               "}");
    print_list(out, "marks", "", marks, "");
    print_list(out, "escapes within quotes", "\\", escapes, "");
    print_list(out, "parts of words", "", forms, "");
    print_list(out, "rules of system calls", "", rules, "");
    print_list(out, "ends of lines, and characters that are more than one byte", "", ends, "");
    return 0;
}
