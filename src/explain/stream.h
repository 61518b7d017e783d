/* SPDX-License-Identifier: MIT
 *
 * stream.h - a text that is written piece by piece.
 */
#ifndef EXPLAIN_STREAM_H
#define EXPLAIN_STREAM_H

#include "base/error.h"
#include <stdio.h>

struct stream {
    FILE *out; /* write here; errors need not be looked at before the end */
    char *text;
    size_t size;
};

/* Starts an empty text. Errors: SBX_E_RESOURCE. */
int stream_open(struct stream *stream, struct sbx_error *error);

/* Ends it. *text is owned by the caller: free(). Errors: SBX_E_RESOURCE, where something of it
 * could not be written. */
int stream_take(struct stream *stream, char **text, struct sbx_error *error);

/* Ends it and throws it away. */
void stream_drop(struct stream *stream);

#endif
