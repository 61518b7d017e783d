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
#include <stdlib.h>
#include <string.h>

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SCALAR(type, title, is_expanded)                                                           \
    [TYPE_##type] = {.name = (title),                                                              \
                     .size = sizeof(struct value_##type),                                          \
                     .scalar = scalar_##type,                                                      \
                     .print = print_##type,                                                        \
                     .expands = (is_expanded)}
#define ENUM(type, title, ...)                                                                     \
    [TYPE_##type] = {.name = (title),                                                              \
                     .size = sizeof(struct value_enum),                                            \
                     .scalar = scalar_word,                                                        \
                     .print = print_word,                                                          \
                     .words = WORDS(__VA_ARGS__)}
#define LIST(type, title, parser, is_expanded)                                                     \
    [TYPE_##type] = {.name = (title),                                                              \
                     .size = sizeof(struct value_list),                                            \
                     .item = (parser),                                                             \
                     .expands = (is_expanded)}

#define ORIGIN_IS_LAST(type)                                                                       \
    _Static_assert(offsetof(struct value_##type, origin) + sizeof(struct origin) ==                \
                       sizeof(struct value_##type),                                                \
                   "value_origin_offset() rests on it")

ORIGIN_IS_LAST(string);
ORIGIN_IS_LAST(path);
ORIGIN_IS_LAST(size);
ORIGIN_IS_LAST(duration);
ORIGIN_IS_LAST(count);
ORIGIN_IS_LAST(id);
ORIGIN_IS_LAST(mode);
ORIGIN_IS_LAST(nice);
ORIGIN_IS_LAST(ratio);
ORIGIN_IS_LAST(upper);
ORIGIN_IS_LAST(action);
ORIGIN_IS_LAST(enum);
ORIGIN_IS_LAST(list);

const struct type policy_types[TYPE_COUNT] = {
    SCALAR(string, "a text", true),
    SCALAR(path, "an absolute path", true),
    SCALAR(size, "a size", false),
    SCALAR(duration, "a duration", false),
    SCALAR(count, "a number", false),
    SCALAR(id, "a user or group id", false),
    SCALAR(mode, "a file mode", false),
    SCALAR(nice, "a nice value", false),
    SCALAR(ratio, "a ratio", false),
    SCALAR(upper, "none, tmpfs[:OPTIONS] or an absolute path", true),
    SCALAR(action, "an action", false),
    /* The words stand in the order of the enums of types.h. */
    ENUM(share, "private or host", "private", "host"),
    ENUM(yesno, "yes or no", "no", "yes"),
    ENUM(driver, "kernel or fuse", "kernel", "fuse"),
    ENUM(base, "host, overlay or empty", "host", "overlay", "empty"),
    ENUM(dev, "minimal or none", "minimal", "none"),
    ENUM(proc, "unmasked, private, pids or none", "unmasked", "private", "pids", "none"),
    ENUM(sys, "none or ro", "none", "ro"),
    ENUM(enforce, "strict or best-effort", "strict", "best-effort"),
    ENUM(netmode, "none, loopback or host", "none", "loopback", "host"),
    ENUM(landlock, "off, auto or require", "off", "auto", "require"),
    ENUM(tell, "none, kills or all", "none", "kills", "all"),
    LIST(words, "words", item_word, false),
    LIST(paths, "absolute paths", item_path, true),
    LIST(layers, "absolute paths, the topmost first", item_path, true),
    LIST(binds, "SOURCE:TARGET pairs", item_bind, true),
    LIST(tmpfs, "PATH[:OPTIONS] words", item_tmpfs, true),
    LIST(links, "CONTENT:PATH pairs", item_link, true),
    LIST(assigns, "NAME=VALUE pairs", item_assign, true),
    LIST(calls, "system calls and @groups", item_call, false),
    LIST(families, "socket families", item_family, false),
    LIST(abis, "native, or native i386", item_abi, false),
    LIST(capabilities, "capabilities", item_capability, false),
    LIST(variables, "names of variables", item_variable, false),
    LIST(endpoints, "ADDRESS:PORT words", item_endpoint, false),
    ENUM(mqueue, "none or private", "none", "private"),
    LIST(texts, "PATH=CONTENT pairs", item_text, true),
    LIST(views, "PATH[:OPTION,...] words", item_view, true),
    [TYPE_rules] = {.name = "rules",
                    .size = sizeof(struct value_list),
                    .item = item_rule,
                    .of_call = true},
    LIST(ports, "ports", item_ports, false),
};

size_t value_origin_offset(const struct type *type)
{
    return type->size - sizeof(struct origin);
}

void parse_point(struct parse *parse, const char *at, size_t length)
{
    size_t column = parse->column + (size_t)(at - parse->text);
    if (!parse->column)
        return;
    parse->origin.column = column < UINT16_MAX ? (uint16_t)column : 0;
    parse->origin.length = length < UINT16_MAX ? (uint16_t)length : UINT16_MAX;
}

void value_fail(const struct parse *parse, const char *hint, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) >= 0)
        diag_error(parse->diag, parse->origin, 0, hint, "%s%s%s.%s: %s", parse->key->section,
                   parse->call ? " " : "", parse->call ? parse->call : "", parse->key->name, text);
    else
        diag_memory(parse->diag);
    va_end(arguments);
    free(text);
}

/* A scalar that starts with a quote is one quoted word and nothing else. */
static int unquoted(struct parse *parse, char **text)
{
    struct word word = {NULL, 0};
    const char *cursor = parse->text;
    if (word_next(parse, &cursor, &word) < 0)
        return -1;
    cursor += strspn(cursor, " \t");
    if (*cursor) {
        parse_point(parse, cursor, strlen(cursor));
        return value_error(parse, "close the quote at the end of the value",
                           "'%s' stands behind the closing quote", cursor);
    }
    *text = word.text;
    return 0;
}

/* The text of a scalar: without its quotes and, where no variable can be in it, without marks. */
static int scalar_text(struct parse *parse, char **text)
{
    const struct type *type = parse->key->type;
    const bool is_text = type == &policy_types[TYPE_string];
    if (*parse->text) /* else the key is all that there is to point to */
        parse_point(parse, parse->text, strlen(parse->text));
    if (*parse->text == '"') {
        if (unquoted(parse, text) != 0)
            return -1;
        if (!type->expands)
            word_plain(*text);
        return 0;
    }
    if (!is_text && !*parse->text)
        return value_error(parse, "remove the line to keep the default", "the value is missing");
    if (!is_text && strpbrk(parse->text, " \t"))
        return value_error(parse,
                           type->expands
                               ? "a comment behind a value begins with ' ;'; a value with blanks "
                                 "stands in double quotes"
                               : "leave the blank out; a comment behind a value begins with ' ;'",
                           "takes one value, not '%s'", parse->text);
    *text = arena_strdup(parse->arena, parse->text);
    return *text ? 0 : diag_memory(parse->diag);
}

int value_scalar(struct parse *parse, union value *value)
{
    union value found = {0};
    char *text = NULL;
    if (scalar_text(parse, &text) != 0 || parse->key->type->scalar(parse, text, &found) != 0)
        return -1;
    *value = found;
    return 0;
}

/* The word for messages: without marks, which would be shown as control characters. */
static const char *shown(const struct parse *parse, const char *word)
{
    char *copy;
    if (!strchr(word, WORD_LITERAL) || !(copy = arena_strdup(parse->arena, word)))
        return word;
    return word_plain(copy);
}

int value_item(const struct parse *parse, char *word, struct item *item)
{
    const struct type *type = parse->key->type;
    if (!type->expands && strstr(word, "${"))
        return value_error(parse, NULL, "'%s': variables have no meaning here", word);
    item->text = shown(parse, word);
    item->origin = parse->origin;
    return type->item(parse, type->expands ? word : word_plain(word), item);
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

const char *print_word(struct arena *arena, const struct type *type, const void *value)
{
    const struct value_enum *word = value;
    return arena_strdup(arena, type->words[word->v]);
}
