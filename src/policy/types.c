/* SPDX-License-Identifier: MIT
 *
 * types.c - the table of the value types, and what is common to their parsers.
 */
#include "policy/diag.h"
#include "policy/keys.h"
#include "policy/suggest.h"
#include "policy/value.h"
#include "policy/words.h"
#include <stdio.h>
#include <string.h>

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SCALAR(type, title, parser)                                                                \
    [TYPE_##type] = {.name = (title), .size = sizeof(struct value_##type), .scalar = (parser)}
#define ENUM(type, title, ...)                                                                     \
    [TYPE_##type] = {.name = (title),                                                              \
                     .size = sizeof(struct value_enum),                                            \
                     .scalar = scalar_word,                                                        \
                     .words = WORDS(__VA_ARGS__)}
#define LIST(type, title, parser, has_variables)                                                   \
    [TYPE_##type] = {.name = (title),                                                              \
                     .size = sizeof(struct value_list),                                            \
                     .item = (parser),                                                             \
                     .expands = (has_variables)}

const struct type policy_types[TYPE_COUNT] = {
    SCALAR(string, "a text", scalar_string),
    SCALAR(path, "an absolute path", scalar_path),
    SCALAR(size, "a size", scalar_size),
    SCALAR(duration, "a duration", scalar_duration),
    SCALAR(count, "a number", scalar_count),
    SCALAR(id, "a user or group id", scalar_id),
    SCALAR(mode, "a file mode", scalar_mode),
    SCALAR(nice, "a nice value", scalar_nice),
    SCALAR(action, "an action", scalar_action),
    /* The words stand in the order of the enums of types.h. */
    ENUM(share, "private or host", "private", "host"),
    ENUM(yesno, "yes or no", "no", "yes"),
    ENUM(base, "host or empty", "host", "empty"),
    ENUM(dev, "minimal or none", "minimal", "none"),
    ENUM(proc, "private or none", "private", "none"),
    ENUM(sys, "none or ro", "none", "ro"),
    ENUM(enforce, "strict or best-effort", "strict", "best-effort"),
    ENUM(netmode, "none, loopback or host", "none", "loopback", "host"),
    ENUM(session, "new or host", "new", "host"),
    LIST(words, "words", item_word, false),
    LIST(paths, "absolute paths", item_path, true),
    LIST(binds, "SOURCE:TARGET pairs", item_bind, true),
    LIST(tmpfs, "PATH[:OPTIONS] words", item_tmpfs, true),
    LIST(links, "CONTENT:PATH pairs", item_link, true),
    LIST(assigns, "NAME=VALUE pairs", item_assign, true),
    LIST(calls, "system calls and @groups", item_call, false),
    LIST(families, "socket families", item_family, false),
};

void value_fail(const struct parse *parse, const char *hint, const char *format, ...)
{
    char text[sizeof(parse->error->text)];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    profile_error(parse->error, parse->origin, 0, hint, "%s.%s: %s", parse->key->section,
                  parse->key->name, text);
}

/* A scalar that starts with a quote is one quoted word and nothing else. */
static int unquoted(const struct parse *parse, const char **text)
{
    struct word word = {NULL, 0};
    const char *cursor = *text;
    if (*cursor != '"')
        return 0;
    if (word_next(parse, &cursor, &word) < 0)
        return -1;
    cursor += strspn(cursor, " \t");
    if (*cursor)
        return value_error(parse, "close the quote at the end of the value",
                           "'%s' stands behind the closing quote", cursor);
    *text = word.text;
    return 0;
}

int value_scalar(const struct parse *parse, const char *text, union value *value)
{
    const struct type *type = parse->key->type;
    union value found = {0};
    bool is_text = type == &policy_types[TYPE_string];
    bool quoted = *text == '"';
    if (unquoted(parse, &text) != 0)
        return -1;
    if (!is_text && !*text)
        return value_error(parse, "remove the line to keep the default", "the value is missing");
    if (!is_text && !quoted && strpbrk(text, " \t"))
        return value_error(parse,
                           "a comment behind a value begins with ' ;'; a value with blanks stands "
                           "in double quotes",
                           "takes one value, not '%s'", text);
    if (type->scalar(parse, text, &found) != 0)
        return -1;
    *value = found;
    return 0;
}

int value_item(const struct parse *parse, const char *word, struct item *item)
{
    const struct type *type = parse->key->type;
    if (!type->expands && strstr(word, "${"))
        return value_error(parse, NULL, "'%s': variables have no meaning here", word);
    item->text = word;
    item->origin = parse->origin;
    return type->item(parse, word, item);
}

int scalar_word(const struct parse *parse, const char *text, union value *value)
{
    const struct type *type = parse->key->type;
    char hint[HINT_SIZE];
    struct suggest suggest;
    suggest_start(&suggest, text);
    for (int i = 0; type->words[i]; i++) {
        if (strcmp(type->words[i], text) == 0) {
            value->word.v = i;
            value->word.origin = parse->origin;
            return 0;
        }
        suggest_offer(&suggest, type->words[i]);
    }
    suggest_text(&suggest, hint, sizeof(hint));
    return value_error(parse, hint, "'%s' is not known; the value is %s", text, type->name);
}
