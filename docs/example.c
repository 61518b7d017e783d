/* SPDX-License-Identifier: MIT
 *
 * example.c - a small judge: what a program that uses libsbx looks like.
 *
 *     cc example.c -o example $(pkg-config --cflags --libs sbx)
 *     ./example judge 500ms run ./solution <input       the verdict goes to stderr
 *     ./example judge 500ms explain ./solution          what a run would do
 *
 * The first word names a profile, the second is the limit of CPU time for this one problem.
 */
#include <sandbox/sandbox.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Texts may hold what a stranger has put into a profile or into the name of a file. On a terminal
 * they must show nothing but themselves. */
static void say(const char *text)
{
    char shown[4096];
    sbx_escape(text, shown, sizeof(shown));
    fputs(shown, stderr);
}

/* An error is a value: where, what, and what to do next. */
static void say_error(const char *kind, const struct sbx_error *error)
{
    if (error->origin.file[0]) {
        say(error->origin.file);
        fprintf(stderr, ":%u:%u: ", error->origin.line, error->origin.column);
    }
    fprintf(stderr, "%s: ", kind);
    say(error->text);
    if (error->sys_errno)
        fprintf(stderr, ": %s", strerror(error->sys_errno));
    if (error->hint[0]) {
        fputs("\n    hint: ", stderr);
        say(error->hint);
    }
    fputc('\n', stderr);
}

/* Says all that is wrong with a profile, or dangerous in it. Once, when a judge starts. */
static int check(const char *profile)
{
    struct sbx_findings *findings;
    struct sbx_error error;
    if (sbx_check(profile, NULL, 0, &findings, &error) != 0) {
        say_error("error", &error);
        return -1;
    }
    int errors = 0;
    for (size_t i = 0; i < sbx_findings_count(findings); i++) {
        const struct sbx_finding *finding = sbx_findings_at(findings, i);
        errors += finding->severity == SBX_SEVERITY_ERROR;
        say_error(sbx_severity_name(finding->severity), &finding->error);
    }
    sbx_findings_free(findings);
    return errors ? -1 : 0;
}

/* A profile is loaded once; each problem gets a policy of its own, made from it. */
static struct sbx_policy *policy_for(const char *profile, const char *time_limit)
{
    struct sbx_policy *common, *policy = NULL;
    struct sbx_error error;
    char limit[128];
    const char *const overrides[] = {limit};
    snprintf(limit, sizeof(limit), "limits.cpu_time=%s", time_limit);
    if (sbx_policy_load(profile, NULL, 0, &common, &error) != 0) {
        say_error("error", &error);
        return NULL;
    }
    if (sbx_policy_set(common, overrides, 1, &policy, &error) != 0)
        say_error("error", &error);
    sbx_policy_free(common); /* the new one does not need it */
    return policy;
}

static int explain(const struct sbx_policy *policy, const struct sbx_command *command)
{
    struct sbx_error error;
    char *text;
    if (sbx_explain(policy, command, &text, &error) != 0) {
        say_error("error", &error);
        return sbx_error_exit_status(&error);
    }
    fputs(text, stdout); /* it is escaped already */
    free(text);
    return 0;
}

static int run(const struct sbx_policy *policy, const struct sbx_command *command)
{
    struct sbx_report report;
    struct sbx_error error;
    if (sbx_run(policy, command, &report, &error) != 0) {
        say_error("the program did not run", &error);
        return sbx_error_exit_status(&error);
    }
    fprintf(stderr, "%s (exit status %d), %.3f s of CPU time, %llu KiB\n",
            sbx_outcome_name(report.outcome), sbx_report_exit_status(&report),
            (double)report.cpu_us / 1e6, (unsigned long long)report.memory_peak_bytes / 1024);
    for (size_t i = 0; i < report.unkept_count; i++) {
        fputs("not kept: ", stderr); /* only where the profile says `enforce = best-effort` */
        say(report.unkept[i]);
        fputc('\n', stderr);
    }
    return sbx_report_exit_status(&report);
}

int main(int argc, char **argv)
{
    if (argc < 5 || (strcmp(argv[3], "run") != 0 && strcmp(argv[3], "explain") != 0)) {
        fputs("usage: example PROFILE TIME run|explain PROGRAM [ARGUMENT]...\n", stderr);
        return 125;
    }
    struct sbx_policy *policy = check(argv[1]) == 0 ? policy_for(argv[1], argv[2]) : NULL;
    if (!policy)
        return 125;
    /* No envp: the program gets what the profile sets, and nothing of ours. */
    const struct sbx_command command = {.argv = (const char *const *)argv + 4};
    int status = strcmp(argv[3], "run") == 0 ? run(policy, &command) : explain(policy, &command);
    sbx_policy_free(policy);
    return status;
}
