/* SPDX-License-Identifier: MIT
 *
 * why.c - the verb `why`: runs one program as `run` does, and tells what was in its way and which
 * change of the profile would take it away. What is changed is for people to decide: it changes
 * nothing itself.
 */
#include "arguments.h"
#include "reportfile.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SETTINGS_MAX = SBX_SETTINGS_MAX * (SBX_DENIALS_MAX + SBX_OBSTACLES_MAX) };

struct options {
    const char *profile;
    const char **sets; /* with room for SETTINGS_MAX more */
    size_t set_count;
    struct sbx_file *files;
    size_t file_count;
    const char *output;
};

/* What is to be told. */
struct answer {
    const struct options *options;
    const struct sbx_report *report;
    const struct sbx_watch *watch;
    struct sbx_findings *findings; /* of the profile with all the changes; may be NULL */
    const char **settings;         /* behind options->sets, each once */
    size_t count;
    FILE *out;
};

/* ---- the command line ----------------------------------------------------------------------- */

static int take_option(struct options *options, const struct arguments *arguments, int id)
{
    switch (id) {
    case OPTION_why_profile:
        options->profile = arguments->value;
        return -1;
    case OPTION_why_set:
        options->sets[options->set_count++] = arguments->value;
        return -1;
    case OPTION_why_file:
        file_argument(&options->files[options->file_count++], optarg);
        return -1;
    case OPTION_why_output:
        options->output = arguments->value;
        return -1;
    case OPTION_why_help:
        return arguments_help(VERB_why);
    default:
        return EXIT_SANDBOX;
    }
}

static int parse(struct options *options, int argc, char **argv)
{
    struct arguments arguments;
    int id;
    arguments_start(&arguments, VERB_why, argc, argv);
    while ((id = arguments_next(&arguments)) != ARGUMENTS_END) {
        int status = take_option(options, &arguments, id);
        if (status >= 0)
            return status;
    }
    if (!options->profile)
        return usage_error(VERB_why, "no profile is named: --profile judge, for example", "");
    if (optind == argc)
        return usage_error(VERB_why, "no program is named", "");
    return -1;
}

/* ---- the changes, each once ----------------------------------------------------------------- */

static void add_setting(struct answer *answer, const char *setting)
{
    for (size_t i = 0; i < answer->count; i++)
        if (strcmp(answer->settings[i], setting) == 0)
            return;
    if (*setting && answer->count < SETTINGS_MAX)
        answer->settings[answer->count++] = setting;
}

static bool is_denied(const struct sbx_denial *denial)
{
    return strcmp(denial->action, "log") != 0;
}

static void collect(struct answer *answer)
{
    for (size_t i = 0; i < answer->report->denied_kept; i++)
        for (size_t j = 0; j < SBX_SETTINGS_MAX && is_denied(&answer->report->denied[i]); j++)
            add_setting(answer, answer->report->denied[i].settings[j]);
    for (size_t i = 0; i < answer->watch->count; i++)
        for (size_t j = 0; j < SBX_SETTINGS_MAX; j++)
            add_setting(answer, answer->watch->obstacles[i].settings[j]);
}

/* What `check` has to say of a change. */
static void print_dangers(const struct answer *answer, const char *setting)
{
    for (size_t i = 0; answer->findings && i < sbx_findings_count(answer->findings); i++) {
        const struct sbx_finding *finding = sbx_findings_at(answer->findings, i);
        const size_t place = finding->error.origin.line;
        if (strcmp(finding->error.origin.file, "--set") != 0 ||
            place <= answer->options->set_count ||
            place > answer->options->set_count + answer->count ||
            strcmp(answer->settings[place - answer->options->set_count - 1], setting) != 0)
            continue;
        fprintf(answer->out, "    %s: ", sbx_severity_name(finding->severity));
        print_escaped(answer->out, finding->error.text);
        fprintf(answer->out, " [%s]\n", finding->rule);
    }
}

/* ---- what was in the way -------------------------------------------------------------------- */

static void print_what(const struct answer *answer, const char *call, const char *args)
{
    print_escaped(answer->out, call);
    fputc('(', answer->out);
    print_escaped(answer->out, args);
    fputs("): ", answer->out);
}

static void print_from(const struct answer *answer, const struct sbx_origin *origin)
{
    if (!origin->file[0])
        return;
    fputs(" (", answer->out);
    print_escaped(answer->out, origin->file);
    fprintf(answer->out, ":%u)", origin->line);
}

static void print_who(const struct answer *answer, int pid, const char *comm, uint64_t count)
{
    fprintf(answer->out, "; by %d (", pid);
    print_escaped(answer->out, comm);
    fputc(')', answer->out);
    if (count > 1)
        fprintf(answer->out, ", %llu times", (unsigned long long)count);
    fputc('\n', answer->out);
}

