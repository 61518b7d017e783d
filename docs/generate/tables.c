/* SPDX-License-Identifier: MIT
 *
 * tables.c - looks at the tables of the program; changes none.
 */
#include "tables.h"
#include "policy/keys.h"
#include <stdlib.h>
#include <string.h>

/* The rows of the seccomp guard, without the guard: documents need no libseccomp. */
const struct group groups[] = {
#define GROUP(id, name, help, ...) {name, "@" name, help, (const char *const[]){__VA_ARGS__, NULL}},
#include "guards/seccomp/groups.def"
#undef GROUP
};
const size_t group_count = sizeof(groups) / sizeof(groups[0]);

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
    const char *next = NULL;
    for (size_t i = 0; i < group_count; i++) {
        for (const char *const *call = groups[i].calls; *call; call++) {
            if (strcmp(*call, last) > 0 && (!next || strcmp(*call, next) < 0))
                next = *call;
        }
    }
    return next;
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
