/* SPDX-License-Identifier: MIT
 *
 * outputs.c - the table of all that is generated.
 */
#include "generate.h"
#include <stdlib.h>
#include <string.h>

const struct output outputs[] = {
    {"man", NULL, "docs/man/sandbox.profile.5.in", write_man},
    {"markdown", "docs/profile.md", "docs/man/sandbox.profile.5.in", write_markdown},
    {"bash", "completion/sandbox.bash", "completion/sandbox.bash.in", write_bash},
    {"zsh", "completion/_sandbox", "completion/_sandbox.in", write_zsh},
    {"fish", "completion/sandbox.fish", "completion/sandbox.fish.in", write_fish},
    {"dictionary", "fuzz/profile.dict", NULL, write_dictionary},
    {NULL, NULL, NULL, NULL},
};

const struct output *output_find(const char *kind)
{
    for (const struct output *output = outputs; output->kind; output++) {
        if (strcmp(output->kind, kind) == 0)
            return output;
    }
    return NULL;
}

int output_write(const struct output *output, const char *sources, FILE *out)
{
    char *path = NULL;
    if (!output->template)
        return output->write(NULL, out);
    if (asprintf(&path, "%s/%s", sources, output->template) < 0)
        return -1;
    int result = output->write(path, out);
    free(path);
    return result;
}
