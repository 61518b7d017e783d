/* SPDX-License-Identifier: MIT
 *
 * zsh.c - completion/_sandbox: the options as specifications of _arguments.
 */
#include "generate.h"
#include "shell.h"
#include "template.h"

static void print_verbs(FILE *out)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(out, "    '%s:%s'\n", cli_verbs[i].name, cli_verbs[i].help);
}

/* What _arguments calls for the argument of an option. */
static void print_action(FILE *out, const struct cli_option *option)
{
    switch (option->kind) {
    case KIND_NONE:
        return;
    case KIND_PROFILE:
        fputs(":profile:_sandbox_profiles", out);
        return;
    case KIND_SETTING:
        fputs(":setting:_sandbox_setting", out);
        return;
    case KIND_FILE:
        fputs(":file:_files", out);
        return;
    case KIND_DIRECTORY:
        fputs(":directory:_files -/", out);
        break;
    case KIND_TEXT:
        fprintf(out, ":%s: ", option->argument);
        return;
    case KIND_WORDS:
    case KIND_RULE:
        fprintf(out, ":%s:(", option->kind == KIND_RULE ? "rule" : "word");
        print_option_words(out, option);
        fputc(')', out);
        return;
    }
}

static void print_option(FILE *out, const struct cli_option *option)
{
    const char *takes = option->kind == KIND_NONE ? "" : "=";
    bool many = option->times == TIMES_MANY;
    fputs("      ", out);
    if (many)
        fputs("'*'", out);
    else if (option->letter)
        fprintf(out, "'(-%c --%s)'", option->letter, option->name);
    if (option->letter)
        fprintf(out, "{-%c%s,--%s%s}", option->letter, *takes ? "+" : "", option->name, takes);
    else
        fprintf(out, "--%s%s", option->name, takes);
    fprintf(out, "'[%s]", option->help);
    print_action(out, option);
    fputs("' \\\n", out);
}

/* One branch for each verb. */
static void print_arguments(FILE *out)
{
    static const char *const operands[] = {
        [OPERANDS_PROGRAM] = "'(-)1:program:_command_names -e' '*::argument:_normal'",
        [OPERANDS_PROFILES] = "'*:profile:_sandbox_profiles'",
        [OPERANDS_QUESTION] = "'1:profile:_sandbox_explained' '*::question:_sandbox_question'",
        [OPERANDS_CHANGES] = "'1:what:_sandbox_changes' '2:changes:_sandbox_kept'",
        [OPERANDS_TWO_PROFILES] = "'1:profile:_sandbox_profiles' '2:profile:_sandbox_profiles'",
        [OPERANDS_IMAGE] = "'1:what:(unpack list remove)' '*:image:_sandbox_image'",
    };
    for (size_t i = 0; i < VERB_COUNT; i++) {
        const struct cli_option *end = verb_options_end(i);
        const char *ours = cli_verbs[i].operands == OPERANDS_PROGRAM ? " -A '-*'" : "";
        fprintf(out, "  %s)\n    _arguments -s -S%s \\\n", cli_verbs[i].name, ours);
        for (const struct cli_option *option = verb_options(i); option < end; option++)
            print_option(out, option);
        fprintf(out, "      %s\n    ;;\n", operands[cli_verbs[i].operands]);
    }
}

int write_zsh(const char *template, FILE *out)
{
    static const struct place places[] = {{"VERBS", print_verbs},
                                          {"ARGUMENTS", print_arguments},
                                          {"SETTINGS", print_settings},
                                          {"VALUES", print_value_rows},
                                          {"CALLS", print_calls},
                                          {"GROUPS", print_groups},
                                          {NULL, NULL}};
    return template_fill(template, places, NULL, NULL, out);
}
