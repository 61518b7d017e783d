/* SPDX-License-Identifier: MIT
 *
 * list.c - writes the groups of system calls for people. No policy has a part in it.
 */
#include "guards/seccomp/groups.h"
#include "guards/syscalls.h"
#include <string.h>

static void list_groups(FILE *out)
{
    for (size_t i = 0; i < call_group_count; i++) {
        const struct call_group *group = &call_groups[i];
        fprintf(out, "@%-15s  %s", group->name, group->help);
        if (*group->alias)
            fprintf(out, " Also @%s.", group->alias);
        fputc('\n', out);
    }
}

/* A number, or that there is none. */
static void list_number(const struct call_group *group, size_t index, enum call_abi abi, FILE *out)
{
    const int number = group_number(group, index, abi);
    if (number >= 0)
        fprintf(out, "  %7d", number);
    else
        fprintf(out, "  %7s", "-");
}

static void list_calls(const struct call_group *group, FILE *out)
{
    char since[SINCE_SIZE];
    fprintf(out, "@%s: %s\n\n%-28s", group->name, group->help, "call");
    for (int abi = 0; abi < ABIS; abi++)
        fprintf(out, "  %7s", abi_name((enum call_abi)abi));
    fputs("  since Linux\n", out);
    for (size_t i = 0; i < group->count; i++) {
        const int call = group_call(group, i);
        fprintf(out, "%-28s", table_name(call));
        for (int abi = 0; abi < ABIS; abi++)
            list_number(group, i, (enum call_abi)abi, out);
        fprintf(out, "  %s\n", table_since(call, since));
    }
}

int syscalls_list(const char *word, FILE *out, struct sbx_error *error)
{
    char hint[256];
    if (strcmp(word, "@") == 0) {
        list_groups(out);
        return 0;
    }
    const struct call_group *group = *word == '@' ? group_find(word + 1) : NULL;
    if (group) {
        list_calls(group, out);
        return 0;
    }
    err_set(error, SBX_E_USAGE, 0, "explain", "unknown group of system calls '%s'", word);
    if (*word != '@')
        return err_hint(error, "a group is called @NAME; @ alone lists them all");
    return err_hint(error, "%s", group_suggest(word, hint, sizeof(hint)));
}
