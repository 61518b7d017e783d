/* SPDX-License-Identifier: MIT
 *
 * tmpfs.c - the parsers of what names a tmpfs: a word of files.tmpfs, and root.upper.
 */
#include "policy/expand.h"
#include "policy/keys.h"
#include "policy/number.h"
#include "policy/suggest.h"
#include "policy/words.h"
#include <stdio.h>
#include <string.h>

enum { TMPFS_MODE = 01777, TMPFS_MODE_MAX = 07777 };

/* The kernel counts each inode as 1024 bytes, and refuses a sum that 64 bits don't hold. */
static const uint64_t inodes_max = UINT64_MAX / 1024;

/* What is given, and which options there are. */
struct options {
    struct item *item; /* size, inodes, mode */
    bool takes_mode, mode_seen;
};

static int unknown(const struct parse *parse, const struct options *options, const char *option)
{
    char hint[HINT_SIZE];
    struct suggest suggest;
    suggest_start(&suggest, option);
    suggest_offer(&suggest, "size");
    suggest_offer(&suggest, "inodes");
    if (options->takes_mode)
        suggest_offer(&suggest, "mode");
    if (suggest_best(&suggest))
        suggest_text(&suggest, hint, sizeof(hint));
    else
        snprintf(hint, sizeof(hint), "the options are %s",
                 options->takes_mode ? "size=, inodes= and mode=" : "size= and inodes=");
    return value_error(parse, hint, "a tmpfs has no option '%s'%s", option,
                       options->takes_mode ? "" : " here");
}

/* One NAME=VALUE of a tmpfs. A 0 would be no limit at all to the kernel. */
static int take_option(const struct parse *parse, char *option, struct options *options)
{
    char *value = strchr(option, '=');
    if (!value)
        return unknown(parse, options, option);
    *value++ = '\0';
    uint64_t number = 0;
    bool again;
    int result;
    if (strcmp(option, "size") == 0 || strcmp(option, "inodes") == 0) {
        bool is_size = *option == 's';
        uint64_t *place = is_size ? &options->item->size : &options->item->inodes;
        again = *place != 0;
        result = is_size ? (number_with_unit(value, size_units, &number, NULL) ? -1 : 0)
                         : number_parse(value, inodes_max, &number);
        if (result != 0 || number == 0)
            return value_error(parse,
                               is_size ? "write a size such as 64M; 0 would be no limit"
                                       : "write a number of files; 0 would be no limit",
                               "'%s' is no value for %s", value, option);
        *place = number;
    } else if (options->takes_mode && strcmp(option, "mode") == 0) {
        again = options->mode_seen;
        options->mode_seen = true;
        if (mode_parse(value, TMPFS_MODE_MAX, &options->item->mode) != 0)
            return value_error(parse, "write it in octal, for example 1777",
                               "'%s' is no value for mode", value);
    } else {
        return unknown(parse, options, option);
    }
    return again ? value_error(parse, NULL, "%s stands twice for one tmpfs", option) : 0;
}

static int take_options(const struct parse *parse, struct field field, struct options *options)
{
    char *text = arena_strndup(parse->arena, field.text, field.length);
    if (!text)
        return diag_memory(parse->diag);
    word_plain(text);
    while (text) {
        char *option = strsep(&text, ",");
        if (take_option(parse, option, options) != 0)
            return -1;
    }
    return 0;
}

/* The options in one order and one form, each behind a ':' or a ','; NULL where memory is out. */
static const char *options_text(struct arena *arena, uint64_t size, uint64_t inodes, unsigned mode)
{
    const char *text = "", *separator = ":";
    if (size) {
        const struct unit *unit = number_unit(size, size_units);
        text = arena_printf(arena, ":size=%llu%s", (unsigned long long)(size / unit->factor),
                            unit->name);
        separator = ",";
    }
    if (text && inodes) {
        text = arena_printf(arena, "%s%sinodes=%llu", text, separator, (unsigned long long)inodes);
        separator = ",";
    }
    if (text && mode != TMPFS_MODE)
        text = arena_printf(arena, "%s%smode=%04o", text, separator, mode);
    return text;
}

int item_tmpfs(const struct parse *parse, const char *word, struct item *item)
{
    struct options options = {.item = item, .takes_mode = true};
    struct field fields[2];
    size_t count = fields_split(word, ':', fields, 2);
    if (count > 2)
        return value_error(parse, "write PATH or PATH:size=64M,inodes=10000,mode=1777",
                           "'%s' is no tmpfs", item->text);
    int result = expand_path(parse, fields[0], item->optional, &item->first);
    if (result)
        return result;
    item->mode = TMPFS_MODE;
    if (count == 2 && take_options(parse, fields[1], &options) != 0)
        return -1;
    const char *text = options_text(parse->arena, item->size, item->inodes, item->mode);
    if (!text)
        return diag_memory(parse->diag);
    const struct piece pieces[] = {{item->first, ":"}, {text, NULL}};
    item->text = word_write(parse->arena, pieces, 2);
    return item->text ? 0 : diag_memory(parse->diag);
}

int scalar_upper(const struct parse *parse, const char *text, union value *value)
{
    struct value_upper upper = {.origin = parse->origin};
    struct item item = {.mode = TMPFS_MODE};
    struct options options = {.item = &item};
    struct field fields[2];
    size_t count = fields_split(text, ':', fields, 2);
    upper.tmpfs = fields[0].length == 5 && memcmp(fields[0].text, "tmpfs", 5) == 0;
    if (count > 2 || (count == 2 && !upper.tmpfs))
        return value_error(parse,
                           "write none, tmpfs, tmpfs:size=64M,inodes=10000 or an absolute path; a "
                           "':' in a path is written \"\\:\", in quotes",
                           "'%s' is no place for changes", parse->text);
    if (count == 2 && take_options(parse, fields[1], &options) != 0)
        return -1;
    if (!upper.tmpfs && strcmp(text, "none") != 0 &&
        expand_path(parse, fields[0], false, &upper.v) != 0)
        return -1;
    upper.size = item.size;
    upper.inodes = item.inodes;
    value->upper = upper;
    return 0;
}

const char *print_upper(struct arena *arena, const struct type *type, const void *value)
{
    const struct value_upper *upper = value;
    const struct piece path = {upper->v, ":"};
    (void)type;
    if (upper->v)
        return word_write(arena, &path, 1);
    if (!upper->tmpfs)
        return arena_strdup(arena, "none");
    const char *options = options_text(arena, upper->size, upper->inodes, TMPFS_MODE);
    return options ? arena_printf(arena, "tmpfs%s", options) : NULL;
}
