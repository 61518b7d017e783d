/* SPDX-License-Identifier: MIT
 *
 * groups.c - groups.def as tables. Knows names alone; numbers are calls.c's.
 */
#include "guards/seccomp/groups.h"
#include "policy/suggest.h"
#include <stdio.h>
#include <string.h>

#define GROUP(id, name, help, ...) static const char *const calls_##id[] = {__VA_ARGS__};
#include "guards/seccomp/groups.def"
#undef GROUP

const struct call_group call_groups[] = {
#define GROUP(id, name, help, ...)                                                                 \
    {name, help, calls_##id, sizeof(calls_##id) / sizeof(calls_##id[0])},
#include "guards/seccomp/groups.def"
#undef GROUP
};

const size_t call_group_count = sizeof(call_groups) / sizeof(call_groups[0]);

const struct call_group *group_find(const char *name)
{
    for (size_t i = 0; i < call_group_count; i++)
        if (strcmp(call_groups[i].name, name) == 0)
            return &call_groups[i];
    return NULL;
}

bool group_knows_call(const char *name)
{
    for (size_t i = 0; i < call_group_count; i++)
        for (size_t j = 0; j < call_groups[i].count; j++)
            if (strcmp(call_groups[i].calls[j], name) == 0)
                return true;
    return false;
}

/* Says which groups have a word in their names: of "network" there are three. */
static void offer_longer(const char *word, char *text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < call_group_count && *word; i++) {
        if (!strstr(call_groups[i].name, word))
            continue;
        int added = snprintf(text + used, size - used, "%s@%s",
                             used ? ", " : "did you mean one of ", call_groups[i].name);
        if (added < 0 || (size_t)added >= size - used)
            break;
        used += (size_t)added;
    }
    text[used] = '\0';
    if (!used)
        snprintf(text, size, "the groups are listed in sandbox.profile(5)");
}

const char *group_suggest(const char *word, char *text, size_t size)
{
    const bool group = *word == '@';
    struct suggest suggest;
    suggest_start(&suggest, word + group);
    for (size_t i = 0; i < call_group_count; i++) {
        if (group)
            suggest_offer(&suggest, call_groups[i].name);
        for (size_t j = 0; !group && j < call_groups[i].count; j++)
            suggest_offer(&suggest, call_groups[i].calls[j]);
    }
    text[0] = '\0';
    if (suggest_best(&suggest))
        snprintf(text, size, "did you mean '%s%s'?", group ? "@" : "", suggest_best(&suggest));
    else if (group)
        offer_longer(word + 1, text, size);
    return text;
}
