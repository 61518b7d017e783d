/* SPDX-License-Identifier: MIT
 *
 * run.c - the verb `run`: one program under one profile.
 */
#include "cli.h"
#include "reportfile.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static const char usage_text[] =
    "usage: sandbox [run] --profile NAME|FILE [OPTION]... [--] PROGRAM [ARGUMENT]...\n"
    "\n"
    "Runs PROGRAM behind the walls that the profile asks for, or not at all.\n"
    "\n"
    "  -p, --profile NAME|FILE      the profile: a path, or a name such as judge\n"
    "  -s, --set SECTION.KEY=VALUE  override one key of the profile; may be repeated\n"
    "  -f, --file SOURCE[:NAME]     show one more file, read-only, in the working directory\n"
    "  -r, --report FILE            write what happened to FILE\n"
    "      --report-format FORMAT   json (the default) or meta (key:value, as isolate writes it)\n"
    "  -v, --verbose                say on stderr how the program ended\n"
    "  -h, --help                   this text\n"
    "      --version                the version\n"
    "\n"
    "Exit status: the program's own; 128+N where signal N killed it; 124 a time limit; 137 "
    "memory;\n"
    "153 output; 159 a denied system call; 125 the sandbox could not be set up; 126 the program\n"
    "can't be executed; 127 it was not found.\n";

enum { OPTION_FORMAT = 256, OPTION_VERSION };

static const struct option long_options[] = {
    {"profile", required_argument, NULL, 'p'},
    {"set", required_argument, NULL, 's'},
    {"file", required_argument, NULL, 'f'},
    {"report", required_argument, NULL, 'r'},
    {"report-format", required_argument, NULL, OPTION_FORMAT},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static int usage_error(const char *what, const char *object)
{
    fputs("sandbox: ", stderr);
    fputs(what, stderr);
    print_escaped(stderr, object);
    fputs("\nsandbox: hint: see sandbox --help\n", stderr);
    return EXIT_SANDBOX;
}

/* SOURCE[:NAME]: the last colon separates, unless a '/' follows it: names have none. */
static void add_file(struct options *options, char *text)
{
    struct sbx_file *file = &options->files[options->file_count++];
    char *colon = strrchr(text, ':');
    file->source = text;
    file->name = NULL;
    if (colon && !strchr(colon, '/') && colon != text) {
        *colon = '\0';
        file->name = colon + 1;
    }
}

/* How many long options begin as `word` does, which starts with "--". */
static unsigned long_options_like(const char *word)
{
    size_t length = strcspn(word + 2, "=");
    unsigned count = 0;
    for (const struct option *option = long_options; option->name; option++)
        count += strncmp(option->name, word + 2, length) == 0;
    return count;
}

/* What getopt found wrong. Its own messages would print the words as they are. */
static int option_error(int option, char **argv)
{
    const char letter[] = {'-', (char)optopt, '\0'};
    const char *word = argv[optind - 1];
    if (option == ':')
        return usage_error("this option needs an argument: ", word);
    /* No letter: a long option. The value of a known one: it got an argument. */
    for (const struct option *known = long_options; known->name; known++)
        if (optopt && optopt == known->val)
            return usage_error("this option takes no argument: ", word);
    if (optopt)
        return usage_error("there is no such option: ", letter);
    return usage_error(long_options_like(word) > 1 ? "this option may mean one of several: "
                                                   : "there is no such option: ",
                       word);
}

/* Returns -1 to go on, or the exit status. */
static int take_option(struct options *options, int option, char **argv)
{
    switch (option) {
    case 'p':
        options->profile = optarg;
        return -1;
    case 's':
        options->sets[options->set_count++] = optarg;
        return -1;
    case 'f':
        add_file(options, optarg);
        return -1;
    case 'r':
        options->report = optarg;
        return -1;
    case 'v':
        options->verbose = true;
        return -1;
    case OPTION_FORMAT:
        if (strcmp(optarg, "json") != 0 && strcmp(optarg, "meta") != 0)
            return usage_error("--report-format is json or meta, not ", optarg);
        options->format = strcmp(optarg, "meta") == 0 ? SBX_REPORT_META : SBX_REPORT_JSON;
        return -1;
    case 'h':
        return fputs(usage_text, stdout) < 0 || fflush(stdout) != 0 ? EXIT_SANDBOX : 0;
    case OPTION_VERSION:
        return puts("sandbox " SANDBOX_VERSION) < 0 || fflush(stdout) != 0 ? EXIT_SANDBOX : 0;
    default:
        return option_error(option, argv);
    }
}

static int parse(struct options *options, int argc, char **argv)
{
    int option;
    optind = 1;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "+:p:s:f:r:vh", long_options, NULL)) != -1) {
        int status = take_option(options, option, argv);
        if (status >= 0)
            return status;
    }
    if (!options->profile)
        return usage_error("no profile is named: --profile judge, for example", "");
    if (optind == argc)
        return usage_error("no program is named", "");
    return -1;
}

static void print_verdict(const struct sbx_report *report)
{
    fprintf(stderr, "sandbox: %s", sbx_outcome_name(report->outcome));
    if (report->outcome == SBX_OUTCOME_EXITED)
        fprintf(stderr, " with status %d", report->exit_code);
    else if (report->signal)
        fprintf(stderr, " (signal %d, %s)", report->signal, strsignal(report->signal));
    fprintf(stderr, "; cpu %.3f s, wall %.3f s, memory %.1f MiB (%s)\n",
            (double)report->cpu_us / 1e6, (double)report->wall_ns / 1e9,
            (double)report->memory_peak_bytes / (1 << 20), report->memory_peak_source);
    for (size_t i = 0; i < report->unkept_count; i++) {
        fputs("sandbox: not kept: ", stderr);
        print_escaped(stderr, report->unkept[i]);
        fputc('\n', stderr);
    }
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
        print_error(&error);
        return sbx_error_exit_status(&error);
    }
    if (sbx_run(policy, command, report, &error) != 0)
        print_error(&error);
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
    if (options->verbose && report.outcome != SBX_OUTCOME_SETUP_FAILED)
        print_verdict(&report);
    ret = write_report(options, &file, &report);
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
        return usage_error("out of memory", "");
    }
    int status = parse(&options, argc, argv);
    if (status < 0) {
        const struct sbx_command command = {
            .argv = (const char *const *)argv + optind,
            .envp = (const char *const *)environ,
            .files = options.files,
            .file_count = options.file_count,
        };
        status = run(&options, &command, closed);
    }
    free(options.sets);
    free(options.files);
    return status;
}
