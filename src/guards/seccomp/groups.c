/* SPDX-License-Identifier: MIT
 *
 * groups.c - looks groups up in what generate/ has made of syscalls/groups.tbl. What a profile says
 * of them is calls.c's.
 */
#include "guards/seccomp/groups.h"
#include "policy/suggest.h"
#include <stdio.h>
#include <string.h>

#include "groups.inc"

const size_t call_group_count = sizeof(call_groups) / sizeof(call_groups[0]);

const struct call_group *group_find(const char *name)
{
    for (size_t i = 0; i < call_group_count && *name; i++)
        if ((call_groups[i].name[0] == *name && strcmp(call_groups[i].name, name) == 0) ||
            (call_groups[i].alias[0] == *name && strcmp(call_groups[i].alias, name) == 0))
            return &call_groups[i];
    return NULL;
}

int group_call(const struct call_group *group, size_t index)
{
    return group_calls[group->first + index];
}

int group_number(const struct call_group *group, size_t index, enum call_abi abi)
{
    return group_numbers(group, abi)[index];
}

const int16_t *group_numbers(const struct call_group *group, enum call_abi abi)
{
    return &group_members[abi][group->first];
}

/* Says which groups have a word in their names: of "network" there are several. */
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

static void offer_groups(struct suggest *suggest)
{
    for (size_t i = 0; i < call_group_count; i++) {
        suggest_offer(suggest, call_groups[i].name);
        if (*call_groups[i].alias)
            suggest_offer(suggest, call_groups[i].alias);
    }
}

static void offer_calls(struct suggest *suggest)
{
    for (int call = 0; call < (int)table_count(); call++)
        if (table_number(call, ABI_NATIVE) >= 0)
            suggest_offer(suggest, table_name(call));
}

const char *group_suggest(const char *word, char *text, size_t size)
{
    const bool group = *word == '@';
    struct suggest suggest;
    suggest_start(&suggest, word + group);
    if (group)
        offer_groups(&suggest);
    else
        offer_calls(&suggest);
    text[0] = '\0';
    if (suggest_best(&suggest))
        snprintf(text, size, "did you mean '%s%s'?", group ? "@" : "", suggest_best(&suggest));
    else if (group)
        offer_longer(word + 1, text, size);
    return text;
}
