/* SPDX-License-Identifier: MIT
 *
 * arguments.c - from the rows of options.def to getopt_long(3), its errors, and the help.
 */
#include "arguments.h"
#include <string.h>

int usage_error(enum cli_verb_id verb, const char *what, const char *object)
{
    fputs("sandbox: ", stderr);
    fputs(what, stderr);
    print_escaped(stderr, object);
    /* The help of the first verb is also that of the command. */
    fprintf(stderr, "\nsandbox: hint: see sandbox %s%s--help\n", verb ? cli_verbs[verb].name : "",
            verb ? " " : "");
    return EXIT_SANDBOX;
}

int memory_error(void)
{
    fputs("sandbox: out of memory\n", stderr);
    return EXIT_SANDBOX;
}

/* Whether what follows the first operand may belong to a program, or is a question of its own. Else
 * options may stand behind operands, as people write them. */
static bool has_foreign_words(enum cli_verb_id verb)
{
    enum cli_operands operands = cli_verbs[verb].operands;
    return operands == OPERANDS_PROGRAM || operands == OPERANDS_QUESTION;
}

/* Options are told apart by numbers that are no letter's. */
enum { FIRST_ID = 256 };

void arguments_start(struct arguments *arguments, enum cli_verb_id verb, int argc, char **argv)
{
    *arguments = (struct arguments){.verb = verb, .argc = argc, .argv = argv};
    char *shorts = arguments->shorts;
    size_t count = 0;
    if (has_foreign_words(verb))
        *shorts++ = '+';
    *shorts++ = ':';
    for (int id = 0; id < OPTION_COUNT; id++) {
        const struct cli_option *option = &cli_options[id];
        if (option->verb != verb)
            continue;
        arguments->longs[count++] = (struct option){
            option->name, option->kind == KIND_NONE ? no_argument : required_argument, NULL,
            FIRST_ID + id};
        if (!option->letter)
            continue;
        *shorts++ = option->letter;
        if (option->kind != KIND_NONE)
            *shorts++ = ':';
    }
    optind = 0; /* as getopt(3) has it, to start anew */
    opterr = 0; /* its own messages would print the words as they are */
}

/* How many long options begin as `word` does, which starts with "--". */
static unsigned long_options_like(const struct arguments *arguments, const char *word)
{
    size_t length = strcspn(word + 2, "=");
    unsigned count = 0;
    for (const struct option *option = arguments->longs; option->name; option++)
        count += strncmp(option->name, word + 2, length) == 0;
    return count;
}

/* What getopt found wrong. */
static int option_error(const struct arguments *arguments, int option)
{
    const char letter[] = {'-', (char)optopt, '\0'};
    const char *word = arguments->argv[optind - 1];
    if (option == ':')
        return usage_error(arguments->verb, "this option needs an argument: ", word);
    if (optopt >= FIRST_ID)
        return usage_error(arguments->verb, "this option takes no argument: ", word);
    if (optopt)
        return usage_error(arguments->verb, "there is no such option: ", letter);
    return usage_error(arguments->verb,
                       long_options_like(arguments, word) > 1
                           ? "this option may mean one of several: "
                           : "there is no such option: ",
                       word);
}

/* The option of a verb that has this letter. */
static int id_of_letter(enum cli_verb_id verb, int letter)
{
    int id = 0;
    while (cli_options[id].verb != verb || cli_options[id].letter != letter)
        id++;
    return id;
}

/* Which of "one|two|three" a word is; -1 where it is none. */
static int word_index(const char *words, const char *word)
{
    size_t wanted = strlen(word);
    for (int index = 0;; index++) {
        size_t length = strcspn(words, "|");
        if (length == wanted && strncmp(words, word, length) == 0)
            return index;
        if (!words[length])
            return -1;
        words += length + 1;
    }
}

int arguments_word(const struct arguments *arguments, enum cli_option_id id)
{
    return word_index(cli_options[id].argument, arguments->value);
}

/* "--format is text, json or sarif, not X". */
static void not_a_word(const struct cli_option *option, const char *value)
{
    char what[128];
    size_t used = (size_t)snprintf(what, sizeof(what), "--%s is ", option->name);
    for (const char *word = option->argument; *word && used < sizeof(what);) {
        size_t length = strcspn(word, "|");
        const char *end = word + length + (word[length] != '\0');
        const char *between = !*end ? "" : strchr(end, '|') ? ", " : " or ";
        used += (size_t)snprintf(what + used, sizeof(what) - used, "%.*s%s", (int)length, word,
                                 between);
        word = end;
    }
    if (used < sizeof(what))
        snprintf(what + used, sizeof(what) - used, ", not ");
    usage_error(option->verb, what, value);
}

