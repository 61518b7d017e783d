/* SPDX-License-Identifier: MIT
 *
 * profile.c - sections, keys and values of one file. Knows nothing of the other files.
 */
#include "policy/profile.h"
#include "policy/cut.h"
#include "policy/policy.h"
#include "policy/words.h"
#include <stdio.h>
#include <string.h>

/* ---- settings ------------------------------------------------------------------------------- */

struct setting *setting_new(const struct profile_memory *memory, const struct key *key,
                            const struct section *section, struct origin origin)
{
    struct setting *setting = arena_alloc(memory->scratch, sizeof(*setting));
    if (!setting) {
        diag_memory(memory->diag);
        return NULL;
    }
    setting->key = key;
    setting->origin = origin;
    setting->tail = &setting->words;
    setting->tokens.tail = &setting->tokens.first;
    if (section && section->call) {
        setting->call = section->call;
        setting->call_optional = section->optional;
    }
    return setting;
}

static int add_word(const struct profile_memory *memory, const struct parse *parse,
                    struct setting *setting, const struct word *word)
{
    if (setting->count >= LIST_WORDS_MAX)
        return value_error(parse, NULL, "the list has more than %d words", LIST_WORDS_MAX);
    struct node *node = arena_alloc(memory->scratch, sizeof(*node));
    if (!node)
        return diag_memory(memory->diag);
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

static int parse_words(const struct profile_memory *memory, struct parse *parse,
                       struct setting *setting)
{
    struct word word;
    const char *cursor = parse->text;
    int result;
    while ((result = word_next(parse, &cursor, &word)) != 0 && !diag_stop(memory->diag)) {
        if (result < 0 || add_word(memory, parse, setting, &word) != 0)
            setting->incomplete = true;
        if (setting->count >= LIST_WORDS_MAX && setting->incomplete)
            break; /* the rest would be refused word by word */
    }
    return setting->incomplete ? -1 : 0;
}

int setting_parse(const struct profile_memory *memory, struct setting *setting, struct part value,
                  const char *path)
{
    struct parse parse = {.arena = memory->keep,
                          .diag = memory->diag,
                          .key = setting->key,
                          .call = setting->call,
                          .origin = value.origin,
                          .text = value.text,
                          .column = value.origin.column,
                          .profile_path = path,
                          .outside = memory->outside};
    if (setting->key->type->of_call) {
        if (setting->tokens.count >= TOKENS_MAX && setting->incomplete)
            return -1; /* the rest would be refused line by line */
        const int result = tokens_add(&parse, memory->scratch, &setting->tokens);
        setting->incomplete |= result != 0;
        return result;
    }
    if (setting->key->type->item)
        return parse_words(memory, &parse, setting);
    if (value_scalar(&parse, &setting->value) == 0)
        return 0;
    setting->incomplete = true;
    return -1;
}

int setting_close(const struct profile_memory *memory, struct setting *setting)
{
    if (!setting->key->type->of_call)
        return setting->incomplete ? -1 : 0;
    /* Of what could not be read, what is left says nothing. */
    if (!setting->incomplete && rules_cut(memory, setting) != 0)
        setting->incomplete = true;
    return setting->incomplete ? -1 : 0;
}

/* ---- the events of the reader --------------------------------------------------------------- */

struct file {
    const struct profile_memory *memory;
    struct profile *profile;
    struct section section; /* its name is NULL where none is open, or none that is known */
    bool lost_section;      /* it is not known what the keys belong to */
    struct setting **tail;
    struct setting *open;     /* what an indented line continues; NULL: not known */
    unsigned seen[KEY_COUNT]; /* the line of each key */
    size_t calls;             /* values of [SECTION CALL] */
};

/* What was open gets no more lines. */
static void close_setting(struct file *file)
{
    if (file->open)
        setting_close(file->memory, file->open);
    file->open = NULL;
}

static void on_lost(void *context, enum lost what)
{
    struct file *file = context;
    if (what == LOST_MORE) {
        if (file->open)
            file->open->incomplete = true;
        return;
    }
    close_setting(file);
    file->profile->incomplete = true;
    if (what == LOST_SECTION)
        file->section.name = NULL;
    file->lost_section = !file->section.name;
}

static void on_section(void *context, struct part name)
{
    struct file *file = context;
    close_setting(file);
    file->section = (struct section){.name = NULL};
    file->lost_section =
        section_parse(file->memory->keep, file->memory->diag, name, &file->section) != 0;
    if (file->lost_section)
        file->profile->incomplete = true;
}

static void unknown_key(const struct file *file, struct part name)
{
    char hint[HINT_SIZE];
    size_t length = strlen(name.text);
    if (length && name.text[length - 1] == '+')
        snprintf(hint, sizeof(hint), "write '='; a list adds to that of the profiles it extends");
    else
        key_suggest_name(file->section.name, name.text, hint, sizeof(hint));
    diag_error(file->memory->diag, name.origin, 0, hint, "unknown key '%s' in [%s]", name.text,
               file->section.name);
}

/* Each is compared with all before it; that there are too many is told once. */
static bool too_many_calls(struct file *file, const struct key *key, struct origin origin)
{
    if (++file->calls == LIST_WORDS_MAX + 1)
        diag_error(file->memory->diag, origin, 0, NULL, "%s.%s: more than %d calls have rules",
                   key->section, key->name, LIST_WORDS_MAX);
    return file->calls > LIST_WORDS_MAX;
}

/* The line that has set a key before, for the same call where it is for one; 0 where none has. */
static unsigned seen_in(const struct file *file, const struct key *key)
{
    if (!file->seen[key - policy_keys] || !file->section.call)
        return file->seen[key - policy_keys];
    for (const struct setting *setting = file->profile->settings; setting; setting = setting->next)
        if (setting->key == key && setting->call && strcmp(setting->call, file->section.call) == 0)
            return setting->origin.line;
    return 0;
}

/* The key that a line sets, if it may. */
static const struct key *find_key(struct file *file, struct part name)
{
    struct diag *diag = file->memory->diag;
    if (!file->section.name) {
        if (!file->lost_section)
            diag_error(diag, name.origin, 0, "write the section's name above it, in brackets",
                       "the key '%s' stands before any section", name.text);
        file->lost_section = true; /* the keys below it lack the same */
        return NULL;
    }
    const struct key *key = key_find(file->section.name, name.text);
    if (!key) {
        unknown_key(file, name);
        return NULL;
    }
    if (file->section.call && too_many_calls(file, key, name.origin))
        return NULL;
    const unsigned seen = seen_in(file, key);
    if (seen) {
        const bool call = file->section.call != NULL;
        diag_error(diag, name.origin, 0,
                   call              ? "put all rules of a call into one value, in their order"
                   : key->type->item ? "put all words into one list; its lines may be indented"
                                     : "keep one of the two",
                   "%s%s%s.%s is set twice: in line %u and here", key->section, call ? " " : "",
                   call ? file->section.call : "", key->name, seen);
        return NULL;
    }
    file->seen[key - policy_keys] = name.origin.line;
    return key;
}

static void on_key(void *context, struct part name, struct part value)
{
    struct file *file = context;
    close_setting(file);
    const struct key *key = find_key(file, name);
    if (!key) {
        file->profile->incomplete = true;
        return;
    }
    struct setting *setting = setting_new(file->memory, key, &file->section, name.origin);
    if (!setting)
        return;
    /* A list on the lines below has no place of its own yet. */
    if (!*value.text)
        value.origin = name.origin;
    file->open = setting;
    *file->tail = setting;
    file->tail = &setting->next;
    setting_parse(file->memory, setting, value, file->profile->path);
}

/* One more line of a text: a blank joins the two. */
static void more_text(const struct file *file, struct part value)
{
    struct setting *setting = file->open;
    const struct value_string before = setting->value.string;
    if (setting_parse(file->memory, setting, value, file->profile->path) != 0 || !before.v)
        return;
    const char *after = setting->value.string.v;
    setting->value.string = before;
    if (!after)
        return;
    if (strlen(before.v) + strlen(after) + 1 > STRING_MAX) {
        diag_error(file->memory->diag, value.origin, 0, NULL,
                   "%s.%s: the text has more than %d bytes", setting->key->section,
                   setting->key->name, STRING_MAX);
        return;
    }
    setting->value.string.v = arena_printf(file->memory->keep, "%s %s", before.v, after);
    if (!setting->value.string.v)
        diag_memory(file->memory->diag);
}

static void on_more(void *context, struct part value)
{
    struct file *file = context;
    if (!file->open)
        return;
    const struct key *key = file->open->key;
    const struct key *meant = key_at_start(file->section.name, value.text);
    if (meant) {
        file->open->incomplete = true;
        diag_error(file->memory->diag, value.origin, 0,
                   "a key may not be indented; put a word that only looks like one in quotes",
                   "the line continues %s.%s, but looks like the key '%s'", key->section, key->name,
                   meant->name);
    } else if (key->type == &policy_types[TYPE_string]) {
        more_text(file, value);
    } else if (key->type->scalar) {
        diag_error(file->memory->diag, value.origin, 0,
                   "an indented line continues the one above; is that meant?",
                   "%s.%s takes one value", key->section, key->name);
    } else {
        setting_parse(file->memory, file->open, value, file->profile->path);
    }
}

void profile_parse(const struct profile_memory *memory, struct profile *profile,
                   const struct text *text)
{
    static const struct reader_events events = {on_section, on_key, on_more, on_lost};
    struct file file = {.memory = memory, .profile = profile, .tail = &profile->settings};
    reader_run(text, memory->scratch, &events, &file, memory->diag);
    close_setting(&file);
}
