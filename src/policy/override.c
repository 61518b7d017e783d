/* SPDX-License-Identifier: MIT
 *
 * override.c - parses SECTION.KEY=VALUE and SECTION.KEY+=VALUE. Their values go through the same
 * parsers as those of a file.
 */
#include "policy/override.h"
#include "policy/diag.h"
#include <string.h>

static int fail(const struct draft *draft, struct origin origin, const char *hint,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

static int fail(const struct draft *draft, struct origin origin, const char *hint,
                const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    profile_verror(draft->memory.error, origin, 0, hint, format, arguments);
    va_end(arguments);
    return -1;
}

static int check_bytes(const struct draft *draft, const char *text, struct origin origin)
{
    for (const char *c = text; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if ((byte < ' ' && byte != '\t') || byte == 0x7f)
            return fail(draft, origin, "write it on one line",
                        "a control character (0x%02x) at byte %zu", byte, (size_t)(c - text) + 1);
    }
    return 0;
}

/* The key that "SECTION.KEY" names; NULL with the error filled in. */
static const struct key *find_key(const struct draft *draft, const char *text, size_t length,
                                  struct origin origin)
{
    char hint[HINT_SIZE];
    char *section = arena_strndup(draft->memory.scratch, text, length);
    if (!section) {
        err_memory(draft->memory.error, "profile");
        return NULL;
    }
    char *name = strchr(section, '.');
    if (!name) {
        fail(draft, origin, "write SECTION.KEY=VALUE, for example limits.memory=64M",
             "'%s' names no key", section);
        return NULL;
    }
    *name++ = '\0';
    if (!key_section_exists(section)) {
        key_suggest_section(section, hint, sizeof(hint));
        fail(draft, origin, hint, "unknown section [%s]", section);
        return NULL;
    }
    const struct key *key = key_find(section, name);
    if (!key) {
        key_suggest_name(section, name, hint, sizeof(hint));
        fail(draft, origin, hint, "unknown key '%s' in [%s]", name, section);
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
            return fail(draft, setting->origin, "write '+=' to change the list of the profile",
                        "%s.%s: '=' replaces the list, so '!%s' takes nothing away", key->section,
                        key->name, node->item.text);
    }
    return 0;
}

int override_apply(struct draft *draft, const char *text, unsigned position)
{
    struct origin origin = {"--set", position};
    const char *equals = strchr(text, '=');
    if (check_bytes(draft, text, origin) != 0)
        return -1;
    if (!equals || equals == text)
        return fail(draft, origin, "write SECTION.KEY=VALUE, for example limits.memory=64M",
                    "'%s' sets nothing", text);
    bool adds = equals[-1] == '+';
    const struct key *key = find_key(draft, text, (size_t)(equals - text) - adds, origin);
    if (!key)
        return -1;
    struct setting *setting = setting_new(&draft->memory, key, origin);
    if (!setting ||
        setting_parse(&draft->memory, setting, equals + 1, origin, draft->policy->file) != 0 ||
        check_mode(draft, setting, adds) != 0)
        return -1;
    if (adds && draft_default(draft, key) != 0)
        return -1;
    return draft_apply(draft, setting, adds ? DRAFT_ADD : DRAFT_REPLACE);
}
