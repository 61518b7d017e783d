/* SPDX-License-Identifier: MIT
 *
 * check.c - the verb `check`: is a profile valid, and what in it is dangerous.
 */
#include "arguments.h"
#include <stdlib.h>
#include <string.h>

/* The exit status: the worst that was found. */
enum { CHECK_CLEAN = 0, CHECK_WARNINGS = 1, CHECK_ERRORS = 2 };

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF }; /* in the order of options.def */

struct check {
    const char **sets, **ignored;
    size_t set_count, ignored_count;
    enum format format;
    struct sbx_findings **findings; /* of each profile */
    size_t count;
};

static int parse(struct check *check, int argc, char **argv)
{
    struct arguments arguments;
    int id;
    arguments_start(&arguments, VERB_check, argc, argv);
    while ((id = arguments_next(&arguments)) != ARGUMENTS_END) {
        if (id == OPTION_check_set)
            check->sets[check->set_count++] = arguments.value;
        else if (id == OPTION_check_ignore && !sbx_rule_help(arguments.value))
            return usage_error(VERB_check, "there is no such rule: ", arguments.value);
        else if (id == OPTION_check_ignore)
            check->ignored[check->ignored_count++] = arguments.value;
        else if (id == OPTION_check_format)
            check->format = (enum format)arguments_word(&arguments, OPTION_check_format);
        else if (id == OPTION_check_help)
            return arguments_help(VERB_check);
        else
            return EXIT_SANDBOX;
    }
    return optind == argc ? usage_error(VERB_check, "no profile is named", "") : -1;
}

static void print_finding(const char *profile, const struct sbx_finding *finding)
{
    const struct sbx_error *error = &finding->error;
    if (error->origin.file[0]) {
        print_place(stdout, error);
    } else { /* about all of it, or about what is not there */
        print_escaped(stdout, profile);
        fputs(": ", stdout);
    }
    printf("%s: ", sbx_severity_name(finding->severity));
    print_escaped(stdout, error->text);
    if (error->sys_errno)
        printf(": %s", strerror(error->sys_errno));
    if (finding->severity == SBX_SEVERITY_ERROR)
        putchar('\n'); /* errors have one rule, which nobody can ignore */
    else
        printf(" [%s]\n", finding->rule);
    print_excerpt(stdout, error);
    if (error->hint[0]) {
        fputs("      = ", stdout);
        print_escaped(stdout, error->hint);
        fputc('\n', stdout);
    }
}

static void print_counts(const unsigned counts[SBX_SEVERITY_ERROR + 1])
{
    const char *separator = "; ";
    printf(": %s", counts[SBX_SEVERITY_ERROR] ? "not valid" : "valid");
    for (int severity = SBX_SEVERITY_ERROR; severity >= SBX_SEVERITY_NOTE; severity--) {
        if (!counts[severity])
            continue;
        printf("%s%u %s%s", separator, counts[severity],
               sbx_severity_name((enum sbx_severity)severity), counts[severity] == 1 ? "" : "s");
        separator = ", ";
    }
    putchar('\n');
}

static void print_text(const struct check *check, char **profiles)
{
    for (size_t i = 0; i < check->count; i++) {
        const struct sbx_findings *findings = check->findings[i];
        unsigned counts[SBX_SEVERITY_ERROR + 1] = {0};
        for (size_t j = 0; j < sbx_findings_count(findings); j++) {
            const struct sbx_finding *finding = sbx_findings_at(findings, j);
            counts[finding->severity]++;
            print_finding(profiles[i], finding);
        }
        print_escaped(stdout, profiles[i]);
        if (!sbx_findings_count(findings))
            puts(": valid; nothing to say");
        else
            print_counts(counts);
    }
}

static int print_format(const struct check *check)
{
    struct sbx_error error;
    char *text;
    if (sbx_findings_format((const struct sbx_findings *const *)check->findings, check->count,
                            check->format == FORMAT_SARIF ? SBX_FINDINGS_SARIF : SBX_FINDINGS_JSON,
                            &text, &error) != 0) {
        print_error(&error);
        return EXIT_SANDBOX;
    }
    fputs(text, stdout);
    free(text);
    return 0;
}

static int status_of(const struct check *check)
{
    int status = CHECK_CLEAN;
    for (size_t i = 0; i < check->count; i++) {
        for (size_t j = 0; j < sbx_findings_count(check->findings[i]); j++) {
            enum sbx_severity severity = sbx_findings_at(check->findings[i], j)->severity;
            if (severity == SBX_SEVERITY_ERROR)
                return CHECK_ERRORS;
            if (severity == SBX_SEVERITY_WARNING)
                status = CHECK_WARNINGS;
        }
    }
    return status;
}

static int check_all(struct check *check, char **profiles, size_t count)
{
    struct sbx_error error;
    for (; check->count < count; check->count++) {
        struct sbx_findings **findings = &check->findings[check->count];
        if (sbx_check(profiles[check->count], check->sets, check->set_count, findings, &error) !=
            0) {
            print_error(&error);
            return EXIT_SANDBOX;
        }
        sbx_findings_ignore(*findings, check->ignored, check->ignored_count);
    }
    if (check->format == FORMAT_TEXT)
        print_text(check, profiles);
    else if (print_format(check) != 0)
        return EXIT_SANDBOX;
    int status = status_of(check);
    return finish_stdout() == 0 ? status : EXIT_SANDBOX;
}

int verb_check(int argc, char **argv)
{
    struct check check = {.format = FORMAT_TEXT};
    int status;
    check.sets = calloc((size_t)argc, sizeof(*check.sets));
    check.ignored = calloc((size_t)argc, sizeof(*check.ignored));
    check.findings = calloc((size_t)argc, sizeof(struct sbx_findings *));
    if (!check.sets || !check.ignored || !check.findings)
        status = memory_error();
    else
        status = parse(&check, argc, argv);
    if (status < 0)
        status = check_all(&check, argv + optind, (size_t)(argc - optind));
    for (size_t i = 0; i < check.count; i++)
        sbx_findings_free(check.findings[i]);
    free(check.findings);
    free(check.ignored);
    free(check.sets);
    return status;
}