int arguments_next(struct arguments *arguments)
{
    int found =
        getopt_long(arguments->argc, arguments->argv, arguments->shorts, arguments->longs, NULL);
    if (found == -1)
        return ARGUMENTS_END;
    if (found == '?' || found == ':') {
        option_error(arguments, found);
        return ARGUMENTS_FAILED;
    }
    int id = found >= FIRST_ID ? found - FIRST_ID : id_of_letter(arguments->verb, found);
    const struct cli_option *option = &cli_options[id];
    arguments->value = optarg;
    if (option->kind == KIND_WORDS && word_index(option->argument, optarg) < 0) {
        not_a_word(option, optarg);
        return ARGUMENTS_FAILED;
    }
    if (arguments->seen[id] && option->times == TIMES_ONCE && option->kind != KIND_NONE) {
        usage_error(arguments->verb, "this option is given twice: --", option->name);
        return ARGUMENTS_FAILED;
    }
    arguments->seen[id] = true;
    return id;
}

/* ---- help ----------------------------------------------------------------------------------- */

/* "sandbox check [OPTION]... PROFILE...", a line for each form. */
static void print_usage(const char *before, const struct cli_verb *verb)
{
    const char *name = verb == cli_verbs ? "[run]" : verb->name;
    for (const char *form = verb->usage; form; form = strchr(form, '\n')) {
        form += *form == '\n';
        printf("%ssandbox %s %.*s\n", before, name, (int)strcspn(form, "\n"), form);
        before = "       ";
    }
}

static void print_option(const struct cli_option *option)
{
    char left[64];
    snprintf(left, sizeof(left), "%c%c%s--%s%s%s", option->letter ? '-' : ' ',
             option->letter ? option->letter : ' ', option->letter ? ", " : "  ", option->name,
             option->argument ? " " : "", option->argument ? option->argument : "");
    printf("  %-30s %s\n", left, option->help);
}

static const char statuses[] =
    "Exit status: the program's own; 128+N where signal N killed it; 124 a time limit; 137 "
    "memory;\n"
    "153 output; 159 a denied system call; 125 the sandbox could not be set up; 126 the program\n"
    "can't be executed; 127 it was not found.\n";

int arguments_help(enum cli_verb_id verb)
{
    static const char *const exits[VERB_COUNT] = {
        [VERB_run] = statuses,
        [VERB_why] = statuses,
        [VERB_check] = "Exit status: 0 nothing but notes; 1 warnings; 2 errors; 125 the check "
                       "could not be made.\n",
        [VERB_explain] = "Exit status: 0; 125 where the profile is not valid.\n",
        [VERB_diff] = "Exit status: 0 no difference; 1 a difference; 125 where they can't be "
                      "compared.\n",
        [VERB_changes] =
            "Exit status: 0 no changes, or it was done; 1 there are changes; 125 where "
            "it could\nnot be done.\n",
        [VERB_image] = "Exit status: 0; 1 where a layer was not removed because it is in use; 125 "
                       "where it could\nnot be done.\n",
    };
    const struct cli_verb *row = &cli_verbs[verb];
    print_usage("usage: ", row);
    if (verb == VERB_run) {
        for (int other = 1; other < VERB_COUNT; other++)
            print_usage("       ", &cli_verbs[other]);
    }
    printf("\nsandbox %s: %s.\n\n", row->name, row->help);
    for (int id = 0; id < OPTION_COUNT; id++)
        if (cli_options[id].verb == verb)
            print_option(&cli_options[id]);
    printf("\n%s", exits[verb]);
    if (verb == VERB_run)
        fputs("See sandbox VERB --help, and sandbox(1).\n", stdout);
    return ferror(stdout) || fflush(stdout) != 0 ? EXIT_SANDBOX : 0;
}

/* The last colon separates, unless a '/' follows it: names have none. */
void file_argument(struct sbx_file *file, char *text)
{
    char *colon = strrchr(text, ':');
    file->source = text;
    file->name = NULL;
    if (colon && !strchr(colon, '/') && colon != text) {
        *colon = '\0';
        file->name = colon + 1;
    }
}
