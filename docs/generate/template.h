/* SPDX-License-Identifier: MIT
 *
 * template.h - a text with places in it that a program fills in.
 *
 * A line that is "@NAME@" and nothing else is a place. A place that nobody knows, one that the text
 * has twice, and one that it lacks are errors: a template that has lost a table would else go
 * unnoticed.
 */
#ifndef GENERATE_TEMPLATE_H
#define GENERATE_TEMPLATE_H

#include <stdio.h>

enum { PLACES_MAX = 16 };

struct place {
    const char *name; /* without the '@'; NULL ends a table of places */
    void (*fill)(FILE *out);
};

/* What happens to each line that is no place; the line has no newline. Returns 0, or -1 with a
 * message on stderr that names the line, to be completed by template_fill(). */
typedef int template_line(void *context, const char *line, FILE *out);

/* Writes the template at `path` to `out`. A NULL `line` copies. Returns 0, or -1 with a message on
 * stderr. */
int template_fill(const char *path, const struct place *places, template_line *line, void *context,
                  FILE *out);

#endif
