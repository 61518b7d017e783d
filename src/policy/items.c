/* SPDX-License-Identifier: MIT
 *
 * items.c - the parsers of the words of lists. A word is cut into fields before its variables are
 * put in, so that a ':' or '=' in a variable separates nothing.
 */
#include "policy/expand.h"
#include "policy/keys.h"
#include "policy/names.h"
#include "policy/number.h"
#include "policy/suggest.h"
#include "policy/words.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* A field for messages: without marks, which would be shown as control characters. */
static const char *shown(const struct parse *parse, struct field field)
{
    char *copy = arena_strndup(parse->arena, field.text, field.length);
    return copy ? word_plain(copy) : "";
}

/* Gives the item its text, by which !word names it: the one form of the word. */
static int set_text(const struct parse *parse, struct item *item, const struct piece *pieces,
                    size_t count)
{
    const char *text = word_write(parse->arena, pieces, count);
    if (!text)
        return diag_memory(parse->diag);
    item->text = text;
    return 0;
}
#define SET_TEXT(parse, item, ...)                                                                 \
    set_text(parse, item, (const struct piece[]){__VA_ARGS__},                                     \
             sizeof((const struct piece[]){__VA_ARGS__}) / sizeof(struct piece))

static bool only_from(const char *text, size_t length, const char *allowed)
{
    return length > 0 && strspn(text, allowed) >= length;
}

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

int item_word(const struct parse *parse, const char *word, struct item *item)
{
    item->first = word;
    return SET_TEXT(parse, item, {word, ""});
}

int item_variable(const struct parse *parse, const char *word, struct item *item)
{
    if (!only_from(word, strlen(word), LOWER UPPER DIGITS "_") || strchr(DIGITS, *word))
        return value_error(parse,
                           "a name has letters, digits and '_', and does not begin with a digit",
                           "'%s' is not the name of a variable", word);
    return item_word(parse, word, item);
}

int item_path(const struct parse *parse, const char *word, struct item *item)
{
    struct field field = {word, strlen(word)};
    int result = expand_path(parse, field, item->optional, &item->first);
    return result ? result : SET_TEXT(parse, item, {item->first, ""});
}

/* ---- what is shown of the host -------------------------------------------------------------- */

/* Each option says something about one thing, of which it or its opposite holds. */
enum about { ABOUT_WRITING = 1, ABOUT_EXECUTING = 2, ABOUT_LINKS = 4 };

static const struct {
    const char *name;
    enum about about;
    unsigned option; /* 0: what holds where nothing is said */
} view_options[] = {
    {"ro", ABOUT_WRITING, 0},      {"rw", ABOUT_WRITING, 0},
    {"exec", ABOUT_EXECUTING, 0},  {"noexec", ABOUT_EXECUTING, VIEW_NOEXEC},
    {"symfollow", ABOUT_LINKS, 0}, {"nosymfollow", ABOUT_LINKS, VIEW_NOSYMFOLLOW},
};
enum { VIEW_OPTIONS = sizeof(view_options) / sizeof(view_options[0]) };

static int view_unknown(const struct parse *parse, const struct item *item, const char *option,
                        unsigned known)
{
    char hint[HINT_SIZE];
    struct suggest suggest;
    suggest_start(&suggest, option);
    for (size_t i = 0; i < VIEW_OPTIONS; i++)
        if (view_options[i].about & known)
            suggest_offer(&suggest, view_options[i].name);
    if (suggest_best(&suggest))
        suggest_text(&suggest, hint, sizeof(hint));
    else
        snprintf(
            hint, sizeof(hint),
            "the options are %snoexec and nosymfollow; a ':' that is part of a path is written "
            "\\: in double quotes",
            known & ABOUT_WRITING ? "rw, " : "");
    return value_error(parse, hint, "'%s': '%s' is not known", item->text, option);
}

