/* SPDX-License-Identifier: MIT
 *
 * items.c - the parsers of the words of lists. A word is cut into fields before its variables are
 * put in, so that a ':' or '=' in a variable separates nothing.
 */
#include "policy/diag.h"
#include "policy/expand.h"
#include "policy/keys.h"
#include "policy/names.h"
#include "policy/number.h"
#include "policy/suggest.h"
#include <stdio.h>
#include <string.h>

enum { TMPFS_MODE = 01777, TMPFS_MODE_MAX = 07777, TMPFS_OPTIONS = 3 };

static bool field_is(struct field field, const char *text)
{
    return strlen(text) == field.length && memcmp(field.text, text, field.length) == 0;
}

/* The text of an item as people read it and as !word names it. */
#define SET_TEXT(parse, item, ...)                                                                 \
    (((item)->text = arena_printf((parse)->arena, __VA_ARGS__))                                    \
         ? 0                                                                                       \
         : err_memory((parse)->error, "profile"))

static bool only_from(const char *text, size_t length, const char *allowed)
{
    return length > 0 && strspn(text, allowed) >= length;
}

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

int item_word(const struct parse *parse, const char *word, struct item *item)
{
    (void)parse;
    (void)word;
    (void)item;
    return 0;
}

int item_path(const struct parse *parse, const char *word, struct item *item)
{
    struct field field = {word, strlen(word)};
    int result = expand_path(parse, field, item->optional, &item->first);
    if (result == 0)
        item->text = item->first;
    return result;
}

int item_bind(const struct parse *parse, const char *word, struct item *item)
{
    struct field fields[3];
    size_t count = fields_split(word, ':', fields, 3);
    if (count < 2 || count > 3)
        return value_error(parse, "write SOURCE:TARGET, SOURCE:TARGET:ro or SOURCE:TARGET:rw",
                           "'%s' is no bind", word);
    if (count == 3 && !field_is(fields[2], "rw") && !field_is(fields[2], "ro"))
        return value_error(parse, "the third part is rw or ro", "'%s': '%.*s' is not known", word,
                           (int)fields[2].length, fields[2].text);
    int result = expand_path(parse, fields[0], item->optional, &item->first);
    if (result == 0)
        result = expand_path(parse, fields[1], item->optional, &item->second);
    if (result)
        return result;
    item->writable = count == 3 && field_is(fields[2], "rw");
    return SET_TEXT(parse, item, "%s:%s%s", item->first, item->second, item->writable ? ":rw" : "");
}

int item_link(const struct parse *parse, const char *word, struct item *item)
{
    struct field fields[2];
    size_t count = fields_split(word, ':', fields, 2);
    if (count != 2 || !fields[0].length)
        return value_error(parse, "write CONTENT:PATH, for example usr/bin:/bin",
                           "'%s' is no symbolic link", word);
    int result = expand(parse, fields[0], item->optional, &item->first);
    if (result == 0 && !*item->first)
        return value_error(parse, NULL, "'%s': a symbolic link can't be empty", word);
    if (result == 0)
        result = expand_path(parse, fields[1], item->optional, &item->second);
    return result ? result : SET_TEXT(parse, item, "%s:%s", item->first, item->second);
}

int item_assign(const struct parse *parse, const char *word, struct item *item)
{
    const char *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : 0;
    if (!equals)
        return value_error(parse, "write NAME=VALUE without blanks around '='",
                           "'%s' sets no variable", word);
    if (!only_from(word, length, LOWER UPPER DIGITS "_") || strchr(DIGITS, *word))
        return value_error(parse,
                           "a name has letters, digits and '_', and does not begin with a digit",
                           "'%.*s' is not the name of a variable", (int)length, word);
    item->first = arena_strndup(parse->arena, word, length);
    if (!item->first)
        return err_memory(parse->error, "profile");
    struct field field = {equals + 1, strlen(equals + 1)};
    int result = expand(parse, field, item->optional, &item->second);
    return result ? result : SET_TEXT(parse, item, "%s=%s", item->first, item->second);
}

/* ---- tmpfs ---------------------------------------------------------------------------------- */

