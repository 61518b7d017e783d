/* SPDX-License-Identifier: MIT
 *
 * request.h - what the helper programs are asked for. sandbox-image hands its words to
 * sandbox-unpack as they are, so both read them in the same way.
 */
#ifndef IMAGE_REQUEST_H
#define IMAGE_REQUEST_H

#include "image/unpack.h"
#include <stdbool.h>

enum {
    EXIT_USED = 1, /* a layer stays because it is in use */
    EXIT_FAILED = 125,
};

struct request {
    const char *verb;
    bool json, all, machine; /* machine: the answer is for a program */
    struct budget budget;
    char **words;
    int word_count;
};

/* Reads a command line; see main.c. *request is also good for request_failed() after a failure.
 * Errors: SBX_E_USAGE. */
int request_parse(int argc, char **argv, struct request *request, struct sbx_error *error);

/* Prints an error on stderr. Returns EXIT_FAILED. */
int request_failed(const struct request *request, const struct sbx_error *error);

/* Says on stderr that somebody else changes the cache: see cache_lock(). */
void request_waits(void);

/* Writes out what is left for stdout. Returns `status`, or EXIT_FAILED with the reason printed. */
int request_finish(const struct request *request, int status);

#endif
