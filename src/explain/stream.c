/* SPDX-License-Identifier: MIT
 *
 * stream.c - open_memstream(3) with an end that tells whether all is there.
 */
#include "explain/stream.h"
#include <stdbool.h>
#include <stdlib.h>

int stream_open(struct stream *stream, struct sbx_error *error)
{
    *stream = (struct stream){NULL, NULL, 0};
    stream->out = open_memstream(&stream->text, &stream->size);
    return stream->out ? 0 : err_memory(error, "explain");
}

int stream_take(struct stream *stream, char **text, struct sbx_error *error)
{
    bool broken = ferror(stream->out) != 0;
    if (fclose(stream->out) != 0 || broken) {
        free(stream->text);
        return err_memory(error, "explain");
    }
    *text = stream->text;
    return 0;
}

void stream_drop(struct stream *stream)
{
    fclose(stream->out);
    free(stream->text);
}