/* `known`: what the options may be about. */
static int view_option(const struct parse *parse, const char *option, struct item *item,
                       unsigned known, unsigned *said)
{
    for (size_t i = 0; i < VIEW_OPTIONS; i++) {
        const enum about about = view_options[i].about;
        if (strcmp(view_options[i].name, option) != 0 || !(about & known))
            continue;
        if (*said & about)
            return value_error(parse, "keep one of the two",
                               "'%s': %s, and an option before it, are about the same", item->text,
                               option);
        *said |= about;
        item->options |= view_options[i].option;
        item->writable |= strcmp(option, "rw") == 0;
        return 0;
    }
    return view_unknown(parse, item, option, known);
}

static int parse_view_options(const struct parse *parse, struct field field, struct item *item,
                              unsigned known)
{
    struct field options[VIEW_OPTIONS]; /* of more, two are about the same */
    const char *text = arena_strndup(parse->arena, field.text, field.length);
    unsigned said = 0;
    if (!text)
        return diag_memory(parse->diag);
    size_t count = fields_split(text, ',', options, VIEW_OPTIONS);
    for (size_t i = 0; i < count && i < VIEW_OPTIONS; i++)
        if (view_option(parse, shown(parse, options[i]), item, known, &said) != 0)
            return -1;
    return 0;
}

/* In one order, without what holds anyway; NULL where memory is out. */
static const char *view_text(const struct parse *parse, const struct item *item)
{
    const char *text = arena_printf(parse->arena, "%s%s%s", item->writable ? ",rw" : "",
                                    item->options & VIEW_NOEXEC ? ",noexec" : "",
                                    item->options & VIEW_NOSYMFOLLOW ? ",nosymfollow" : "");
    return text && *text ? arena_printf(parse->arena, ":%s", text + 1) : text;
}

int item_view(const struct parse *parse, const char *word, struct item *item)
{
    struct field fields[2];
    size_t count = fields_split(word, ':', fields, 2);
    if (count > 2)
        return value_error(parse,
                           "write PATH, PATH:noexec or PATH:noexec,nosymfollow; a ':' that is part "
                           "of a path is written \\: in double quotes",
                           "'%s' has too many parts", item->text);
    int result = expand_path(parse, fields[0], item->optional, &item->first);
    if (result == 0 && count == 2)
        result = parse_view_options(parse, fields[1], item, ABOUT_EXECUTING | ABOUT_LINKS);
    if (result)
        return result;
    const char *text = view_text(parse, item);
    if (!text)
        return diag_memory(parse->diag);
    return SET_TEXT(parse, item, {item->first, ":"}, {text, NULL});
}

int item_bind(const struct parse *parse, const char *word, struct item *item)
{
    struct field fields[3];
    size_t count = fields_split(word, ':', fields, 3);
    if (count < 2 || count > 3)
        return value_error(parse,
                           "write SOURCE:TARGET, SOURCE:TARGET:rw or SOURCE:TARGET:rw,noexec",
                           "'%s' is no bind", item->text);
    int result = expand_path(parse, fields[0], item->optional, &item->first);
    if (result == 0)
        result = expand_path(parse, fields[1], item->optional, &item->second);
    if (result == 0 && count == 3)
        result = parse_view_options(parse, fields[2], item,
                                    ABOUT_WRITING | ABOUT_EXECUTING | ABOUT_LINKS);
    if (result)
        return result;
    const char *text = view_text(parse, item);
    if (!text)
        return diag_memory(parse->diag);
    return SET_TEXT(parse, item, {item->first, ":"}, {":", NULL}, {item->second, ":"},
                    {text, NULL});
}

/* ---- links, texts, variables ---------------------------------------------------------------- */

int item_link(const struct parse *parse, const char *word, struct item *item)
{
    struct field fields[2];
    size_t count = fields_split(word, ':', fields, 2);
    if (count != 2 || !fields[0].length)
        return value_error(parse, "write CONTENT:PATH, for example usr/bin:/bin",
                           "'%s' is no symbolic link", item->text);
    int result = expand(parse, fields[0], item->optional, &item->first);
    if (result == 0 && !*item->first)
        return value_error(parse, NULL, "'%s': a symbolic link can't be empty", item->text);
    if (result == 0)
        result = expand_path(parse, fields[1], item->optional, &item->second);
    return result ? result
                  : SET_TEXT(parse, item, {item->first, ":"}, {":", NULL}, {item->second, ":"});
}

