/* SPDX-License-Identifier: MIT
 *
 * changes.c - the verb `changes`: what a run has changed; apply it, or throw it away.
 */
#include "arguments.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* As diff(1) has it. */
enum { CHANGES_NONE = 0, CHANGES_SOME = 1 };

enum format { FORMAT_TEXT, FORMAT_JSON }; /* in the order of options.def */

struct changes {
    const char **sets;
    size_t set_count;
    const char **lowers;
    size_t lower_count;
    const char *to;
    enum format format;
    bool null, dry_run;
    const char *action; /* "list", "apply", "discard" */
    const char *place;  /* the directory, or the profile */
};

/* ---- the command line ----------------------------------------------------------------------- */

/* [list | apply | discard] DIR|PROFILE. A directory is what is one. */
static int parse_operands(struct changes *changes, int argc, char **argv)
{
    static const char *const actions[] = {"list", "apply", "discard"};
    changes->action = actions[0];
    for (size_t i = 0; optind < argc && i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strcmp(argv[optind], actions[i]) != 0)
            continue;
        changes->action = actions[i];
        optind++;
        break;
    }
    if (optind == argc)
        return usage_error(VERB_changes,
                           "no directory that keeps changes, and no profile, is named", "");
    if (argc - optind > 1)
        return usage_error(VERB_changes, "one directory is looked at; there is also ",
                           argv[optind + 1]);
    changes->place = argv[optind];
    return -1;
}

/* An option that another action has would be a promise that is not kept. */
static int check_options(const struct changes *changes)
{
    bool list = strcmp(changes->action, "list") == 0, apply = strcmp(changes->action, "apply") == 0;
    const char *wrong = NULL;
    if (!list && (changes->null || changes->format != FORMAT_TEXT) && !(apply && changes->dry_run))
        wrong = changes->null ? "--null" : "--format";
    else if (!apply && (changes->to || changes->dry_run))
        wrong = changes->to ? "--to" : "--dry-run";
    else if (!list && !apply && changes->lower_count)
        wrong = "--lower";
    if (wrong)
        return usage_error(VERB_changes, "this option has no meaning here: ", wrong);
    if (changes->null && changes->format == FORMAT_JSON)
        return usage_error(VERB_changes, "--null is for text", "");
    return -1;
}

static int parse(struct changes *changes, int argc, char **argv)
{
    struct arguments arguments;
    int id;
    arguments_start(&arguments, VERB_changes, argc, argv);
    while ((id = arguments_next(&arguments)) != ARGUMENTS_END) {
        if (id == OPTION_changes_set)
            changes->sets[changes->set_count++] = arguments.value;
        else if (id == OPTION_changes_lower)
            changes->lowers[changes->lower_count++] = arguments.value;
        else if (id == OPTION_changes_to)
            changes->to = arguments.value;
        else if (id == OPTION_changes_format)
            changes->format = (enum format)arguments_word(&arguments, OPTION_changes_format);
        else if (id == OPTION_changes_null)
            changes->null = true;
        else if (id == OPTION_changes_dry_run)
            changes->dry_run = true;
        else if (id == OPTION_changes_help)
            return arguments_help(VERB_changes);
        else
            return EXIT_SANDBOX;
    }
    int status = parse_operands(changes, argc, argv);
    return status < 0 ? check_options(changes) : status;
}

/* ---- rights --------------------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t written = write(fd, text, strlen(text));
    (void)written; /* what comes of it shows where a file is opened */
    close(fd);
}

/* What a program has left may have no mode that lets its owner in. In a user namespace of its own
 * this process may do with its user's own files what it likes, and changes no mode for it. Where
 * there are no such namespaces, a file that can't be read is an error. */
static void take_own_files(void)
{
    char map[64];
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (uid == 0 || unshare(CLONE_NEWUSER) != 0)
        return;
    snprintf(map, sizeof(map), "%u %u 1\n", uid, uid);
    write_file("/proc/self/uid_map", map);
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "%u %u 1\n", gid, gid);
    write_file("/proc/self/gid_map", map);
}

/* ---- the list ------------------------------------------------------------------------------- */

struct listing {
    enum sbx_change_format format;
    uint64_t count;
    bool failed;
    struct sbx_error error;
};

static int print_change(const struct sbx_change *change, void *data)
{
    struct listing *listing = data;
    char *text;
    size_t length;
    if (sbx_change_format(change, listing->format, &text, &length, &listing->error) != 0) {
        listing->failed = true;
        return -1;
    }
    if (listing->format == SBX_CHANGE_JSON)
        fputs(listing->count ? ",\n    " : "\n    ", stdout);
    fwrite(text, 1, length, stdout);
    free(text);
    listing->count++;
    return ferror(stdout) ? -1 : 0;
}

