/* SPDX-License-Identifier: MIT
 *
 * run.c - the verb `run`: one program under one profile.
 */
#include "arguments.h"
#include "reportfile.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long each line of the last words waits for its reader. */
enum { VERDICT_MS = 1000 };

struct options {
    const char *profile;
    const char **sets;
    size_t set_count;
    struct sbx_file *files;
    size_t file_count;
    const char *report;
    enum sbx_report_format format;
    bool verbose;
};

/* Returns -1 to go on, or the exit status. */
static int take_option(struct options *options, const struct arguments *arguments, int id)
{
    switch (id) {
    case OPTION_run_profile:
        options->profile = arguments->value;
        return -1;
    case OPTION_run_set:
        options->sets[options->set_count++] = arguments->value;
        return -1;
    case OPTION_run_file:
        file_argument(&options->files[options->file_count++], optarg);
        return -1;
    case OPTION_run_report:
        options->report = arguments->value;
        return -1;
    case OPTION_run_report_format:
        options->format = arguments_word(arguments, OPTION_run_report_format) == 1
                              ? SBX_REPORT_META
                              : SBX_REPORT_JSON;
        return -1;
    case OPTION_run_verbose:
        options->verbose = true;
        return -1;
    case OPTION_run_help:
        return arguments_help(VERB_run);
    case OPTION_run_version:
        return puts("sandbox " SANDBOX_VERSION) < 0 || fflush(stdout) != 0 ? EXIT_SANDBOX : 0;
    default:
        return EXIT_SANDBOX;
    }
}

static int parse(struct options *options, int argc, char **argv)
{
    struct arguments arguments;
    int id;
    arguments_start(&arguments, VERB_run, argc, argv);
    while ((id = arguments_next(&arguments)) != ARGUMENTS_END) {
        int status = take_option(options, &arguments, id);
        if (status >= 0)
            return status;
    }
    if (!options->profile)
        return usage_error(VERB_run, "no profile is named: --profile judge, for example", "");
    if (optind == argc)
        return usage_error(VERB_run, "no program is named", "");
    return -1;
}

static void write_verdict(FILE *out, const struct sbx_report *report)
{
    fprintf(out, "sandbox: %s", sbx_outcome_name(report->outcome));
    if (report->outcome == SBX_OUTCOME_EXITED)
        fprintf(out, " with status %d", report->exit_code);
    else if (report->signal)
        fprintf(out, " (signal %d, %s)", report->signal, strsignal(report->signal));
    fprintf(out, "; cpu %.3f s, wall %.3f s, memory %.1f MiB (%s)\n", (double)report->cpu_us / 1e6,
            (double)report->wall_ns / 1e9, (double)report->memory_peak_bytes / (1 << 20),
            report->memory_peak_source);
    for (size_t i = 0; i < report->unkept_count; i++) {
        fputs("sandbox: not kept: ", out);
        print_escaped(out, report->unkept[i]);
        fputc('\n', out);
    }
}

/* The program writes to the same stderr, and may have filled it, or have driven its reader away:
 * that holds up nothing, and changes no exit status. Line by line, so that what fits is not held
 * back by what does not. */
static void print_verdict(const struct sbx_report *report)
{
    struct pollfd reader = {.fd = STDERR_FILENO, .events = POLLOUT};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return;
    write_verdict(out, report);
    const bool whole = fclose(out) == 0;
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    for (const char *line = text; whole && *line;) {
        const size_t length = strcspn(line, "\n") + 1;
        if (poll(&reader, 1, VERDICT_MS) <= 0 || !(reader.revents & POLLOUT) ||
            write(STDERR_FILENO, line, length) != (ssize_t)length)
            break;
        line += length;
    }
    free(text);
}

/* A report that can't be written is a failure of the sandbox: whoever asked for it relies on it. */
static int report_failed(const struct options *options, int error)
{
    fputs("sandbox: the report ", stderr);
    print_escaped(stderr, options->report);
    fprintf(stderr, " can't be written: %s\n",
            error == -EBADF ? "that descriptor is not open for writing" : strerror(-error));
    return EXIT_SANDBOX;
}

static int write_report(const struct options *options, struct report_file *file,
                        const struct sbx_report *report)
{
    struct sbx_error error;
    char *text;
    if (!options->report)
        return 0;
    if (sbx_report_format(report, options->format, &text, &error) != 0) {
        print_error(&error);
        report_file_abandon(file);
        return EXIT_SANDBOX;
    }
    int ret = report_file_finish(file, text, strlen(text));
    free(text);
    return ret == 0 ? 0 : report_failed(options, ret);
}

static int load_and_run(const struct options *options, const struct sbx_command *command,
                        struct sbx_report *report)
{
    struct sbx_policy *policy;
    struct sbx_error error;
    memset(report, 0, sizeof(*report));
    report->exit_code = -1;
    if (sbx_policy_load(options->profile, options->sets, options->set_count, &policy, &error) !=
        0) {
        report->error = error;
        print_profile_errors(&error, options->profile, options->sets, options->set_count);
        return sbx_error_exit_status(&error);
    }
    if (sbx_run(policy, command, report, &error) != 0)
        print_profile_errors(&error, options->profile, options->sets, options->set_count);
    sbx_policy_free(policy);
    return sbx_report_exit_status(report);
}

static int run(const struct options *options, const struct sbx_command *command, unsigned closed)
{
    struct report_file file;
    struct sbx_report report;
    int ret = report_file_open(&file, options->report, closed);
    if (ret < 0)
        return report_failed(options, ret);
    int status = load_and_run(options, command, &report);
    ret = write_report(options, &file, &report);
    if (options->verbose && report.outcome != SBX_OUTCOME_SETUP_FAILED)
        print_verdict(&report);
    return ret ? ret : status;
}

int verb_run(int argc, char **argv, unsigned closed)
{
    struct options options = {.format = SBX_REPORT_JSON};
    options.sets = calloc((size_t)argc, sizeof(*options.sets));
    options.files = calloc((size_t)argc, sizeof(*options.files));
    if (!options.sets || !options.files) {
        free(options.sets);
        free(options.files);
        return memory_error();
    }
    int status = parse(&options, argc, argv);
    if (status < 0) {
        const struct sbx_command command = {
            .argv = (const char *const *)argv + optind,
            .envp = (const char *const *)environ,
            .files = options.files,
            .file_count = options.file_count,
            .tell_fd = options.verbose ? STDERR_FILENO : 0,
        };
        status = run(&options, &command, closed);
    }
    free(options.sets);
    free(options.files);
    return status;
}
