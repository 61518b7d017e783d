/* SPDX-License-Identifier: MIT
 *
 * image.c - the verb `image`: hands its words to the helper program sandbox-image, which takes this
 * process over. It knows nothing of images.
 */
#include "arguments.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The words of the helper: its name, what it is to do, options, operands. */
struct words {
    char **at;
    size_t count;
};

static void add(struct words *words, const char *word)
{
    words->at[words->count++] = (char *)word;
}

/* Stores the options behind the place of the name and of what is to be done. */
static int parse(struct words *words, int argc, char **argv)
{
    struct arguments arguments;
    int id;
    arguments_start(&arguments, VERB_image, argc, argv);
    while ((id = arguments_next(&arguments)) != ARGUMENTS_END) {
        static const char *const names[] = {[OPTION_image_format] = "--format",
                                            [OPTION_image_max_size] = "--max-size",
                                            [OPTION_image_max_entries] = "--max-entries",
                                            [OPTION_image_all] = "--all"};
        if (id == OPTION_image_help)
            return arguments_help(VERB_image);
        if (id == ARGUMENTS_FAILED)
            return EXIT_SANDBOX;
        add(words, names[id]);
        if (id != OPTION_image_all)
            add(words, arguments.value);
    }
    return optind < argc
               ? -1
               : usage_error(VERB_image, "what is to be done? unpack, list or remove", "");
}

static int become_helper(struct words *words)
{
    char path[PATH_MAX];
    struct sbx_error error;
    if (sbx_helper("sandbox-image", path, sizeof(path), &error) != 0) {
        print_error(&error);
        return EXIT_SANDBOX;
    }
    words->at[0] = path;
    execv(path, words->at);
    fputs("sandbox: can't start ", stderr);
    print_escaped(stderr, path);
    fprintf(stderr, ": %s\n", strerror(errno));
    return EXIT_SANDBOX;
}

int verb_image(int argc, char **argv)
{
    static const char *const things[] = {"unpack", "list", "remove"};
    struct words words = {.at = calloc(2 * (size_t)argc + 4, sizeof(*words.at)), .count = 2};
    if (!words.at)
        return memory_error();
    int status = parse(&words, argc, argv);
    if (status < 0) {
        bool known = false;
        for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++)
            known |= strcmp(argv[optind], things[i]) == 0;
        words.at[1] = argv[optind++];
        add(&words, "--");
        while (optind < argc)
            add(&words, argv[optind++]);
        status = known ? become_helper(&words)
                       : usage_error(VERB_image, "there is no sandbox image ", words.at[1]);
    }
    free(words.at);
    return status;
}
