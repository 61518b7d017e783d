/* SPDX-License-Identifier: MIT
 *
 * test_cli_print.c - what people read on a terminal holds nothing that a terminal obeys.
 */
#include "support/test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define print_error print_sandbox_error /* cmocka has a print_error() of its own */
#include "cli/print.c"                  /* NOLINT(bugprone-suspicious-include): no library */
#undef print_error

static void expect(const char *text, const char *printed)
{
    char *seen = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&seen, &length);

    assert_non_null(out);
    print_escaped(out, text);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(seen, printed);
    assert_int_equal(length, strlen(printed));
    free(seen);
}

static void plain_text(void **state)
{
    static const char *const texts[] = {
        "",
        " ~ plain \\ text",
        "gr\xc3\xbc\xc3\x9f",               /* two bytes */
        "\xc2\xa0",                         /* U+00A0, the first above the C1 controls */
        "\xd8\x9b\xd8\x9d",                 /* beside U+061C */
        "\xe2\x82\xac \xe6\x97\xa5",        /* three bytes */
        "\xe2\x80\x8d\xe2\x80\x90",         /* beside U+200E and U+200F */
        "\xe2\x80\xa7\xe2\x80\xaf",         /* beside U+2028 and U+202E */
        "\xe2\x81\xa5\xe2\x81\xaa",         /* beside U+2066 and U+2069 */
        "\xe0\xa0\x80\xed\x9f\xbf",         /* U+0800, U+D7FF */
        "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", /* U+10000, U+10FFFF */
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        expect(texts[i], texts[i]);
}

static void controls(void **state)
{
    (void)state;
    expect("a\nb", "a\\x0ab");
    expect("\x1b[31m", "\\x1b[31m");
    expect("\x01\t\r\x1f\x7f", "\\x01\\x09\\x0d\\x1f\\x7f");
    expect("\xc2\x80\xc2\x9b\xc2\x9f", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f");
}

static void directions_and_lines(void **state)
{
    static const unsigned char last[] = {0x8e, 0x8f, 0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae};
    char text[16], printed[32];
    size_t i;
    int byte;

    (void)state;
    for (i = 0; i < sizeof(last); i++) {
        snprintf(text, sizeof(text), "a\xe2\x80%cb", last[i]);
        snprintf(printed, sizeof(printed), "a\\xe2\\x80\\x%02xb", last[i]);
        expect(text, printed);
    }
    for (byte = 0xa6; byte <= 0xa9; byte++) {
        snprintf(text, sizeof(text), "\xe2\x81%c", byte);
        snprintf(printed, sizeof(printed), "\\xe2\\x81\\x%02x", byte);
        expect(text, printed);
    }
    expect("\xd8\x9c", "\\xd8\\x9c");
}

static void broken_utf8(void **state)
{
    (void)state;
    expect("\xff\xfe", "\\xff\\xfe");
    expect("\x80", "\\x80");
    expect("\xc3", "\\xc3");
    expect("\xe2\x82", "\\xe2\\x82");
    expect("\xe2\x80", "\\xe2\\x80");
    expect("\xc3(", "\\xc3(");
    expect("\xc0\x9b\xc1\xbf", "\\xc0\\x9b\\xc1\\xbf");
    expect("\xe0\x82\x9b", "\\xe0\\x82\\x9b");
    expect("\xed\xa0\x80", "\\xed\\xa0\\x80");
    expect("\xf0\x80\x80\x9b", "\\xf0\\x80\\x80\\x9b");
    expect("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
    expect("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text),
        cmocka_unit_test(controls),
        cmocka_unit_test(directions_and_lines),
        cmocka_unit_test(broken_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
