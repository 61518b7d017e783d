/* SPDX-License-Identifier: MIT
 *
 * decode.c - numbers as names, by arguments.def and constants.def, and paths in quotes. Decides
 * nothing, and trusts nothing of what it reads.
 */
#include "guards/seccomp/decode.h"
#include "base/utf8.h"
#include "guards/seccomp/constants.h"
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>

enum {
    QUOTED_MAX = 240, /* bytes of a path that are shown among the arguments */
    SMALL = 65536,    /* numbers below it are sizes and counts, above it they are bits */
    REGISTERS = 6,
};

/* How the values of a set are put together: some bits choose one of several, the others are flags.
 */
static const struct {
    char sets[16];
    uint32_t choice;
    char choices[8]; /* the set that the choice is from; "": the same */
} joined[] = {
    {"open", O_ACCMODE, ""}, {"socktype", 0xf, ""}, {"clone,signal", 0xff, "signal"},
    {"clone", 0, ""},        {"futex", 0x7f, ""},   {"map", 0xf, ""},
    {"prot", 0, ""},         {"at", 0, ""},         {"access", 0, ""},
    {"memfd", 0, ""},        {"mount", 0, ""},      {"umount", 0, ""},
    {"mremap", 0, ""},       {"msg", 0, ""},        {"flock", 0, ""},
    {"secflag", 0, ""},      {"persona", 0xff, ""},
};
enum { JOINED = sizeof(joined) / sizeof(joined[0]) };

/* Arguments that are paths, or names, by their own name. */
static const char *const paths[] = {"pathname", "path",     "oldpath",  "newpath",
                                    "target",   "linkpath", "filename", "source",
                                    "new_root", "put_old",  "name"};

/* A text that grows within its bounds. */
struct out {
    char *text;
    size_t size, used;
    bool cut; /* something did not fit: nothing more is written */
};

__attribute__((format(printf, 2, 3))) static void put(struct out *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const size_t room = out->size - out->used;
    const int length = out->cut ? 0 : vsnprintf(out->text + out->used, room, format, arguments);
    va_end(arguments);
    if (out->cut)
        return;
    out->cut = length < 0 || (size_t)length >= room;
    if (out->cut)
        out->text[out->used] = '\0';
    else
        out->used += (size_t)length;
}

static struct slice slice_of(const char *text)
{
    return (struct slice){text, strlen(text)};
}

/* ---- values --------------------------------------------------------------------------------- */

/* Sizes and the errors that some calls take as -1 are read in decimal, addresses and bits in hex.
 */
static void put_number(struct out *out, enum argument_kind kind, uint64_t value)
{
    const int64_t number = kind == ARGUMENT_32 ? (int32_t)value : (int64_t)value;
    if (kind == ARGUMENT_32 || (number > -SMALL && number < SMALL))
        put(out, "%lld", (long long)number);
    else
        put(out, "0x%llx", (unsigned long long)value);
}

/* The names of flags, the widest first, with what has none behind them. */
static void put_flags(struct out *out, struct slice sets, uint64_t bits, bool open)
{
    uint64_t value = 0;
    const char *name;
    while (bits && (name = constant_within(sets, bits, &value)) != NULL) {
        put(out, "%s%s", open ? "|" : "", name);
        bits &= ~value;
        open = true;
    }
    if (bits)
        put(out, "%s0x%llx", open ? "|" : "", (unsigned long long)bits);
}

/* A choice of 0 is told where it has a name: O_RDONLY|O_CLOEXEC. */
static void put_joined(struct out *out, size_t row, struct slice sets, uint64_t value)
{
    const uint64_t mask = joined[row].choice, choice = value & mask;
    const struct slice from = joined[row].choices[0] ? slice_of(joined[row].choices) : sets;
    const char *name = mask || !value ? constant_of_value(from, choice) : NULL;
    if (name)
        put(out, "%s", name);
    else if (choice || !value)
        put(out, choice ? "0x%llx" : "%llu", (unsigned long long)choice);
    put_flags(out, sets, value & ~mask, name || choice);
}

