/* SPDX-License-Identifier: MIT
 *
 * fuzz_escape.c - sbx_escape(): nothing but plain text comes out, in the room that there is. The
 * first byte of the input is that room.
 */
#include "base/utf8.h"
#include "expect.h"
#include "text.h"
#include <sandbox/sandbox.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the whole must be, by another way. Returns its length. */
static size_t escape_again(const char *text, char *out)
{
    size_t used = 0, left = strlen(text);
    while (left) {
        size_t length = text_character(text, left);
        EXPECT(utf8_length(text) == length, "a character of %zu bytes, not %zu: %02x %02x",
               utf8_length(text), length, (unsigned char)text[0], (unsigned char)text[1]);
        if (length)
            memcpy(out + used, text, length);
        else
            sprintf(out + used, "\\x%02x", (unsigned char)*text);
        used += length ? length : 4;
        text += length ? length : 1;
        left -= length ? length : 1;
    }
    out[used] = '\0';
    return used;
}

/* What fits into `size` bytes is the start of the whole; only what did not fit is missing. */
static void check_cut(const char *text, const char *whole, size_t length, size_t size)
{
    char *out = malloc(size ? size : 1); /* of just this size, for the sanitizer to see its end */
    EXPECT(out, "out of memory");
    EXPECT(sbx_escape(text, size ? out : NULL, size) == length, "the length depends on the room");
    if (size) {
        size_t used = strnlen(out, size);
        EXPECT(used < size && used <= length, "%zu bytes in %zu", used, size);
        EXPECT(memcmp(out, whole, used) == 0, "'%s' does not begin '%s'", out, whole);
        EXPECT(used == length || used + 4 >= size, "room for %zu, and only %zu used", size, used);
        EXPECT(length < size ? used == length : true, "room for all, and not used");
        EXPECT(text_is_plain(out, used), "a character is cut in two: '%s'", out);
    }
    free(out);
}

static void check_put(const char *text, const char *whole, size_t length)
{
    char *put = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&put, &size);
    EXPECT(stream, "out of memory");
    text_put(stream, text);
    EXPECT(fclose(stream) == 0, "out of memory");
    EXPECT(size == length && memcmp(put, whole, length) == 0, "text_put() writes '%s'", put);
    free(put);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    size_t room = data[0], bytes = strnlen((const char *)data + 1, size - 1);
    char *text = strndup((const char *)data + 1, bytes), *whole = malloc(4 * bytes + 1);
    EXPECT(text && whole, "out of memory");
    size_t length = escape_again(text, whole);
    EXPECT(text_is_plain(whole, length) && !strchr(whole, '\t'), "not plain: '%s'", whole);
    check_cut(text, whole, length, 0);
    check_cut(text, whole, length, room);
    check_cut(text, whole, length, length);
    check_cut(text, whole, length, length + 1);
    check_cut(whole, whole, length, length + 1); /* what is plain stays as it is */
    check_put(text, whole, length);
    free(text);
    free(whole);
    return 0;
}
