/* SPDX-License-Identifier: MIT
 *
 * profile.c - sections, keys and values of one file. Knows nothing of the other files.
 */
#include "policy/profile.h"
#include "policy/diag.h"
#include "policy/policy.h"
#include "policy/reader.h"
#include "policy/words.h"
#include <stdio.h>
#include <string.h>

/* ---- settings ------------------------------------------------------------------------------- */

struct setting *setting_new(const struct profile_memory *memory, const struct key *key,
                            struct origin origin)
{
    struct setting *setting = arena_alloc(memory->scratch, sizeof(*setting));
    if (!setting) {
        err_memory(memory->error, "profile");
        return NULL;
    }
    setting->key = key;
    setting->origin = origin;
    setting->tail = &setting->words;
    return setting;
}

static int add_word(const struct profile_memory *memory, const struct parse *parse,
                    struct setting *setting, const struct word *word)
{
    if (setting->count >= LIST_WORDS_MAX)
        return value_error(parse, NULL, "the list has more than %d words", LIST_WORDS_MAX);
    struct node *node = arena_alloc(memory->scratch, sizeof(*node));
    if (!node)
        return err_memory(memory->error, "profile");
    node->remove = word->mark == '!';
    node->item.optional = word->mark == '?';
    int result = value_item(parse, word->text, &node->item);
    if (result == ITEM_DROPPED)
        return 0;
    if (result != 0)
        return -1;
    *setting->tail = node;
    setting->tail = &node->next;
    setting->count++;
    return 0;
}

int setting_parse(const struct profile_memory *memory, struct setting *setting, const char *text,
                  struct origin origin, const char *path)
{
    struct parse parse = {.arena = memory->keep,
                          .error = memory->error,
                          .key = setting->key,
                          .origin = origin,
                          .profile_path = path};
    if (setting->key->type->scalar)
        return value_scalar(&parse, text, &setting->value);

    struct word word;
    int result;
    while ((result = word_next(&parse, &text, &word)) > 0) {
        if (add_word(memory, &parse, setting, &word) != 0)
            return -1;
    }
    return result;
}

/* ---- the events of the reader --------------------------------------------------------------- */

struct file {
    const struct profile_memory *memory;
    struct profile *profile;
    const char *section;
    struct setting **tail;
    struct setting *open;     /* what an indented line continues */
    unsigned seen[KEY_COUNT]; /* the line of each key */
};

static int fail(const struct file *file, unsigned line, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static int fail(const struct file *file, unsigned line, const char *hint, const char *format, ...)
{
    struct origin origin = {file->profile->path, line};
    va_list arguments;
    va_start(arguments, format);
    profile_verror(file->memory->error, origin, 0, hint, format, arguments);
    va_end(arguments);
    return -1;
}

static int on_section(void *context, const char *name, unsigned line)
{
    struct file *file = context;
    char hint[HINT_SIZE];
    if (!key_section_exists(name)) {
        key_suggest_section(name, hint, sizeof(hint));
        return fail(file, line, hint, "unknown section [%s]", name);
    }
    file->section = arena_strdup(file->memory->scratch, name);
    return file->section ? 0 : err_memory(file->memory->error, "profile");
}

static int unknown_key(const struct file *file, const char *name, unsigned line)
{
    char hint[HINT_SIZE];
    size_t length = strlen(name);
    if (length && name[length - 1] == '+')
        snprintf(hint, sizeof(hint), "write '='; a list adds to that of the profiles it extends");
    else
        key_suggest_name(file->section, name, hint, sizeof(hint));
    return fail(file, line, hint, "unknown key '%s' in [%s]", name, file->section);
}

static int on_key(void *context, const char *name, const char *value, unsigned line)
{
    struct file *file = context;
    if (!file->section)
        return fail(file, line, "write the section's name above it, in brackets",
                    "the key '%s' stands before any section", name);
    const struct key *key = key_find(file->section, name);
    if (!key)
        return unknown_key(file, name, line);
    unsigned *seen = &file->seen[key - policy_keys];
    if (*seen)
        return fail(file, line,
                    key->type->item ? "put all words into one list; its lines may be indented"
                                    : "keep one of the two",
                    "%s.%s is set twice: in line %u and here", key->section, key->name, *seen);
    *seen = line;

    struct origin origin = {file->profile->path, line};
    file->open = setting_new(file->memory, key, origin);
    if (!file->open)
        return -1;
    *file->tail = file->open;
    file->tail = &file->open->next;
    return setting_parse(file->memory, file->open, value, origin, file->profile->path);
}

/* The key of the section that an indented line looks like, or NULL. */
static const struct key *looks_like_key(const struct file *file, const char *value)
{
    char name[64];
    size_t length = strspn(value, "abcdefghijklmnopqrstuvwxyz_");
    const char *behind = value + length;
    behind += strspn(behind, " \t");
    if (*behind != '=' || length >= sizeof(name))
        return NULL;
    memcpy(name, value, length);
    name[length] = '\0';
    return key_find(file->section, name);
}

/* One more line of a text: a blank joins the two. */
static int more_text(const struct file *file, const char *value, struct origin origin)
{
    struct setting *setting = file->open;
    const char *before = setting->value.string.v;
    if (setting_parse(file->memory, setting, value, origin, file->profile->path) != 0)
        return -1;
    setting->value.string.origin = setting->origin;
    if (!before)
        return 0;
    const char *after = setting->value.string.v;
    if (strlen(before) + strlen(after) + 1 > STRING_MAX)
        return fail(file, origin.line, NULL, "%s.%s: the text has more than %d bytes",
                    setting->key->section, setting->key->name, STRING_MAX);
    setting->value.string.v = arena_printf(file->memory->keep, "%s %s", before, after);
    return setting->value.string.v ? 0 : err_memory(file->memory->error, "profile");
}

static int on_more(void *context, const char *value, unsigned line)
{
    struct file *file = context;
    const struct key *key = file->open->key;
    const struct key *meant = looks_like_key(file, value);
    struct origin origin = {file->profile->path, line};
    if (meant)
        return fail(file, line,
                    "a key may not be indented; put a word that only looks like one in quotes",
                    "the line continues %s.%s, but looks like the key '%s'", key->section,
                    key->name, meant->name);
    if (key->type == &policy_types[TYPE_string])
        return more_text(file, value, origin);
    if (key->type->scalar)
        return fail(file, line, "an indented line continues the one above; is that meant?",
                    "%s.%s takes one value", key->section, key->name);
    return setting_parse(file->memory, file->open, value, origin, file->profile->path);
}

int profile_parse(const struct profile_memory *memory, struct profile *profile, const char *text,
                  size_t length)
{
    static const struct reader_events events = {on_section, on_key, on_more};
    struct file file = {.memory = memory, .profile = profile, .tail = &profile->settings};
    return reader_run(text, length, profile->path, &events, &file, memory->error);
}
