/* SPDX-License-Identifier: MIT
 *
 * json.h - what the JSON that is written here has in common.
 */
#ifndef EXPLAIN_JSON_H
#define EXPLAIN_JSON_H

#include <jansson.h>

/* A string. JSON is UTF-8; paths and messages may be anything: what is none becomes U+FFFD. NULL
 * where memory has run out. */
json_t *json_text(const char *text);

/* The whole as text with a final newline, or NULL. Takes the reference to `value`, which may be
 * NULL. Owned by the caller: free(). */
char *json_finish(json_t *value);

#endif
