/* SPDX-License-Identifier: MIT
 *
 * fish.c - completion/sandbox.fish: one `complete` for each option.
 */
#include "generate.h"
#include "policy/value.h"
#include "shell.h"
#include "tables.h"
#include "template.h"

static void print_verbs(FILE *out)
{
    fputs("set -g __sandbox_verbs", out);
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(out, " %s", cli_verbs[i].name);
    fputc('\n', out);
}

static void print_verb_rows(FILE *out)
{
    for (size_t i = 0; i < VERB_COUNT; i++) {
        fprintf(out, "complete -c sandbox -n '__sandbox_at verb' -a %s -d ", cli_verbs[i].name);
        print_quoted(out, cli_verbs[i].help);
        fputc('\n', out);
    }
}

/* The options that take something. */
static void print_takers(FILE *out)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct cli_option *option = &cli_options[i];
        const char *verb = cli_verbs[option->verb].name;
        if (option->kind == KIND_NONE)
            continue;
        fputs("        case ", out);
        if (option->letter)
            fprintf(out, "%s-%c ", verb, option->letter);
        fprintf(out, "%s--%s\n            return 0\n", verb, option->name);
    }
}

/* -x: an argument that is no file; -r -F: one that is. */
static void print_argument(FILE *out, const struct cli_option *option)
{
    switch (option->kind) {
    case KIND_NONE:
        return;
    case KIND_PROFILE:
        fputs(" -x -a '(__sandbox_profiles)'", out);
        return;
    case KIND_SETTING:
        fputs(" -x -a '(__sandbox_settings)'", out);
        return;
    case KIND_FILE:
        fputs(" -r -F", out);
        return;
    case KIND_DIRECTORY:
        fputs(" -x -a '(__fish_complete_directories)'", out);
        break;
    case KIND_TEXT:
        fputs(" -x", out);
        return;
    case KIND_WORDS:
    case KIND_RULE:
        fputs(" -x -a '", out);
        print_option_words(out, option);
        fputc('\'', out);
        return;
    }
}

static void print_options(FILE *out)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct cli_option *option = &cli_options[i];
        const char *verb = cli_verbs[option->verb].name;
        fprintf(out, "complete -c sandbox -n '__sandbox_at options %s'", verb);
        if (option->letter)
            fprintf(out, " -s %c", option->letter);
        fprintf(out, " -l %s", option->name);
        print_argument(out, option);
        fputs(" -d ", out);
        print_quoted(out, option->help);
        fputc('\n', out);
    }
}

/* The rows of a switch: KEY KEY, and what `values` becomes. */
static void print_values(FILE *out)
{
    for (const struct key *key = policy_keys; key < policy_keys + KEY_COUNT; key++) {
        if (!key_opens_row(key))
            continue;
        struct wrap wrap = {.out = out, .indent = "            ", .end = " \\"};
        fputs("        case", out);
        for (const struct key *other = key; other < policy_keys + KEY_COUNT; other++) {
            if (key_is_settable(other) && key_values_equal(key, other))
                fprintf(out, " %s.%s", other->section, other->name);
        }
        fputc('\n', out);
        wrap_word(&wrap, "set values");
        for (size_t i = 0; key_value(key, i); i++)
            wrap_word(&wrap, key_value(key, i));
        wrap_last(&wrap);
    }
}

/* A command goes on in the next line behind a backslash, so the last line has none. */
static void print_words(FILE *out, void (*words)(struct wrap *wrap))
{
    struct wrap wrap = {.out = out, .indent = "        ", .end = " \\"};
    words(&wrap);
    wrap_last(&wrap);
}

static void print_setting_words(FILE *out)
{
    print_words(out, wrap_settings);
}

static void print_call_words(FILE *out)
{
    print_words(out, wrap_calls);
}

static void print_group_words(FILE *out)
{
    print_words(out, wrap_groups);
}

int write_fish(const char *template, FILE *out)
{
    static const struct place places[] = {{"VERBS", print_verbs},
                                          {"TAKERS", print_takers},
                                          {"SETTINGS", print_setting_words},
                                          {"VALUES", print_values},
                                          {"CALLS", print_call_words},
                                          {"GROUPS", print_group_words},
                                          {"VERB_ROWS", print_verb_rows},
                                          {"OPTIONS", print_options},
                                          {NULL, NULL}};
    return template_fill(template, places, NULL, NULL, out);
}
