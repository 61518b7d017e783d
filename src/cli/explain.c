/* SPDX-License-Identifier: MIT
 *
 * explain.c - the verb `explain`: what a profile amounts to, on this machine and for one call; and
 * what a group of system calls has in it.
 */
#include "arguments.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum format { FORMAT_TEXT, FORMAT_INI }; /* in the order of options.def */

struct question {
    const char *group; /* "@GROUP": then there is no profile */
    const char *profile;
    const char **sets;
    size_t set_count;
    enum format format;
    const char *call;        /* "syscall NAME ARGUMENT=VALUE..." */
    const char *const *rest; /* of the call, or the program and its arguments */
    size_t rest_count;
};

/* "@GROUP", which no option changes. */
static int parse_group(struct question *question, int argc, char **argv)
{
    question->group = argv[optind++];
    if (optind < argc)
        return usage_error(VERB_explain, "nothing stands behind a group: ", argv[optind]);
    if (question->set_count || question->format != FORMAT_TEXT)
        return usage_error(VERB_explain, "no option is for a group: ", question->group);
    return -1;
}

/* PROFILE, then nothing, "--" and a program, or "syscall NAME ...". */
static int parse_operands(struct question *question, int argc, char **argv)
{
    if (optind == argc)
        return usage_error(VERB_explain, "no profile is named", "");
    if (*argv[optind] == '@')
        return parse_group(question, argc, argv);
    question->profile = argv[optind++];
    if (optind < argc && argv[optind][0] == '-' && strcmp(argv[optind], "--") != 0)
        return usage_error(VERB_explain, "options stand before the profile: ", argv[optind]);
    bool dashes = optind < argc && strcmp(argv[optind], "--") == 0;
    bool call = optind < argc && strcmp(argv[optind], "syscall") == 0;
    if (call && optind + 1 == argc)
        return usage_error(VERB_explain, "no system call is named", "");
    if (call && question->format == FORMAT_INI)
        return usage_error(VERB_explain, "one call has no --format=ini", "");
    if (dashes && optind + 1 == argc)
        return usage_error(VERB_explain, "no program is named behind '--'", "");
    if (!dashes && !call && optind < argc)
        return usage_error(
            VERB_explain,
            "write '--' before the program, or 'syscall' before the call: ", argv[optind]);
    if (call)
        question->call = argv[optind + 1];
    optind += call ? 2 : dashes;
    question->rest = (const char *const *)argv + optind;
    question->rest_count = (size_t)(argc - optind);
    return -1;
}

static int parse(struct question *question, int argc, char **argv)
{
    struct arguments arguments;
    int id;
    arguments_start(&arguments, VERB_explain, argc, argv);
    while ((id = arguments_next(&arguments)) != ARGUMENTS_END) {
        if (id == OPTION_explain_set)
            question->sets[question->set_count++] = arguments.value;
        else if (id == OPTION_explain_format)
            question->format = (enum format)arguments_word(&arguments, OPTION_explain_format);
        else if (id == OPTION_explain_help)
            return arguments_help(VERB_explain);
        else
            return EXIT_SANDBOX;
    }
    return parse_operands(question, argc, argv);
}

static int answer(const struct question *question, const struct sbx_policy *policy, char **text,
                  struct sbx_error *error)
{
    const struct sbx_command command = {.argv = question->rest,
                                        .envp = (const char *const *)environ};
    if (question->call)
        return sbx_explain_call(policy, question->call, question->rest, question->rest_count, text,
                                error);
    if (question->format == FORMAT_INI)
        return sbx_policy_print(policy, true, text, error);
    return sbx_explain(policy, question->rest_count ? &command : NULL, text, error);
}

static int explain_group(const char *group)
{
    struct sbx_error error;
    char *text = NULL;
    if (sbx_explain_group(group, &text, &error) != 0) {
        print_error(&error);
        return EXIT_SANDBOX;
    }
    fputs(text, stdout);
    free(text);
    return finish_stdout();
}

static int explain(const struct question *question)
{
    if (question->group)
        return explain_group(question->group);
    struct sbx_policy *policy = NULL;
    struct sbx_error error;
    char *text = NULL;
    int status = 0;
    if (sbx_policy_load(question->profile, question->sets, question->set_count, &policy, &error) !=
            0 ||
        answer(question, policy, &text, &error) != 0) {
        print_profile_errors(&error, question->profile, question->sets, question->set_count);
        status = EXIT_SANDBOX;
    } else {
        fputs(text, stdout);
        status = finish_stdout();
    }
    free(text);
    sbx_policy_free(policy);
    return status;
}

int verb_explain(int argc, char **argv)
{
    struct question question = {.format = FORMAT_TEXT};
    question.sets = calloc((size_t)argc, sizeof(*question.sets));
    if (!question.sets)
        return memory_error();
    int status = parse(&question, argc, argv);
    if (status < 0)
        status = explain(&question);
    free(question.sets);
    return status;
}
