/* SPDX-License-Identifier: MIT
 *
 * arguments.c - arguments.def as a table, and what a caller says of arguments: names to positions.
 * Values are constants.c's.
 */
#include "guards/seccomp/arguments.h"
#include "guards/seccomp/constants.h"
#include "policy/suggest.h"
#include <stdio.h>
#include <string.h>

/* Texts in place: a table of pointers would cost each start of the program its relocation. */
static const struct {
    char call[24];
    char arguments[88];
} table[] = {
#define ARGUMENTS(call, arguments) {call, arguments},
#include "guards/seccomp/arguments.def"
#undef ARGUMENTS
};
enum { ROWS = sizeof(table) / sizeof(table[0]) };

bool slice_next(struct slice *list, char separator, struct slice *part)
{
    if (list->length == 0)
        return false;
    const char *end = memchr(list->text, separator, list->length);
    size_t length = end ? (size_t)(end - list->text) : list->length;
    size_t taken = end ? length + 1 : length;
    *part = (struct slice){list->text, length};
    *list = (struct slice){list->text + taken, list->length - taken};
    return true;
}

bool slice_is(struct slice slice, const char *text, size_t length)
{
    return slice.length == length && memcmp(slice.text, text, length) == 0;
}

/* NAME[|ALIAS]...[:WIDTH][=SET[,SET]...] */
static struct argument read_word(struct slice word)
{
    struct argument argument = {.kind = ARGUMENT_32};
    struct slice width, front;
    if (!slice_next(&word, '=', &front))
        return argument;
    argument.sets = word;
    slice_next(&front, ':', &argument.names);
    width = front;
    argument.is_signed = slice_is(width, "i", 1) || slice_is(width, "s64", 3);
    if (slice_is(width, "64", 2) || slice_is(width, "s64", 3))
        argument.kind = ARGUMENT_64;
    else if (slice_is(width, "16", 2))
        argument.kind = ARGUMENT_16;
    else if (slice_is(width, "p", 1))
        argument.kind = ARGUMENT_ADDRESS;
    return argument;
}

uint64_t argument_mask(const struct argument *argument)
{
    if (argument->kind == ARGUMENT_16)
        return UINT16_MAX;
    return argument->kind == ARGUMENT_32 ? UINT32_MAX : UINT64_MAX;
}

size_t arguments_of(const char *call, struct argument arguments[ARGUMENTS_MAX], bool *named)
{
    size_t count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        struct slice rest = {table[i].arguments, strlen(table[i].arguments)}, word;
        if (strcmp(table[i].call, call) != 0)
            continue;
        while (count < ARGUMENTS_MAX && slice_next(&rest, ' ', &word))
            arguments[count++] = read_word(word);
        *named = true;
        return count;
    }
    for (; count < ARGUMENTS_MAX; count++)
        arguments[count] = (struct argument){.kind = ARGUMENT_64};
    *named = false;
    return count;
}

size_t arguments_on_abi(enum call_abi abi, const char *call,
                        struct argument arguments[ARGUMENTS_MAX], bool *named)
{
    const int known = table_find(call), like = known < 0 ? -1 : table_like(known);
    if (abi == ABI_I386 && known >= 0 && table_differs(known))
        return arguments_of("", arguments, named);
    return arguments_of(abi == ABI_I386 && like >= 0 ? table_name(like) : call, arguments, named);
}

const char *argument_name(const struct argument *argument, unsigned index,
                          char text[ARGUMENT_NAME_SIZE])
{
    struct slice names = argument->names, first;
    if (slice_next(&names, '|', &first))
        snprintf(text, ARGUMENT_NAME_SIZE, "%.*s", (int)first.length, first.text);
    else
        snprintf(text, ARGUMENT_NAME_SIZE, "arg%u", index);
    return text;
}

/* ---- what a caller says --------------------------------------------------------------------- */

