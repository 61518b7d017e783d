/* SPDX-License-Identifier: MIT
 *
 * tables.c - looks at the tables of the program; changes none.
 */
#include "tables.h"
#include "guards/seccomp/groups.h"
#include "policy/keys.h"
#include <stdlib.h>
#include <string.h>

/* Whether a call can be made on a machine that the program runs on; i386 is an ABI of such machines
 * alone. */
static bool is_native(int call)
{
    return table_number(call, ABI_X86_64) >= 0 || table_number(call, ABI_AARCH64) >= 0;
}

static void fill_group(struct group *to, const struct call_group *from)
{
    size_t count = 0;
    snprintf(to->word, sizeof(to->word), "@%s", from->name);
    to->name = from->name;
    to->alias = from->alias;
    to->help = from->help;
    for (size_t i = 0; i < from->count; i++)
        if ((group_number(from, i, ABI_X86_64) >= 0 || group_number(from, i, ABI_AARCH64) >= 0) &&
            count + 1 < GROUP_CALLS)
            to->calls[count++] = table_name(group_call(from, i));
}

const struct group *group_at(size_t i)
{
    static struct group groups[64];
    if (i >= call_group_count || i >= sizeof(groups) / sizeof(groups[0]))
        return NULL;
    if (!groups[i].name)
        fill_group(&groups[i], &call_groups[i]);
    return &groups[i];
}

const char *const action_words[] = {"kill", "errno:", "log", "allow", NULL};

bool first_of_section(const struct key *key)
{
    return key == policy_keys || strcmp(key[-1].section, key->section) != 0;
}

bool last_of_section(const struct key *key)
{
    return key + 1 == policy_keys + KEY_COUNT || first_of_section(key + 1);
}

const char *next_call(const char *last)
{
    for (int call = 0; call < (int)table_count(); call++)
        if (strcmp(table_name(call), last) > 0 && is_native(call))
            return table_name(call);
    return NULL;
}

enum { COLUMNS = 100 };

static void end_line(struct wrap *wrap, const char *end)
{
    if (wrap->column)
        fprintf(wrap->out, "%s\n", end);
    wrap->column = 0;
}

void wrap_word(struct wrap *wrap, const char *word)
{
    size_t length = strlen(word);
    if (wrap->column && wrap->column + 1 + length + strlen(wrap->end) > COLUMNS)
        end_line(wrap, wrap->end);
    if (wrap->column)
        fputc(' ', wrap->out);
    else
        fputs(wrap->indent, wrap->out);
    wrap->column += (wrap->column ? 1 : strlen(wrap->indent)) + length;
    fputs(word, wrap->out);
}

void wrap_last(struct wrap *wrap)
{
    end_line(wrap, "");
}
