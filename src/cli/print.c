/* SPDX-License-Identifier: MIT
 *
 * print.c - text for people, safe to print on a terminal.
 */
#include "cli.h"
#include <string.h>

/* Characters that make a terminal show other text than there is: marks that change the direction of
 * what follows, and separators of lines and paragraphs. `text` is a character of three bytes. */
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

/* The length of the well-formed UTF-8 character that starts at `text` and may be shown, 0 where
 * there is none. Terminals obey C1 control characters (U+0080 to U+009F). U+061C changes the
 * direction too. */
static size_t utf8_length(const unsigned char *text)
{
    size_t length = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    if (text[0] < 0xc2 || text[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xf0 && text[1] < 0x90);
    bool surrogate = text[0] == 0xed && text[1] > 0x9f;
    bool beyond = text[0] == 0xf4 && text[1] > 0x8f;
    bool control = (text[0] == 0xc2 && text[1] < 0xa0) || (text[0] == 0xd8 && text[1] == 0x9c) ||
                   (length == 3 && misleads(text));
    return overlong || surrogate || beyond || control ? 0 : length;
}

void print_escaped(FILE *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        size_t length = *at >= 0x80 ? utf8_length(at) : (*at >= 0x20 && *at != 0x7f);
        if (length == 0) {
            fprintf(out, "\\x%02x", *at++);
            continue;
        }
        fwrite(at, 1, length, out);
        at += length;
    }
}

void print_error(const struct sbx_error *error)
{
    fputs("sandbox: ", stderr);
    if (error->origin.file[0]) {
        print_escaped(stderr, error->origin.file);
        if (error->origin.line)
            fprintf(stderr, ":%u", error->origin.line);
        fputs(": ", stderr);
    }
    print_escaped(stderr, error->text);
    if (error->sys_errno)
        fprintf(stderr, ": %s", strerror(error->sys_errno));
    fputc('\n', stderr);
    if (error->hint[0]) {
        fputs("sandbox: hint: ", stderr);
        print_escaped(stderr, error->hint);
        fputc('\n', stderr);
    }
}