static void put_value(struct out *out, const struct argument *argument, uint64_t value)
{
    const struct slice sets = argument->sets;
    const uint64_t extended = (uint64_t)(int64_t)(int32_t)value;
    if (slice_is(sets, "mode", 4)) {
        put(out, "0%llo", (unsigned long long)value);
        return;
    }
    for (size_t row = 0; row < JOINED; row++)
        if (slice_is(sets, joined[row].sets, strlen(joined[row].sets))) {
            put_joined(out, row, sets, value);
            return;
        }
    const bool several = memchr(sets.text ? sets.text : "", ',', sets.length) != NULL;
    const char *name = sets.length && !several ? constant_of_value(sets, value) : NULL;
    if (!name && sets.length && !several && argument->kind == ARGUMENT_32)
        name = constant_of_value(sets, extended);
    if (name)
        put(out, "%s", name);
    else if (sets.length && argument->kind == ARGUMENT_32 &&
             ((int32_t)value >= SMALL || (int32_t)value <= -SMALL))
        put(out, "0x%llx", (unsigned long long)value);
    else
        put_number(out, argument->kind, value);
}

/* ---- paths ---------------------------------------------------------------------------------- */

static bool is_path(const struct argument *argument)
{
    char name[ARGUMENT_NAME_SIZE];
    argument_name(argument, 0, name);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (strcmp(name, paths[i]) == 0)
            return true;
    return false;
}

/* In quotes, so that a blank or a ')' in it can't be taken for one of ours. */
static void put_quoted(struct out *out, const char *text, bool more)
{
    size_t shown = 0;
    put(out, "\"");
    while (*text && shown < QUOTED_MAX) {
        const size_t length = utf8_length(text);
        if (length == 1 && (*text == '"' || *text == '\\'))
            put(out, "\\%c", *text);
        else if (length)
            put(out, "%.*s", (int)length, text);
        else
            put(out, "\\x%02x", (unsigned char)*text);
        text += length ? length : 1;
        shown += length ? length : 4;
    }
    put(out, *text || more ? "\"..." : "\"");
}

static void put_address(struct out *out, const struct argument *argument, uint64_t address,
                        const struct call_memory *memory, char *path, size_t path_size)
{
    char text[PATH_MAX];
    bool more = false;
    if (!address) {
        put(out, "NULL");
    } else if (memory && is_path(argument) &&
               memory->read(memory->context, address, text, sizeof(text), &more) == 0) {
        put_quoted(out, text, more);
        if (!*path)
            snprintf(path, path_size, "%s", text);
    } else {
        put(out, "0x%llx", (unsigned long long)address);
    }
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* A mode behind flags that make no file is whatever the register held. */
static bool is_meant(const struct argument *arguments, size_t index, const uint64_t args[6])
{
    if (index == 0 || !slice_is(arguments[index].sets, "mode", 4) ||
        !slice_is(arguments[index - 1].sets, "open", 4))
        return true;
    return (args[index - 1] & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) != 0;
}

void decode_arguments(enum call_abi abi, const char *call, const uint64_t args[6],
                      const struct call_memory *memory, char *text, size_t size, char *path,
                      size_t path_size)
{
    static const char cut[] = "...";
    struct argument arguments[ARGUMENTS_MAX];
    struct out out = {.text = text, .size = size - (sizeof(cut) - 1)};
    bool named;
    const size_t count = arguments_on_abi(abi, call, arguments, &named);
    text[0] = path[0] = '\0';
    for (size_t i = 0; i < count && i < REGISTERS && is_meant(arguments, i, args); i++) {
        const uint64_t value = arguments[i].kind == ARGUMENT_32 ? (uint32_t)args[i] : args[i];
        put(&out, "%s", i ? ", " : "");
        if (arguments[i].kind == ARGUMENT_ADDRESS)
            put_address(&out, &arguments[i], value, memory, path, path_size);
        else
            put_value(&out, &arguments[i], value);
    }
    if (out.cut)
        memcpy(text + out.used, cut, sizeof(cut));
}