/* The first '=' that separates; the word's end where there is none. */
static const char *find_equals(const char *word)
{
    while (*word && *word != '=')
        word += *word == WORD_LITERAL ? 2 : 1;
    return word;
}

int item_text(const struct parse *parse, const char *word, struct item *item)
{
    const char *equals = find_equals(word);
    if (!*equals)
        return value_error(parse,
                           "write PATH=CONTENT, in double quotes where it has blanks; there "
                           "\\n ends a line",
                           "'%s' has no content", item->text);
    struct field path = {word, (size_t)(equals - word)};
    struct field content = {equals + 1, strlen(equals + 1)};
    int result = expand_path(parse, path, item->optional, &item->first);
    if (result == 0)
        result = expand(parse, content, item->optional, &item->second);
    return result ? result
                  : SET_TEXT(parse, item, {item->first, "="}, {"=", NULL}, {item->second, ""});
}

int item_assign(const struct parse *parse, const char *word, struct item *item)
{
    const char *equals = find_equals(word);
    size_t length = (size_t)(equals - word);
    if (!*equals)
        return value_error(parse, "write NAME=VALUE without blanks around '='",
                           "'%s' sets no variable", item->text);
    if (!length)
        return value_error(parse, "write NAME=VALUE without blanks around '='",
                           "'' is not the name of a variable");
    if (!only_from(word, length, LOWER UPPER DIGITS "_") || strchr(DIGITS, *word))
        return value_error(
            parse, "a name has letters, digits and '_', and does not begin with a digit",
            "'%s' is not the name of a variable", shown(parse, (struct field){word, length}));
    item->first = arena_strndup(parse->arena, word, length);
    if (!item->first)
        return diag_memory(parse->diag);
    struct field field = {equals + 1, strlen(equals + 1)};
    int result = expand(parse, field, item->optional, &item->second);
    return result ? result
                  : SET_TEXT(parse, item, {item->first, NULL}, {"=", NULL}, {item->second, ""});
}

/* ---- system calls and socket families ------------------------------------------------------- */

static int call_errno(const struct parse *parse, const char *name, struct item *item)
{
    char hint[HINT_SIZE];
    struct suggest suggest;
    if (parse->key != &policy_keys[KEY_syscalls_errno] &&
        parse->key != &policy_keys[KEY_syscalls_report])
        return value_error(parse, "only syscalls.errno and syscalls.report take NAME:ERRNO",
                           "'%s' is no name of a system call", item->text);
    item->number = errno_parse(name);
    if (item->number) {
        const char *known = errno_name(item->number);
        if (!known)
            known = arena_printf(parse->arena, "%d", item->number);
        if (!known)
            return diag_memory(parse->diag);
        return SET_TEXT(parse, item, {item->first, NULL}, {":", NULL}, {known, NULL});
    }
    suggest_start(&suggest, name);
    errno_offer(&suggest);
    suggest_text(&suggest, hint, sizeof(hint));
    return value_error(parse, hint, "'%s': '%s' is no errno value", item->text, name);
}

int item_call(const struct parse *parse, const char *word, struct item *item)
{
    bool group = *word == '@';
    const char *name = word + group;
    const char *colon = strchr(name, ':');
    size_t length = colon ? (size_t)(colon - name) : strlen(name);
    if (!only_from(name, length, group ? LOWER DIGITS "_-" : LOWER DIGITS "_"))
        return value_error(parse,
                           strpbrk(word, ",;") ? "words are separated by blanks alone"
                                               : "write NAME as in syscalls(2), or @GROUP",
                           "'%s' is no name of a system call", word);
    item->first = arena_strndup(parse->arena, word, length + group);
    if (!item->first)
        return diag_memory(parse->diag);
    return colon ? call_errno(parse, colon + 1, item) : SET_TEXT(parse, item, {item->first, NULL});
}

