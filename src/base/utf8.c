/* SPDX-License-Identifier: MIT
 *
 * utf8.c - tells characters from bytes that must be escaped.
 *
 * Sources: RFC 3629; Unicode Standard Annex #9 (the marks that change the direction of a text); the
 * Unicode Character Database (White_Space, Default_Ignorable_Code_Point, Braille's blank).
 */
#include "base/utf8.h"
#include <sandbox/sandbox.h>
#include <string.h>

/* Marks that change the direction of what follows, and separators of lines and paragraphs. `text`
 * is a character of three bytes. */
static bool misleads(const unsigned char *text)
{
    static const struct {
        unsigned first, last;
    } ranges[] = {{0x200e, 0x200f}, {0x2028, 0x202e}, {0x2066, 0x2069}};
    unsigned code = (text[0] & 0xfU) << 12 | (text[1] & 0x3fU) << 6 | (text[2] & 0x3fU);
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

size_t utf8_length_of_many(const char *start)
{
    const unsigned char *text = (const unsigned char *)start;
    size_t length = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    if (text[0] < 0xc2 || text[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xf0 && text[1] < 0x90);
    bool surrogate = text[0] == 0xed && text[1] > 0x9f;
    bool beyond = text[0] == 0xf4 && text[1] > 0x8f;
    /* Terminals obey C1 control characters (U+0080 to U+009F). U+061C changes the direction. */
    bool control = (text[0] == 0xc2 && text[1] < 0xa0) || (text[0] == 0xd8 && text[1] == 0x9c) ||
                   (length == 3 && misleads(text));
    return overlong || surrogate || beyond || control ? 0 : length;
}

/* The code of a well-formed character of `length` bytes. */
static unsigned code_of(const unsigned char *text, size_t length)
{
    unsigned code = length == 1 ? text[0] : text[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++)
        code = code << 6 | (text[i] & 0x3fU);
    return code;
}

bool utf8_is_unseen(const char *text)
{
    static const struct {
        unsigned first, last;
    } ranges[] = {{0xa0, 0xa0},     {0xad, 0xad},       {0x34f, 0x34f},     {0x115f, 0x1160},
                  {0x1680, 0x1680}, {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x2000, 0x200f},
                  {0x2028, 0x202f}, {0x205f, 0x206f},   {0x2800, 0x2800},   {0x3000, 0x3000},
                  {0x3164, 0x3164}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
                  {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};
    size_t length = (unsigned char)*text < 0x80 ? 0 : utf8_length(text);
    unsigned code = length ? code_of((const unsigned char *)text, length) : 0;
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

/* One character as it is shown: itself, or \xHH of its first byte. Returns how many bytes of the
 * text it took. */
static size_t escape_one(const char *text, char shown[5], size_t *shown_length)
{
    size_t length = utf8_length(text);
    if (length)
        memcpy(shown, text, length);
    else
        snprintf(shown, 5, "\\x%02x", (unsigned char)*text);
    *shown_length = length ? length : 4;
    return length ? length : 1;
}

size_t sbx_escape(const char *text, char *out, size_t size)
{
    size_t whole = 0, used = 0, length;
    char shown[5];
    while (*text) {
        text += escape_one(text, shown, &length);
        if (used == whole && used + length < size) { /* nothing was cut off yet */
            memcpy(out + used, shown, length);
            used += length;
        }
        whole += length;
    }
    if (size)
        out[used] = '\0';
    return whole;
}

void text_put(FILE *out, const char *text)
{
    size_t length;
    char shown[5];
    while (*text) {
        text += escape_one(text, shown, &length);
        fwrite(shown, 1, length, out);
    }
}