static void print_fix(const struct answer *answer, const char *fix)
{
    fputs("  fix: ", answer->out);
    print_escaped(answer->out, fix);
    fputc('\n', answer->out);
}

static void print_denial(const struct answer *answer, const struct sbx_denial *denial)
{
    print_what(answer, denial->call, denial->args);
    fprintf(answer->out, "denied (%s), ", denial->action);
    print_escaped(answer->out, denial->rule);
    print_from(answer, &denial->origin);
    print_who(answer, denial->pid, denial->comm, denial->count);
    print_fix(answer, denial->fix);
    for (size_t i = 0; i < SBX_SETTINGS_MAX && *denial->settings[i]; i++)
        print_dangers(answer, denial->settings[i]);
}

static void print_obstacle(const struct answer *answer, const struct sbx_obstacle *obstacle)
{
    print_what(answer, obstacle->call, obstacle->args);
    print_escaped(answer->out, obstacle->why);
    print_from(answer, &obstacle->origin);
    print_who(answer, obstacle->pid, obstacle->comm, obstacle->count);
    print_fix(answer, obstacle->fix);
    for (size_t i = 0; i < SBX_SETTINGS_MAX && *obstacle->settings[i]; i++)
        print_dangers(answer, obstacle->settings[i]);
}

/* Returns how many things there were. */
static size_t print_all(const struct answer *answer)
{
    const struct sbx_report *report = answer->report;
    size_t count = answer->watch->count;
    uint64_t told = 0;
    for (size_t i = 0; i < report->denied_kept; i++) {
        if (!is_denied(&report->denied[i]))
            continue;
        print_denial(answer, &report->denied[i]);
        told += report->denied[i].count;
        count++;
    }
    for (size_t i = 0; i < answer->watch->count; i++)
        print_obstacle(answer, &answer->watch->obstacles[i]);
    if (report->denied_count > told)
        fprintf(answer->out, "and %llu more denied calls\n",
                (unsigned long long)(report->denied_count - told));
    if (answer->watch->left_out)
        fprintf(answer->out, "and %llu more calls that met something like this\n",
                (unsigned long long)answer->watch->left_out);
    return count;
}

/* ---- the changes, as options and as a profile ----------------------------------------------- */

/* In single quotes, for a shell. */
static void print_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++)
        fputs(*text == '\'' ? "'\\''" : (const char[]){*text, '\0'}, out);
    fputc('\'', out);
}

static void print_options(const struct answer *answer)
{
    fputs("\nall of it, as options:\n ", answer->out);
    for (size_t i = 0; i < answer->count; i++) {
        fputs(" --set ", answer->out);
        print_quoted(answer->out, answer->settings[i]);
    }
    fputc('\n', answer->out);
}

/* A setting is SECTION.KEY=VALUE or SECTION.KEY+=VALUE: the length of "SECTION.KEY" and of
 * "SECTION". */
static size_t key_length(const char *setting)
{
    const size_t length = strcspn(setting, "=");
    return length && setting[length - 1] == '+' ? length - 1 : length;
}

static size_t section_length(const char *setting)
{
    size_t length = key_length(setting);
    while (length && setting[length] != '.')
        length--;
    return length;
}

static bool same_start(const char *one, const char *other, size_t length, size_t other_length)
{
    return length == other_length && strncmp(one, other, length) == 0;
}

/* The values of one key, all that there are. */
static void print_key(const struct answer *answer, size_t first)
{
    const char *setting = answer->settings[first];
    const size_t section = section_length(setting), length = key_length(setting);
    fprintf(answer->out, "%.*s =", (int)(length - section - 1), setting + section + 1);
    for (size_t i = first; i < answer->count; i++) {
        const char *other = answer->settings[i];
        if (same_start(setting, other, length, key_length(other)))
            fprintf(answer->out, "%s%s", other[length] == '+' ? "\n    " : " ",
                    strchr(other, '=') + 1);
    }
    fputc('\n', answer->out);
}

static bool is_first(const struct answer *answer, size_t index, size_t (*length_of)(const char *))
{
    const char *setting = answer->settings[index];
    for (size_t i = 0; i < index; i++)
        if (same_start(setting, answer->settings[i], length_of(setting),
                       length_of(answer->settings[i])))
            return false;
    return true;
}

