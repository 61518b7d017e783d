/* SPDX-License-Identifier: MIT
 *
 * reportfile.h - the file that --report names.
 */
#ifndef CLI_REPORTFILE_H
#define CLI_REPORTFILE_H

#include <stdbool.h>
#include <stddef.h>

/* A report file that is open and not yet written. */
struct report_file {
    const char *path; /* NULL where no report is wanted */
    char *resolved;   /* what `path` leads to, where it was given as a link */
    char *temporary;  /* written first, renamed at the end; NULL where `path` is no regular file */
    int fd;
};

/* Opens it before the launch, so that a report that can't be written refuses the launch instead of
 * losing a verdict: a new file beside `path`, with disk space set aside, or `path` itself where
 * that is a pipe or a device. Returns 0 or -errno. */
int report_file_open(struct report_file *file, const char *path);

/* Writes the text and puts the file in its place: `path` holds either the whole report or what it
 * held before. Returns 0 or -errno; nothing temporary is left in either case. */
int report_file_finish(struct report_file *file, const char *text, size_t length);

/* Gives up: nothing is left. */
void report_file_abandon(struct report_file *file);

#endif