int item_family(const struct parse *parse, const char *word, struct item *item)
{
    char hint[HINT_SIZE];
    struct suggest suggest;
    item->number = family_parse(word);
    if (item->number >= 0)
        return item_word(parse, word, item);
    suggest_start(&suggest, word);
    family_offer(&suggest);
    if (suggest_best(&suggest))
        suggest_text(&suggest, hint, sizeof(hint));
    else
        snprintf(hint, sizeof(hint),
                 "families are named as in address_families(7), without AF_: "
                 "unix inet inet6 netlink ...");
    return value_error(parse, hint, "'%s' is no socket family", word);
}

int item_abi(const struct parse *parse, const char *word, struct item *item)
{
    if (strcmp(word, "native") == 0 || strcmp(word, "i386") == 0)
        return item_word(parse, word, item);
    return value_error(parse, "native is the machine's own; i386 can be added to it",
                       "'%s' is not known", word);
}

/* ---- capabilities and endpoints ------------------------------------------------------------- */

/* Whether there is one of that name, libcap knows. */
int item_capability(const struct parse *parse, const char *word, struct item *item)
{
    char *name;
    if (!only_from(word, strlen(word), LOWER UPPER DIGITS "_"))
        return value_error(parse, "names are those of capabilities(7), for example cap_net_raw",
                           "'%s' is no name of a capability", word);
    name =
        arena_printf(parse->arena, "%s%s", strncasecmp(word, "cap_", 4) == 0 ? "" : "cap_", word);
    if (!name)
        return diag_memory(parse->diag);
    for (char *c = name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return item_word(parse, name, item);
}

/* The port behind the last ':': a number, or '*' for any. */
static int endpoint_port(const struct parse *parse, const char *text, struct item *item)
{
    uint64_t port = 0;
    if (strcmp(text, "*") != 0 && (number_parse(text, UINT16_MAX, &port) != 0 || port == 0))
        return value_error(parse, "write a number from 1 to 65535, or '*' for any",
                           "'%s': '%s' is no port", item->text, text);
    item->number = (int)port;
    return 0;
}

/* ADDRESS:PORT: 192.0.2.1:443, [2001:db8::1]:443, *:443. The address gets its one form. */
int item_endpoint(const struct parse *parse, const char *word, struct item *item)
{
    static const char form[] = "write ADDRESS:PORT, for example 192.0.2.1:443, [2001:db8::1]:443 "
                               "or *:443";
    unsigned char binary[sizeof(struct in6_addr)];
    char shown[INET6_ADDRSTRLEN];
    const char *colon = strrchr(word, ':');
    if (!colon || colon == word)
        return value_error(parse, form, "'%s' is no address with a port", item->text);
    bool bracket = *word == '[' && colon[-1] == ']';
    size_t length = (size_t)(colon - word) - (bracket ? 2 : 0);
    char *address = arena_strndup(parse->arena, word + bracket, length);
    if (!address)
        return diag_memory(parse->diag);
    if (endpoint_port(parse, colon + 1, item) != 0)
        return -1;
    bool any = strcmp(address, "*") == 0 && !bracket;
    if (!any) {
        int family = bracket ? AF_INET6 : AF_INET;
        if (inet_pton(family, address, binary) != 1 ||
            !inet_ntop(family, binary, shown, sizeof(shown)))
            return value_error(parse, form, "'%s': '%s' is no IPv%d address", item->text, address,
                               bracket ? 6 : 4);
        item->first = arena_strdup(parse->arena, shown);
        if (!item->first)
            return diag_memory(parse->diag);
    }
    const char *port = item->number ? arena_printf(parse->arena, ":%d", item->number) : ":*";
    if (!port)
        return diag_memory(parse->diag);
    return SET_TEXT(parse, item, {bracket ? "[" : "", NULL}, {any ? "*" : item->first, NULL},
                    {bracket ? "]" : "", NULL}, {port, NULL});
}