static void print_profile(const struct answer *answer)
{
    fputs("\nor as a profile:\n[profile]\nextends = ", answer->out);
    print_escaped(answer->out, answer->options->profile);
    fputc('\n', answer->out);
    for (size_t i = 0; i < answer->count; i++) {
        const char *setting = answer->settings[i];
        const size_t length = section_length(setting);
        if (!is_first(answer, i, section_length))
            continue;
        fprintf(answer->out, "\n[%.*s]\n", (int)length, setting);
        for (size_t j = i; j < answer->count; j++)
            if (is_first(answer, j, key_length) && same_start(setting, answer->settings[j], length,
                                                              section_length(answer->settings[j])))
                print_key(answer, j);
    }
}

static void print_answer(struct answer *answer)
{
    struct sbx_error error;
    const struct options *options = answer->options;
    collect(answer);
    if (answer->count && sbx_check(options->profile, options->sets,
                                   options->set_count + answer->count, &answer->findings, &error))
        answer->findings = NULL;
    fprintf(answer->out, "sandbox: why: %s", sbx_outcome_name(answer->report->outcome));
    if (answer->report->outcome == SBX_OUTCOME_EXITED)
        fprintf(answer->out, " with status %d", answer->report->exit_code);
    fprintf(answer->out, "; %llu calls that name files were looked at\n\n",
            (unsigned long long)answer->watch->calls);
    if (!print_all(answer))
        fputs("nothing was in the way that the sandbox could tell of\n", answer->out);
    if (answer->watch->unwatched[0])
        fprintf(answer->out, "%s\n", answer->watch->unwatched);
    if (answer->count) {
        fputs("\nbehind one thing that is in the way another one may stand: look again with the "
              "changes\n",
              answer->out);
        print_options(answer);
        print_profile(answer);
    }
    sbx_findings_free(answer->findings);
}

/* ---- the run -------------------------------------------------------------------------------- */

static int output_failed(const struct options *options, int error)
{
    fputs("sandbox: ", stderr);
    print_escaped(stderr, options->output);
    fprintf(stderr, " can't be written: %s\n", strerror(-error));
    return EXIT_SANDBOX;
}

/* The text goes to stderr, or into the file that was opened before the launch. */
static int tell(struct options *options, const struct sbx_report *report,
                const struct sbx_watch *watch, struct report_file *file)
{
    char *text = NULL;
    size_t size = 0;
    struct answer answer = {.options = options,
                            .report = report,
                            .watch = watch,
                            .settings = options->sets + options->set_count};
    answer.out = open_memstream(&text, &size);
    if (!answer.out)
        return memory_error();
    print_answer(&answer);
    const bool broken = ferror(answer.out) != 0;
    int ret = 0;
    if (fclose(answer.out) != 0 || broken)
        ret = memory_error();
    else if (options->output)
        ret = report_file_finish(file, text, size);
    else
        fwrite(text, 1, size, stderr);
    free(text);
    return ret < 0 ? output_failed(options, ret) : ret;
}

static int load_and_run(struct options *options, struct sbx_command *command,
                        struct report_file *file)
{
    struct sbx_policy *policy;
    struct sbx_error error;
    struct sbx_report report = {.outcome = SBX_OUTCOME_SETUP_FAILED};
    if (sbx_policy_load(options->profile, options->sets, options->set_count, &policy, &error) !=
        0) {
        print_profile_errors(&error, options->profile, options->sets, options->set_count);
        report_file_abandon(file);
        return sbx_error_exit_status(&error);
    }
    int ret = 0;
    if (sbx_run(policy, command, &report, &error) == 0) {
        ret = tell(options, &report, command->watch, file);
    } else {
        print_profile_errors(&error, options->profile, options->sets, options->set_count);
        report_file_abandon(file);
    }
    sbx_policy_free(policy);
    return ret ? ret : sbx_report_exit_status(&report);
}

static int run(struct options *options, char **argv, struct sbx_watch *watch, unsigned closed)
{
    struct report_file file;
    struct sbx_command command = {
        .argv = (const char *const *)argv,
        .envp = (const char *const *)environ,
        .files = options->files,
        .file_count = options->file_count,
        .watch = watch,
    };
    const int ret = report_file_open(&file, options->output, closed);
    return ret < 0 ? output_failed(options, ret) : load_and_run(options, &command, &file);
}

int verb_why(int argc, char **argv, unsigned closed)
{
    struct options options = {.profile = NULL};
    struct sbx_watch *watch = calloc(1, sizeof(*watch));
    options.sets = calloc((size_t)argc + SETTINGS_MAX, sizeof(*options.sets));
    options.files = calloc((size_t)argc, sizeof(*options.files));
    int status = EXIT_SANDBOX;
    if (!watch || !options.sets || !options.files)
        memory_error();
    else if ((status = parse(&options, argc, argv)) < 0)
        status = run(&options, argv + optind, watch, closed);
    free(watch);
    free(options.sets);
    free(options.files);
    return status;
}
