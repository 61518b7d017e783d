/* SPDX-License-Identifier: MIT
 *
 * diff.c - the verb `diff`: what one profile allows and another does not.
 */
#include "arguments.h"
#include <stdlib.h>

enum { DIFF_EQUAL = 0, DIFF_DIFFERENT = 1 };

struct diff {
    const char **sets;
    size_t set_count;
};

static int parse(struct diff *diff, int argc, char **argv)
{
    struct arguments arguments;
    int id;
    arguments_start(&arguments, VERB_diff, argc, argv);
    while ((id = arguments_next(&arguments)) != ARGUMENTS_END) {
        if (id == OPTION_diff_set)
            diff->sets[diff->set_count++] = arguments.value;
        else if (id == OPTION_diff_help)
            return arguments_help(VERB_diff);
        else
            return EXIT_SANDBOX;
    }
    return argc - optind == 2 ? -1 : usage_error(VERB_diff, "two profiles are compared: A B", "");
}

static struct sbx_policy *load(const struct diff *diff, const char *profile)
{
    struct sbx_policy *policy = NULL;
    struct sbx_error error;
    if (sbx_policy_load(profile, diff->sets, diff->set_count, &policy, &error) != 0)
        print_profile_errors(&error, profile, diff->sets, diff->set_count);
    return policy;
}

static int compare(const struct sbx_policy *a, const struct sbx_policy *b)
{
    struct sbx_error error;
    char *text;
    bool equal;
    if (sbx_policy_diff(a, b, &equal, &text, &error) != 0) {
        print_error(&error);
        return EXIT_SANDBOX;
    }
    fputs(text, stdout);
    free(text);
    return finish_stdout() ? EXIT_SANDBOX : equal ? DIFF_EQUAL : DIFF_DIFFERENT;
}

int verb_diff(int argc, char **argv)
{
    struct diff diff = {.sets = calloc((size_t)argc, sizeof(*diff.sets))};
    if (!diff.sets)
        return memory_error();
    int status = parse(&diff, argc, argv);
    if (status < 0) {
        struct sbx_policy *a = load(&diff, argv[optind]);
        struct sbx_policy *b = load(&diff, argv[optind + 1]); /* both tell their errors */
        status = a && b ? compare(a, b) : EXIT_SANDBOX;
        sbx_policy_free(a);
        sbx_policy_free(b);
    }
    free(diff.sets);
    return status;
}
