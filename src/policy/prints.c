/* SPDX-License-Identifier: MIT
 *
 * prints.c - the text of single values, in the one form that explain shows and a profile can hold.
 */
#include "policy/names.h"
#include "policy/number.h"
#include "policy/value.h"
#include "policy/words.h"
#include <errno.h>
#include <inttypes.h>

const char *print_string(struct arena *arena, const struct type *type, const void *value)
{
    const struct value_string *string = value; /* a path has the same members */
    (void)type;
    return string->v ? word_write_text(arena, string->v) : arena_strdup(arena, "");
}

const char *print_path(struct arena *arena, const struct type *type, const void *value)
{
    const struct value_path *path = value;
    const struct piece piece = {path->v, ""};
    (void)type;
    return word_write(arena, &piece, 1);
}

/* A number in the largest unit that holds it whole. */
static const char *print_amount(struct arena *arena, uint64_t number, const struct unit *units)
{
    if (number == POLICY_UNLIMITED)
        return arena_strdup(arena, "unlimited");
    if (number == 0)
        return arena_strdup(arena, "0");
    const struct unit *unit = number_unit(number, units);
    return arena_printf(arena, "%" PRIu64 "%s", number / unit->factor, unit->name);
}

const char *print_size(struct arena *arena, const struct type *type, const void *value)
{
    const struct value_size *size = value;
    (void)type;
    return print_amount(arena, size->v, size_units);
}

const char *print_duration(struct arena *arena, const struct type *type, const void *value)
{
    const struct value_duration *duration = value;
    (void)type;
    return print_amount(arena, duration->v, duration_units);
}

const char *print_count(struct arena *arena, const struct type *type, const void *value)
{
    static const struct unit none[] = {{"", 1}, {NULL, 0}};
    const struct value_count *count = value;
    (void)type;
    return print_amount(arena, count->v, none);
}

const char *print_id(struct arena *arena, const struct type *type, const void *value)
{
    const struct value_id *id = value;
    (void)type;
    return arena_printf(arena, "%" PRIu32, id->v);
}

const char *print_mode(struct arena *arena, const struct type *type, const void *value)
{
    const struct value_mode *mode = value;
    (void)type;
    return arena_printf(arena, "%03o", mode->v);
}

const char *print_nice(struct arena *arena, const struct type *type, const void *value)
{
    const struct value_nice *nice = value;
    (void)type;
    return arena_printf(arena, "%d", nice->v);
}

const char *print_ratio(struct arena *arena, const struct type *type, const void *value)
{
    const struct value_ratio *ratio = value;
    (void)type;
    return ratio->v % 10
               ? arena_printf(arena, "%" PRIu64 ".%03" PRIu64, ratio->v / 1000, ratio->v % 1000)
               : arena_printf(arena, "%" PRIu64 "%%", ratio->v / 10);
}

const char *print_action(struct arena *arena, const struct type *type, const void *value)
{
    const struct value_action *action = value;
    (void)type;
    switch (action->kind) {
    case ACTION_ALLOW:
        return arena_strdup(arena, "allow");
    case ACTION_LOG:
        return arena_strdup(arena, "log");
    case ACTION_KILL:
        return arena_strdup(arena, "kill");
    case ACTION_REPORT:
        if (action->error == EPERM)
            return arena_strdup(arena, "report");
        break;
    case ACTION_ERRNO:
        break;
    }
    const char *word = action->kind == ACTION_REPORT ? "report" : "errno";
    const char *name = errno_name(action->error);
    return name ? arena_printf(arena, "%s:%s", word, name)
                : arena_printf(arena, "%s:%d", word, action->error);
}