static int tmpfs_unknown(const struct parse *parse, const char *option)
{
    char hint[HINT_SIZE];
    struct suggest suggest;
    suggest_start(&suggest, option);
    suggest_offer(&suggest, "size");
    suggest_offer(&suggest, "inodes");
    suggest_offer(&suggest, "mode");
    if (suggest_best(&suggest))
        suggest_text(&suggest, hint, sizeof(hint));
    else
        snprintf(hint, sizeof(hint), "the options are size=, inodes= and mode=");
    return value_error(parse, hint, "a tmpfs has no option '%s'", option);
}

/* One NAME=VALUE of a tmpfs. A 0 would be no limit at all to the kernel. */
static int tmpfs_option(const struct parse *parse, char *option, struct item *item, bool *mode_seen)
{
    char *value = strchr(option, '=');
    if (!value)
        return tmpfs_unknown(parse, option);
    *value++ = '\0';
    uint64_t number = 0;
    bool again;
    int result;
    if (strcmp(option, "size") == 0 || strcmp(option, "inodes") == 0) {
        bool is_size = *option == 's';
        uint64_t *place = is_size ? &item->size : &item->inodes;
        again = *place != 0;
        result = is_size ? (number_with_unit(value, size_units, &number, NULL) ? -1 : 0)
                         : number_parse(value, AMOUNT_MAX, &number);
        if (result != 0 || number == 0)
            return value_error(parse,
                               is_size ? "write a size such as 64M; 0 would be no limit"
                                       : "write a number of files; 0 would be no limit",
                               "'%s' is no value for %s", value, option);
        *place = number;
    } else if (strcmp(option, "mode") == 0) {
        again = *mode_seen;
        *mode_seen = true;
        if (mode_parse(value, TMPFS_MODE_MAX, &item->mode) != 0)
            return value_error(parse, "write it in octal, for example 1777",
                               "'%s' is no value for mode", value);
    } else {
        return tmpfs_unknown(parse, option);
    }
    return again ? value_error(parse, NULL, "%s stands twice for one tmpfs", option) : 0;
}

int item_tmpfs(const struct parse *parse, const char *word, struct item *item)
{
    struct field fields[2];
    size_t count = fields_split(word, ':', fields, 2);
    if (count > 2)
        return value_error(parse, "write PATH or PATH:size=64M,inodes=10000,mode=1777",
                           "'%s' is no tmpfs", word);
    int result = expand_path(parse, fields[0], item->optional, &item->first);
    if (result)
        return result;
    item->mode = TMPFS_MODE;
    if (count == 1)
        return SET_TEXT(parse, item, "%s", item->first);

    char *options = arena_strdup(parse->arena, fields[1].text);
    bool mode_seen = false;
    if (!options)
        return err_memory(parse->error, "profile");
    while (options) {
        char *option = strsep(&options, ",");
        if (tmpfs_option(parse, option, item, &mode_seen) != 0)
            return -1;
    }
    return SET_TEXT(parse, item, "%s:%s", item->first, fields[1].text);
}

/* ---- system calls and socket families ------------------------------------------------------- */

static int call_errno(const struct parse *parse, const char *name, struct item *item)
{
    char hint[HINT_SIZE];
    struct suggest suggest;
    if (parse->key != &policy_keys[KEY_syscalls_errno])
        return value_error(parse, "only syscalls.errno takes NAME:ERRNO",
                           "'%s' is no name of a system call", item->text);
    item->number = errno_parse(name);
    if (item->number)
        return 0;
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
        return value_error(parse, "write NAME as in syscalls(2), or @GROUP",
                           "'%s' is no name of a system call", word);
    item->first = arena_strndup(parse->arena, word, length + group);
    if (!item->first)
        return err_memory(parse->error, "profile");
    return colon ? call_errno(parse, colon + 1, item) : 0;
}

int item_family(const struct parse *parse, const char *word, struct item *item)
{
    char hint[HINT_SIZE];
    struct suggest suggest;
    item->number = family_parse(word);
    if (item->number >= 0)
        return 0;
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
