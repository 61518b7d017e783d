/* SPDX-License-Identifier: MIT
 *
 * json.h - strict reading of JSON, for document.c and index.c. The library is jansson; nothing else
 * that reads an image knows it.
 */
#ifndef IMAGE_JSON_H
#define IMAGE_JSON_H

#include "base/arena.h"
#include "image/document.h"
#include <jansson.h>

/* Releases a value when its scope ends. */
static inline void json_cleanup(json_t **value)
{
    json_decref(*value);
}
#define autojson __attribute__((cleanup(json_cleanup))) json_t

/* Parses a text that is one object. A key that stands twice is refused: two readers could choose
 * differently. `what` names the text in errors. Returns NULL with the error filled in. */
json_t *document_parse(const char *text, size_t length, const char *what, struct sbx_error *error);

/* "WHAT: WHY". Returns -1. */
int document_refuse(struct sbx_error *error, const char *what, const char *why);

/* The text of a key; "" where there is none, or null; NULL where it is something else. */
const char *document_string(const json_t *object, const char *key);

/* A descriptor: its media type, digest and size. `what` names it in errors. */
int document_descriptor(const json_t *object, const char *what, struct descriptor *descriptor,
                        struct sbx_error *error);

#endif