static int list(const struct changes *changes, const struct sbx_layers *layers)
{
    struct listing listing = {.format = changes->format == FORMAT_JSON ? SBX_CHANGE_JSON
                                        : changes->null                ? SBX_CHANGE_NULL
                                                                       : SBX_CHANGE_TEXT};
    bool json = listing.format == SBX_CHANGE_JSON;
    if (json)
        fputs("{\n  \"version\": 1,\n  \"changes\": [", stdout);
    int result = sbx_changes_list(layers, print_change, &listing, &listing.error);
    if (result != 0 || listing.failed) {
        fflush(stdout);
        print_error(&listing.error);
        return EXIT_SANDBOX;
    }
    if (json)
        fputs(listing.count ? "\n  ]\n}\n" : "]\n}\n", stdout);
    return finish_stdout() ? EXIT_SANDBOX : listing.count ? CHANGES_SOME : CHANGES_NONE;
}

/* ---- the other two -------------------------------------------------------------------------- */

static void print_count(uint64_t count, const char *one, const char *many)
{
    printf("%llu %s", (unsigned long long)count, count == 1 ? one : many);
}

static int apply(const struct changes *changes, const struct sbx_layers *layers)
{
    struct sbx_applied applied;
    struct sbx_error error;
    if (changes->dry_run && list(changes, layers) == EXIT_SANDBOX)
        return EXIT_SANDBOX;
    if (sbx_changes_apply(layers, changes->dry_run, &applied, &error) != 0) {
        print_error(&error);
        fprintf(stderr, "sandbox: %llu written, %llu removed before that\n",
                (unsigned long long)applied.written, (unsigned long long)applied.removed);
        return EXIT_SANDBOX;
    }
    if (changes->dry_run)
        return 0;
    print_count(applied.written, "thing", "things");
    fputs(" written, ", stdout);
    print_count(applied.removed, "name", "names");
    fputs(" removed\n", stdout);
    if (applied.setid) {
        print_count(applied.setid, "file", "files");
        fputs(" written without the set-user-id or set-group-id mode\n", stdout);
    }
    return finish_stdout();
}

static int discard(const struct sbx_layers *layers)
{
    struct sbx_error error;
    if (sbx_changes_discard(layers->upper, &error) == 0)
        return 0;
    print_error(&error);
    return EXIT_SANDBOX;
}

static int act(const struct changes *changes, struct sbx_layers layers)
{
    const char *const target[] = {changes->to};
    if (changes->to) { /* it stands for all that was below */
        layers.lowers = target;
        layers.lower_count = 1;
    }
    if (strcmp(changes->action, "discard") != 0 && layers.lower_count == 0) {
        fputs("sandbox: what has changed shows only beside what was there before: name it with "
              "--lower, the topmost first, or name the profile\n",
              stderr);
        return EXIT_SANDBOX;
    }
    take_own_files();
    return strcmp(changes->action, "list") == 0    ? list(changes, &layers)
           : strcmp(changes->action, "apply") == 0 ? apply(changes, &layers)
                                                   : discard(&layers);
}

static int act_by_profile(const struct changes *changes)
{
    struct sbx_policy *policy = NULL;
    struct sbx_layers *layers = NULL;
    struct sbx_error error;
    int status = EXIT_SANDBOX;
    if (changes->lower_count)
        return usage_error(VERB_changes,
                           "--lower is for a directory, and this is none: ", changes->place);
    if (sbx_policy_load(changes->place, changes->sets, changes->set_count, &policy, &error) != 0)
        print_profile_errors(&error, changes->place, changes->sets, changes->set_count);
    else if (sbx_policy_layers(policy, &layers, &error) != 0)
        print_error(&error);
    else
        status = act(changes, *layers);
    free(layers);
    sbx_policy_free(policy);
    return status;
}

static int act_by_directory(const struct changes *changes)
{
    if (changes->set_count)
        return usage_error(VERB_changes,
                           "--set is for a profile, and this is a directory: ", changes->place);
    return act(changes, (struct sbx_layers){changes->place, changes->lowers, changes->lower_count});
}

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int verb_changes(int argc, char **argv)
{
    struct changes changes = {.lowers = calloc((size_t)argc, sizeof(*changes.lowers)),
                              .sets = calloc((size_t)argc, sizeof(*changes.sets))};
    int status = changes.lowers && changes.sets ? parse(&changes, argc, argv) : memory_error();
    if (status < 0 && changes.place)
        status =
            is_directory(changes.place) ? act_by_directory(&changes) : act_by_profile(&changes);
    free(changes.lowers);
    free(changes.sets);
    return status;
}
