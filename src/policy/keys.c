/* SPDX-License-Identifier: MIT
 *
 * keys.c - looks up sections and keys, and tells what is special about the values of a few.
 */
#include "policy/keys.h"
#include "policy/policy.h"
#include "policy/suggest.h"
#include "policy/value.h"
#include <stdio.h>
#include <string.h>

const struct key policy_keys[KEY_COUNT] = {
#define KEY(section, name, type, allows, standard, help)                                           \
    {#section,                                                                                     \
     #name,                                                                                        \
     &policy_types[TYPE_##type],                                                                   \
     ALLOWS_##allows,                                                                              \
     standard,                                                                                     \
     help,                                                                                         \
     offsetof(struct sbx_policy, section##_##name)},
#include "policy/keys.def"
#undef KEY
};

/* Limits under which nothing could run, and sizes whose 0 the kernel takes for "no limit". */
static const struct {
    enum key_id key;
    const char *reason;
} zero_refused[] = {
    {KEY_limits_cpu_time, "no program could run at all"},
    {KEY_limits_wall_time, "no program could run at all"},
    {KEY_limits_memory, "no program could be loaded"},
    {KEY_limits_pids, "the program itself is the first process"},
    {KEY_limits_output, "the program would be ended before its first byte"},
    {KEY_limits_stack, "no program could be started without a stack"},
    {KEY_limits_open_files, "no program or library could be opened"},
    {KEY_root_size, "the kernel takes a tmpfs of size 0 for one without a limit"},
};

const void *key_field(const struct sbx_policy *policy, const struct key *key)
{
    return (const char *)policy + key->offset;
}

bool key_section_exists(const char *section)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(policy_keys[i].section, section) == 0)
            return true;
    }
    return false;
}

bool key_section_of_call(const char *section)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(policy_keys[i].section, section) == 0)
            return policy_keys[i].type->of_call;
    }
    return false;
}

const struct key *key_find(const char *section, const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const struct key *key = &policy_keys[i];
        if (strcmp(key->section, section) == 0 && strcmp(key->name, name) == 0)
            return key;
    }
    return NULL;
}

const struct key *key_at_start(const char *section, const char *text)
{
    char name[64];
    size_t length = 0;
    while ((text[length] >= 'a' && text[length] <= 'z') || text[length] == '_')
        length++;
    const char *behind = text + length;
    behind += strspn(behind, " \t");
    if (*behind != '=' || length >= sizeof(name))
        return NULL;
    memcpy(name, text, length);
    name[length] = '\0';
    return key_find(section, name);
}

/* "sycall socket": of two words the first one is near the name of a section of calls. */
static bool suggest_of_call(const char *section, char *text, size_t size)
{
    char word[SUGGEST_MAX];
    struct suggest suggest;
    const size_t length = strcspn(section, " \t");
    if (!section[length] || length >= sizeof(word))
        return false;
    memcpy(word, section, length);
    word[length] = '\0';
    suggest_start(&suggest, word);
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (policy_keys[i].type->of_call)
            suggest_offer(&suggest, policy_keys[i].section);
    return *suggest_text(&suggest, text, size) != '\0';
}

void key_suggest_section(const char *section, char *text, size_t size)
{
    struct suggest suggest;
    if (suggest_of_call(section, text, size))
        return;
    suggest_start(&suggest, section);
    for (size_t i = 0; i < KEY_COUNT; i++)
        suggest_offer(&suggest, policy_keys[i].section);
    suggest_text(&suggest, text, size);
    if (*text)
        return;
    size_t used = (size_t)snprintf(text, size, "the sections are");
    for (size_t i = 0; i < KEY_COUNT && used < size; i++)
        if (i == 0 || strcmp(policy_keys[i].section, policy_keys[i - 1].section) != 0)
            used += (size_t)snprintf(text + used, size - used, " %s", policy_keys[i].section);
}

void key_suggest_name(const char *section, const char *name, char *text, size_t size)
{
    struct suggest suggest;
    suggest_start(&suggest, name);
    for (size_t i = 0; i < KEY_COUNT; i++) {
        const struct key *key = &policy_keys[i];
        if (strcmp(key->section, section) == 0)
            suggest_offer(&suggest, key->name);
    }
    suggest_text(&suggest, text, size);
    if (*text)
        return;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(policy_keys[i].name, name) == 0) {
            snprintf(text, size, "a key of this name belongs to the section [%s]",
                     policy_keys[i].section);
            return;
        }
    }
    size_t used = (size_t)snprintf(text, size, "the keys of [%s] are", section);
    for (size_t i = 0; i < KEY_COUNT && used < size; i++)
        if (strcmp(policy_keys[i].section, section) == 0)
            used += (size_t)snprintf(text + used, size - used, " %s", policy_keys[i].name);
}

const char *key_zero_refused(const struct key *key)
{
    for (size_t i = 0; i < sizeof(zero_refused) / sizeof(zero_refused[0]); i++) {
        if (&policy_keys[zero_refused[i].key] == key)
            return zero_refused[i].reason;
    }
    return NULL;
}

bool key_allows_unlimited(const struct key *key)
{
    return strcmp(key->section, "limits") == 0;
}
