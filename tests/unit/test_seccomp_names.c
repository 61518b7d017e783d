/* SPDX-License-Identifier: MIT
 *
 * The tables of the names of arguments and of their values.
 */
#include "guards/seccomp/arguments.h"
#include "guards/seccomp/constants.h"
#include "guards/seccomp/table.h"
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "support/test.h"
#include <string.h>

/* ---- the tables of names -------------------------------------------------------------------- */

static void each_row_names_a_call(void **state)
{
    static const char *const rows[] = {
#define ARGUMENTS(call, arguments) call,
#include "guards/seccomp/arguments.def"
#undef ARGUMENTS
    };
    (void)state;
    assert_true(sizeof(rows) / sizeof(rows[0]) >= 40);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct argument arguments[ARGUMENTS_MAX];
        bool named = false;
        size_t count = arguments_of(rows[i], arguments, &named);
        if (!named || table_find(rows[i]) < 0)
            fail_msg("%s is no call", rows[i]);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(rows[j], rows[i]);
        for (size_t j = 0; j < count; j++) {
            struct slice sets = arguments[j].sets, set;
            struct sbx_error error;
            uint64_t value;
            assert_int_equal(constants_parse(arguments[j].sets, "1", "x", &value, &error), 0);
            for (; slice_next(&sets, ',', &set);) /* a set that is misspelt has no constant */
                if (!constant_of_bit(set, UINT64_MAX) && !constant_of_value(set, 0))
                    fail_msg("%s: no set '%.*s'", rows[i], (int)set.length, set.text);
        }
    }
}

static void constants_are_those_of_the_headers(void **state)
{
    static const struct {
        const char *set, *text;
        uint64_t value;
    } rows[] = {
        {"open", "O_RDWR|O_CREAT", O_RDWR | O_CREAT},
        {"open", " O_RDWR | 0x40 ", O_RDWR | 0x40},
        {"open", "O_TMPFILE", O_TMPFILE},
#if defined(__x86_64__)
        {"open", "O_LARGEFILE", 0x8000}, /* the kernel's: the C library has 0 */
#else
        {"open", "O_LARGEFILE", 0x20000},
#endif
        {"mode", "S_ISUID|0755", S_ISUID | 0755},
        {"clone,signal", "CLONE_NEWUSER|SIGCHLD", CLONE_NEWUSER | 17},
        {"prctl", "PR_SET_SECCOMP", PR_SET_SECCOMP},
        {"family", "AF_LOCAL", AF_UNIX},
        {"dirfd", "AT_FDCWD", (uint64_t)AT_FDCWD},
        {"", "AF_INET6|0", AF_INET6},
        {"", "-9223372036854775808", UINT64_C(1) << 63},
        {"", "18446744073709551615", UINT64_MAX},
        {"", "0xFF", 255},
        {"", "010", 8},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct slice sets = {rows[i].set, strlen(rows[i].set)};
        struct sbx_error error = {0};
        uint64_t value = 0;
        if (constants_parse(sets, rows[i].text, "x", &value, &error) != 0)
            fail_msg("%s: %s", rows[i].text, error.text);
        assert_int_equal(value, rows[i].value);
    }
    assert_string_equal(constant_of_value((struct slice){"family", 6}, AF_UNIX), "AF_UNIX");
    assert_null(constant_of_value((struct slice){"open", 4}, 0x12345));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_names_a_call),
        cmocka_unit_test(constants_are_those_of_the_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
