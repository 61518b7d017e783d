/* SPDX-License-Identifier: MIT
 *
 * bash.c - completion/sandbox.bash.
 */
#include "generate.h"
#include "shell.h"
#include "template.h"

static void print_verbs(FILE *out)
{
    fputs("_sandbox_verbs=(", out);
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(out, "%s%s", i ? " " : "", cli_verbs[i].name);
    fputs(")\n", out);
}

static void print_options(FILE *out)
{
    for (size_t i = 0; i < VERB_COUNT; i++) {
        const struct cli_option *end = verb_options_end(i);
        fprintf(out, "    %s)\n        words=(", cli_verbs[i].name);
        for (const struct cli_option *option = verb_options(i); option < end; option++) {
            fputs(option == verb_options(i) ? "" : " ", out);
            if (option->letter)
                fprintf(out, "-%c ", option->letter);
            fprintf(out, "--%s", option->name);
        }
        fputs(")\n        ;;\n", out);
    }
}

/* The options that take something; the others are not mentioned. */
static void print_arguments(FILE *out)
{
    for (const struct cli_option *option = cli_options; option < cli_options + OPTION_COUNT;
         option++) {
        const char *verb = cli_verbs[option->verb].name;
        if (option->kind == KIND_NONE)
            continue;
        fputs("    ", out);
        if (option->letter)
            fprintf(out, "%s-%c | ", verb, option->letter);
        fprintf(out, "%s--%s) argument=", verb, option->name);
        if (option->kind == KIND_WORDS || option->kind == KIND_RULE) {
            fputs("'words ", out);
            print_option_words(out, option);
            fputs("' ;;\n", out);
        } else {
            fprintf(out, "%s ;;\n", kind_word(option->kind));
        }
    }
}

int write_bash(const char *template, FILE *out)
{
    static const struct place places[] = {{"VERBS", print_verbs},
                                          {"OPTIONS", print_options},
                                          {"ARGUMENTS", print_arguments},
                                          {"SETTINGS", print_settings},
                                          {"VALUES", print_value_rows},
                                          {"CALLS", print_calls},
                                          {NULL, NULL}};
    return template_fill(template, places, NULL, NULL, out);
}