static bool has_name(const struct argument *argument, const char *name, size_t length)
{
    struct slice names = argument->names, one;
    while (slice_next(&names, '|', &one))
        if (slice_is(one, name, length))
            return true;
    return false;
}

int argument_find(const struct argument *arguments, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (has_name(&arguments[i], name, length))
            return (int)i;
    if (length == 4 && strncmp(name, "arg", 3) == 0 && name[3] >= '0' && name[3] <= '5')
        return name[3] - '0' < (int)count ? name[3] - '0' : -1;
    return -1;
}

void argument_suggest(const struct argument *arguments, size_t count, const char *name,
                      char hint[ARGUMENT_HINT_SIZE])
{
    char text[ARGUMENT_NAME_SIZE];
    size_t used =
        (size_t)snprintf(hint, ARGUMENT_HINT_SIZE, "its arguments: %s", count ? "" : "none");
    struct suggest suggest;
    suggest_start(&suggest, name);
    for (size_t i = 0; i < count && used < ARGUMENT_HINT_SIZE; i++) {
        argument_name(&arguments[i], (unsigned)i, text);
        suggest_offer(&suggest, text);
        used +=
            (size_t)snprintf(hint + used, ARGUMENT_HINT_SIZE - used, "%s%s", i ? ", " : "", text);
    }
    if (suggest_best(&suggest))
        snprintf(hint, ARGUMENT_HINT_SIZE, "did you mean '%s'?", suggest_best(&suggest));
}

static int unknown_argument(const char *call, const struct given *given, bool named,
                            const char *name, struct sbx_error *error)
{
    char hint[ARGUMENT_HINT_SIZE];
    if (!named) {
        err_set(error, SBX_E_USAGE, 0, "explain", "%s: the names of its arguments are not known",
                call);
        return err_hint(error, "call them arg0 to arg5, counted as in its manual page");
    }
    err_set(error, SBX_E_USAGE, 0, "explain", "%s has no argument '%s'", call, name);
    argument_suggest(given->arguments, given->count, name, hint);
    return err_hint(error, "%s", hint);
}

static int behind_address(const char *call, const char *name, struct sbx_error *error)
{
    err_set(error, SBX_E_USAGE, 0, "explain",
            "%s: '%s' is the address of something in the program's memory, which no filter can see",
            call, name);
    return err_hint(error, "a filter decides by the numbers in the registers alone; which files a "
                           "program reaches is decided in [files]");
}

static int read_one(const char *call, const char *text, bool named, struct given *given,
                    struct sbx_error *error)
{
    char name[64];
    const size_t length = strcspn(text, "=");
    if (!text[length] || !length) {
        err_set(error, SBX_E_USAGE, 0, "explain", "'%s' is no argument with a value", text);
        return err_hint(error, "write NAME=VALUE, for example cmd=TIOCSTI");
    }
    snprintf(name, sizeof(name), "%.*s", length < sizeof(name) ? (int)length : 63, text);
    int index = argument_find(given->arguments, given->count, text, length);
    if (index < 0)
        return unknown_argument(call, given, named, name, error);
    const struct argument *argument = &given->arguments[index];
    if (given->texts[index])
        return err_set(error, SBX_E_USAGE, 0, "explain", "%s: '%s' is given twice", call, name);
    if (argument->kind == ARGUMENT_ADDRESS)
        return behind_address(call, name, error);
    if (constants_parse(argument->sets, text + length + 1, name, &given->values[index], error) != 0)
        return -1;
    given->texts[index] = text + length + 1;
    return 0;
}

int arguments_read(const char *call, const char *const *texts, size_t count, struct given *given,
                   struct sbx_error *error)
{
    bool named;
    *given = (struct given){.count = 0};
    given->count = arguments_of(call, given->arguments, &named);
    for (size_t i = 0; i < count; i++)
        if (read_one(call, texts[i], named, given, error) != 0)
            return -1;
    return 0;
}
