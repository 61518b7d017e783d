/* SPDX-License-Identifier: MIT
 *
 * override.c - parses SECTION.KEY=VALUE and SECTION.KEY+=VALUE. Their values go through the same
 * parsers as those of a file.
 */
#include "policy/override.h"
#include "base/utf8.h"
#include <string.h>

static int fail(const struct draft *draft, struct origin origin, const char *hint,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

static int fail(const struct draft *draft, struct origin origin, const char *hint,
                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_verror(draft->memory.diag, origin, 0, hint, format, arguments);
    va_end(arguments);
    return -1;
}

static int check_bytes(const struct draft *draft, const char *text, struct origin origin)
{
    for (const char *c = text; *c;) {
        size_t length = *c == '\t' ? 1 : utf8_is_unseen(c) ? 0 : utf8_length(c);
        origin.column = c - text < UINT16_MAX - 1 ? (uint16_t)(c - text + 1) : 0;
        origin.length = 1;
        if (!length)
            return fail(
                draft, origin, "in double quotes \\xHH stands for a byte",
                "byte 0x%02x at byte %zu is a control character, no UTF-8, or of a character "
                "that is not what it looks like",
                (unsigned char)*c, (size_t)(c - text) + 1);
        c += length;
    }
    return 0;
}

/* So that an error can show it. */
static int remember(const struct draft *draft, const char *text, unsigned position)
{
    struct texts *texts = draft->memory.diag->texts;
    struct text *added = arena_alloc(draft->memory.keep, sizeof(*added));
    char *copy = arena_strdup(draft->memory.keep, text);
    if (!added || !copy)
        return diag_memory(draft->memory.diag);
    *added = (struct text){.next = texts->first,
                           .file = OVERRIDE_FILE,
                           .line = position,
                           .start = copy,
                           .length = strlen(copy)};
    texts->first = added;
    return 0;
}

/* The key that "SECTION.KEY" names; NULL with the error filled in. */
static const struct key *find_key(const struct draft *draft, const char *text, size_t length,
                                  struct origin origin, struct section *found)
{
    char hint[HINT_SIZE];
    char *section = arena_strndup(draft->memory.scratch, text, length);
    if (!section) {
        diag_memory(draft->memory.diag);
        return NULL;
    }
    char *name = strchr(section, '.');
    if (!name) {
        fail(draft, origin, "write SECTION.KEY=VALUE, for example limits.memory=64M",
             "'%s' names no key", section);
        return NULL;
    }
    *name++ = '\0';
    const struct part part = {.text = section, .origin = origin};
    if (section_parse(draft->memory.keep, draft->memory.diag, part, found) != 0)
        return NULL;
    const struct key *key = key_find(found->name, name);
    if (!key) {
        key_suggest_name(found->name, name, hint, sizeof(hint));
        fail(draft, origin, hint, "unknown key '%s' in [%s]", name, found->name);
    }
    return key;
}

/* What an override may not do although a file may, or the other way round. */
static int check_mode(const struct draft *draft, const struct setting *setting, bool adds)
{
    const struct key *key = setting->key;
    if (key == &policy_keys[KEY_profile_extends])
        return fail(draft, setting->origin, "name another profile, or write one that extends it",
                    "profile.extends can't be set once the profile is loaded");
    if (adds && key->type->scalar)
        return fail(draft, setting->origin, "write '='",
                    "%s.%s is not a list: nothing can be added", key->section, key->name);
    for (const struct node *node = setting->words; node && !adds; node = node->next) {
        if (node->remove)
            return fail(draft, node->item.origin, "write '+=' to change the list of the profile",
                        "%s.%s: '=' replaces the list, so '!%s' takes nothing away", key->section,
                        key->name, node->item.text);
    }
    return 0;
}

int override_apply(struct draft *draft, const char *text, unsigned position)
{
    struct origin origin = {.file = OVERRIDE_FILE, .line = position, .column = 1};
    const char *equals = strchr(text, '=');
    if (remember(draft, text, position) != 0 || check_bytes(draft, text, origin) != 0)
        return -1;
    if (!equals || equals == text)
        return fail(draft, origin, "write SECTION.KEY=VALUE, for example limits.memory=64M",
                    "'%s' sets nothing", text);
    bool adds = equals[-1] == '+';
    size_t length = (size_t)(equals - text) - adds, blanks = 1 + strspn(equals + 1, " \t");
    origin.length = length < UINT16_MAX ? (uint16_t)length : UINT16_MAX;
    struct section section;
    const struct key *key = find_key(draft, text, length, origin, &section);
    if (!key)
        return -1;
    struct setting *setting = setting_new(&draft->memory, key, &section, origin);
    struct part value = {.text = equals + blanks, .origin = origin};
    size_t column = (size_t)(value.text - text) + 1;
    if (*value.text && column < UINT16_MAX)
        value.origin.column = (uint16_t)column;
    if (!setting || setting_parse(&draft->memory, setting, value, draft->policy->file) != 0 ||
        setting_close(&draft->memory, setting) != 0 || check_mode(draft, setting, adds) != 0)
        return -1;
    if (adds && draft_default(draft, key) != 0)
        return -1;
    return draft_apply(draft, setting, adds ? DRAFT_ADD : DRAFT_REPLACE);
}
