/* SPDX-License-Identifier: MIT
 *
 * main.c - writes what is made from the tables of the program:
 *
 *     generate KIND OUT
 *
 * The kinds are those of outputs.c. It runs while the documents are built, and is not installed.
 */
#include "generate.h"
#include <stdlib.h>
#include <string.h>

static int usage(void)
{
    fputs("usage: generate KIND OUT\nkinds:", stderr);
    for (const struct output *output = outputs; output->kind; output++)
        fprintf(stderr, " %s", output->kind);
    fputc('\n', stderr);
    return EXIT_FAILURE;
}

/* All of it or nothing: a template that is wrong leaves the file as it was. */
int main(int argc, char **argv)
{
    const struct output *output = argc == 3 ? output_find(argv[1]) : NULL;
    char *text = NULL;
    size_t length = 0;
    if (!output)
        return usage();
    FILE *memory = open_memstream(&text, &length);
    if (!memory)
        return EXIT_FAILURE;
    int result = output_write(output, SANDBOX_SOURCES, memory);
    if (fclose(memory) != 0)
        result = -1;
    FILE *out = result == 0 ? fopen(argv[2], "we") : NULL;
    if (out && fwrite(text, 1, length, out) != length)
        result = -1;
    if (!out || fclose(out) != 0)
        result = -1;
    if (result != 0)
        fprintf(stderr, "generate: %s could not be written\n", argv[2]);
    free(text);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
