/* SPDX-License-Identifier: MIT
 *
 * reportfile.h - the file that --report names.
 */
#ifndef CLI_REPORTFILE_H
#define CLI_REPORTFILE_H

#include <stddef.h>

/* A report file that is open and not yet written. */
struct report_file {
    int fd;
    int folder;         /* of a regular file, which is replaced at the end; else -1 */
    char *name;         /* its name there */
    char temporary[32]; /* a name that is to be removed; "" where the new file has none yet */
};

/* Opens it before the launch, so that a report that can't be written refuses the launch instead of
 * losing a verdict. A path that means an open descriptor gives that descriptor; of the others a
 * regular file gets a successor beside it, with disk space set aside, that has no name before it is
 * whole; a pipe or a device is opened itself. Bit N of `closed` is set where descriptor N was
 * closed when the command started. Returns 0 or -errno. */
int report_file_open(struct report_file *file, const char *path, unsigned closed);

/* Writes the text and puts the file in its place: `path` holds either the whole report or what it
 * held before. Returns 0 or -errno; nothing temporary is left in either case. SIGPIPE is ignored
 * from here on. */
int report_file_finish(struct report_file *file, const char *text, size_t length);

/* Gives up: nothing is left. */
void report_file_abandon(struct report_file *file);

#endif
