/* SPDX-License-Identifier: MIT
 *
 * print.c - text for people, safe to print on a terminal.
 */
#include "cli.h"
#include <stdlib.h>
#include <string.h>

void print_escaped(FILE *out, const char *text)
{
    size_t size = sbx_escape(text, NULL, 0) + 1;
    char few[512], *shown = size <= sizeof(few) ? few : malloc(size);
    if (!shown) { /* better cut off than not said */
        shown = few;
        size = sizeof(few);
    }
    sbx_escape(text, shown, size);
    fputs(shown, out);
    if (shown != few)
        free(shown);
}

void print_error(const struct sbx_error *error)
{
    fputs("sandbox: ", stderr);
    if (error->origin.file[0]) {
        print_escaped(stderr, error->origin.file);
        if (error->origin.line)
            fprintf(stderr, ":%u", error->origin.line);
        fputs(": ", stderr);
    }
    print_escaped(stderr, error->text);
    if (error->sys_errno)
        fprintf(stderr, ": %s", strerror(error->sys_errno));
    fputc('\n', stderr);
    if (error->hint[0]) {
        fputs("sandbox: hint: ", stderr);
        print_escaped(stderr, error->hint);
        fputc('\n', stderr);
    }
}
