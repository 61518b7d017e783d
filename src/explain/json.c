/* SPDX-License-Identifier: MIT
 *
 * json.c - strings that may hold anything, and the whole as text.
 */
#include "explain/json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *json_text(const char *text)
{
    json_t *string = json_string(text);
    if (string)
        return string;
    size_t length = strlen(text);
    char *clean = malloc(3 * length + 1), *to = clean;
    if (!clean)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] < 0x80)
            *to++ = text[i];
        else
            to = stpcpy(to, "\xef\xbf\xbd");
    }
    *to = '\0';
    string = json_string(clean);
    free(clean);
    return string;
}

/* In ASCII, so that what a path or a profile holds does nothing to a terminal that shows it. */
char *json_finish(json_t *value)
{
    char *text = NULL;
    char *dump = value ? json_dumps(value, JSON_INDENT(2) | JSON_ENSURE_ASCII) : NULL;
    if (dump && asprintf(&text, "%s\n", dump) < 0)
        text = NULL;
    free(dump);
    json_decref(value);
    return text;
}
