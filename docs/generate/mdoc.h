/* SPDX-License-Identifier: MIT
 *
 * mdoc.h - turns the mdoc(7) of our own manual pages into Markdown, line by line.
 *
 * It knows the macros that the pages use, and refuses any other: half-understood markup would make
 * a reference that says something else than the page.
 */
#ifndef GENERATE_MDOC_H
#define GENERATE_MDOC_H

#include <stdbool.h>
#include <stdio.h>

enum { MDOC_LISTS = 4 };

/* Where in a page we are; {0} at its start. */
struct mdoc {
    bool in_name;   /* in the section NAME */
    bool literal;   /* between .Bd and .Ed */
    bool gap;       /* a blank line goes before what comes next */
    bool bullet;    /* what comes next is the start of an item */
    size_t column;  /* of what comes next; 0: nothing is on the line */
    unsigned depth; /* of lists */
    enum mdoc_list { MDOC_BULLETS, MDOC_TAGS } lists[MDOC_LISTS];
};

/* A template_line of template.h. */
int mdoc_line(void *mdoc, const char *line, FILE *out);

/* Ends the last line. Whether all that was opened is closed: 0, or -1 with a message on stderr. */
int mdoc_end(struct mdoc *mdoc, FILE *out);

#endif
