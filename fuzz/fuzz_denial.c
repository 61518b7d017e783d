/* SPDX-License-Identifier: MIT
 *
 * fuzz_denial.c - what is told of a denied call: whatever stands in its registers and in the memory
 * behind them, the text is plain, within its room, and the same each time.
 */
#include "expect.h"
#include "guards/seccomp/decode.h"
#include "guards/seccomp/numbers.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 520, PLACE = 0x1000, PATH_ROOM = 64 };

/* The memory of the program: it begins at PLACE. */
struct memory {
    const char *bytes;
    size_t length;
};

static int read_memory(void *context, uint64_t address, char *text, size_t size, bool *more)
{
    const struct memory *memory = context;
    if (address < PLACE || address - PLACE >= memory->length)
        return -1;
    const char *from = memory->bytes + (address - PLACE);
    const size_t left = memory->length - (size_t)(address - PLACE);
    const size_t room = left < size - 1 ? left : size - 1;
    const size_t length = strnlen(from, room);
    memcpy(text, from, length);
    text[length] = '\0';
    *more = length == room;
    return 0;
}

static uint64_t take(const uint8_t **data, size_t *left, unsigned bytes)
{
    uint64_t value = 0;
    for (; bytes && *left; bytes--, (*left)--)
        value = value << 8 | *(*data)++;
    return value;
}

/* A register: a number, or a place in the memory or near its end. */
static uint64_t take_register(const uint8_t **data, size_t *left)
{
    const uint64_t kind = take(data, left, 1);
    if (kind % 3 == 0)
        return PLACE + take(data, left, 1);
    return take(data, left, kind % 3 == 1 ? 2 : 8);
}

static void check(enum call_abi abi, const char *call, const uint64_t args[6],
                  const struct call_memory *memory, size_t size)
{
    char *text = malloc(size), *again = malloc(size); /* for the sanitizer to see their ends */
    char path[PATH_ROOM], path_again[PATH_ROOM];
    EXPECT(text && again, "out of memory");
    decode_arguments(abi, call, args, memory, text, size, path, sizeof(path));
    decode_arguments(abi, call, args, memory, again, size, path_again, sizeof(path_again));
    const size_t length = strnlen(text, size);
    EXPECT(length < size, "%zu bytes in %zu", length, size);
    EXPECT(strnlen(path, sizeof(path)) < sizeof(path), "the path has no end");
    EXPECT(text_is_plain(text, length), "not plain: %s(%s)", call, text);
    EXPECT(!strchr(text, '\t') && !strchr(text, '\n'), "more than a line: %s(%s)", call, text);
    EXPECT(strcmp(text, again) == 0 && strcmp(path, path_again) == 0, "%s: %s, then %s", call, text,
           again);
    free(text);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t args[6];
    char call[48];
    if (!size)
        return 0;
    const uint64_t which = take(&data, &size, 2);
    const enum call_abi abi = which & 0x8000 ? ABI_I386 : ABI_NATIVE;
    name_on_abi(abi, (int)(which % NUMBERS), call);
    const size_t room = 16 + (size_t)take(&data, &size, 1);
    for (size_t i = 0; i < 6; i++)
        args[i] = take_register(&data, &size);
    struct memory bytes = {(const char *)data, size};
    const struct call_memory memory = {read_memory, &bytes};
    check(abi, call, args, &memory, room);
    check(abi, call, args, &memory, 480);
    check(abi, call, args, NULL, room);
    return 0;
}
