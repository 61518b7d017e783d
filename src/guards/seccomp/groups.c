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
    return text;
}
