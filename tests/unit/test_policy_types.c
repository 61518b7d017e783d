/* SPDX-License-Identifier: MIT
 *
 * test_policy_types.c - each type of value by itself, through its own entry in policy_types: also
 * those that no key has yet.
 */
#include "policy/keys.h"
#include "policy/value.h"
#include "test_policy.h"

/* A key that is in no profile. */
struct subject {
    struct key key;
    struct arena arena;
    struct sbx_error error;
    struct diag diag;
    struct parse parse;
};

static struct parse *subject(struct subject *subject, enum type_id type, const char *text)
{
    *subject = (struct subject){
        .key = {.section = "limits", .name = "made_up", .type = &policy_types[type]},
        .diag = {.error = &subject->error},
        .parse = {.arena = &subject->arena,
                  .diag = &subject->diag,
                  .key = &subject->key,
                  .text = text,
                  .profile_path = "t.ini",
                  .outside = &outside_machine}};
    return &subject->parse;
}

/* The text of a value; NULL where it is refused. Freed with the subject's arena. */
static const char *value_text(struct subject *made, enum type_id type, const char *text)
{
    union value value = {0};
    struct parse *parse = subject(made, type, text);
    if (value_scalar(parse, &value) != 0) {
        assert_int_equal(made->error.code, SBX_E_PROFILE);
        return NULL;
    }
    return policy_types[type].print(&made->arena, &policy_types[type], &value);
}

static void assert_value(enum type_id type, const char *text, const char *expected)
{
    struct subject made, again;
    const char *printed = value_text(&made, type, text);
    if (!printed)
        fail_msg("'%s' was refused: %s", text, made.error.text);
    assert_string_equal(printed, expected);
    const char *second = value_text(&again, type, printed);
    assert_non_null(second);
    assert_string_equal(second, printed);
    arena_free(&again.arena);
    arena_free(&made.arena);
}

static void assert_refused(enum type_id type, const char *text, const char *part)
{
    struct subject made;
    const char *printed = value_text(&made, type, text);
    if (printed)
        fail_msg("'%s' was taken for %s", text, printed);
    if (!strstr(made.error.text, part))
        fail_msg("'%s' is not in '%s'", part, made.error.text);
    arena_free(&made.arena);
}

static void ratios(void **state)
{
    static const char *const good[][2] = {
        {"2", "200%"},       {"1.5", "150%"},
        {"150%", "150%"},    {"0.001", "0.001"},
        {"1.555", "1.555"},  {"0.1%", "0.001"},
        {"12.5%", "0.125"},  {"1.50", "150%"},
        {"007", "700%"},     {"1000000", "100000000%"},
        {"\"1.5\"", "150%"}, {"100000000%", "100000000%"},
        {"0.01", "1%"},      {"0.010", "1%"},
        {"99.9%", "0.999"},
    };
    static const char *const bad[] = {
        "1.5555",    "1.5550",
        "-1",        "+1",
        "1e3",       ".5",
        "5.",        "1,5",
        "0.05%",     "1.05%",
        "100.01%",   "150 %",
        "%",         "1.%",
        "x",         "1000000.001",
        "1000001",   "0x2",
        "1.5.5",     "1.5%%",
        "1.5x",      "inf",
        "nan",       "18446744073709551616",
        "unlimited", "99999999999999999999999%",
        "\"\"",      "",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_value(TYPE_ratio, good[i][0], good[i][1]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_refused(TYPE_ratio, bad[i], "");
    assert_refused(TYPE_ratio, "0", "0 makes no sense");
    assert_refused(TYPE_ratio, "0.000", "0 makes no sense");
    assert_refused(TYPE_ratio, "0%", "0 makes no sense");
}

static void sizes(void **state)
{
    (void)state;
    assert_value(TYPE_size, "1024", "1K");
    assert_value(TYPE_size, "1025", "1025");
    assert_value(TYPE_size, "1024K", "1M");
    assert_value(TYPE_size, "0", "0");
    assert_value(TYPE_size, "0T", "0");
    assert_value(TYPE_size, "unlimited", "unlimited");
    assert_value(TYPE_size, "9223372036854775807", "9223372036854775807");
    assert_value(TYPE_size, "8388607T", "8388607T");
    static const char *const bad[] = {"-1",
                                      "-1M",
                                      "1.5G",
                                      "0x10",
                                      "1e3",
                                      "1KB",
                                      "1k",
                                      "1 K",
                                      "K",
                                      "",
                                      "1_000",
                                      "1,000",
                                      "\xd9\xa1",
                                      "+1",
                                      "8388608T",
                                      "9223372036854775808",
                                      "1P",
                                      "18446744073709551616",
                                      "36893488147419103232K"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_refused(TYPE_size, bad[i], "limits.made_up: ");
}

static void durations(void **state)
{
    (void)state;
    assert_value(TYPE_duration, "1000ms", "1s");
    assert_value(TYPE_duration, "60s", "1m");
    assert_value(TYPE_duration, "90s", "90s");
    assert_value(TYPE_duration, "3600000000us", "1h");
    assert_value(TYPE_duration, "0", "0");
    assert_value(TYPE_duration, "0ms", "0");
    assert_value(TYPE_duration, "unlimited", "unlimited");
    assert_value(TYPE_duration, "4611686018427387904ns", "4611686018427387904ns");
    static const char *const bad[] = {"1",        "-1s",
                                      "1.5s",     "0x1s",
                                      "1sec",     "1M",
                                      "1S",       "s",
                                      "",         "1m30s",
                                      "1d",       "+1s",
                                      "1e3s",     "1 s",
                                      "infinity", "4611686018427387905ns",
                                      "1281024h", "18446744073709551615h"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_refused(TYPE_duration, bad[i], "limits.made_up: ");
    assert_value(TYPE_duration, "1281023h", "1281023h");
}

static void others(void **state)
{
    (void)state;
    assert_value(TYPE_count, "0", "0");
    assert_value(TYPE_count, "9223372036854775807", "9223372036854775807");
    assert_value(TYPE_count, "unlimited", "unlimited");
    assert_refused(TYPE_count, "9223372036854775808", "too large");
    assert_refused(TYPE_count, "18446744073709551614", "too large");
    assert_refused(TYPE_count, "1K", "not a number");
    assert_refused(TYPE_count, "0x10", "not a number");
    assert_refused(TYPE_count, "-0", "not a number");
    assert_value(TYPE_mode, "0", "000");
    assert_value(TYPE_mode, "0000777", "777");
    assert_refused(TYPE_mode, "1000", "not a file mode");
    assert_refused(TYPE_mode, "0777777777777777777777777777", "not a file mode");
    assert_refused(TYPE_mode, "u=rwx", "not a file mode");
    assert_value(TYPE_id, "4294967294", "4294967294");
    assert_refused(TYPE_id, "4294967295", "not a user or group id");
    assert_refused(TYPE_id, "4294967296", "not a user or group id");
    assert_value(TYPE_action, "errno:EWOULDBLOCK", "errno:EAGAIN");
    assert_value(TYPE_action, "errno:4000", "errno:4000");
    assert_refused(TYPE_action, "errno:", "no errno value");
    assert_refused(TYPE_action, "errno: EPERM", "takes one value");
    assert_refused(TYPE_action, "errno:-1", "no errno value");
    assert_refused(TYPE_action, "errno:0x1", "no errno value");
    assert_refused(TYPE_action, "Kill", "is not an action");
}

/* ---- words ---------------------------------------------------------------------------------- */

static int take_item(struct subject *made, enum type_id type, const char *text, struct item *item)
{
    struct parse *parse = subject(made, type, text);
    char *word = arena_strdup(&made->arena, text);
    assert_non_null(word);
    *item = (struct item){.text = NULL};
    return value_item(parse, word, item);
}

static void assert_endpoint(const char *text, const char *address, int port, const char *form)
{
    struct subject made;
    struct item item;
    if (take_item(&made, TYPE_endpoints, text, &item) != 0)
        fail_msg("'%s' was refused: %s", text, made.error.text);
    if (address)
        assert_string_equal(item.first, address);
    else
        assert_null(item.first);
    assert_int_equal(item.number, port);
    assert_string_equal(item.text, form);
    arena_free(&made.arena);
}

static void endpoints(void **state)
{
    (void)state;
    assert_endpoint("192.0.2.1:443", "192.0.2.1", 443, "192.0.2.1:443");
    assert_endpoint("0.0.0.0:1", "0.0.0.0", 1, "0.0.0.0:1");
    assert_endpoint("192.0.2.1:65535", "192.0.2.1", 65535, "192.0.2.1:65535");
    assert_endpoint("192.0.2.1:*", "192.0.2.1", 0, "192.0.2.1:*");
    assert_endpoint("192.0.2.1:0443", "192.0.2.1", 443, "192.0.2.1:443");
    assert_endpoint("*:53", NULL, 53, "*:53");
    assert_endpoint("*:*", NULL, 0, "*:*");
    assert_endpoint("[::1]:80", "::1", 80, "[::1]:80");
    assert_endpoint("[2001:DB8:0:0:0:0:0:1]:*", "2001:db8::1", 0, "[2001:db8::1]:*");
    assert_endpoint("[::ffff:192.0.2.1]:1", "::ffff:192.0.2.1", 1, "[::ffff:192.0.2.1]:1");
}

static void endpoints_that_are_refused(void **state)
{
    static const char *const bad[] = {
        "192.0.2.1",
        "192.0.2.1:",
        ":443",
        ":",
        "192.0.2.1:0",
        "192.0.2.1:00",
        "192.0.2.1:65536",
        "192.0.2.1:-1",
        "192.0.2.1:+1",
        "192.0.2.1:0x50",
        "192.0.2.1:https",
        "192.0.2.1: 1",
        "192.0.2.1:1:2",
        "192.0.2:80",
        "192.0.2.256:80",
        "192.0.2.01:80",
        "192.0.2.0/24:80",
        "::1:80",
        "[::1]",
        "[::1]:",
        "[::1]:0",
        "[::1:80",
        "::1]:80",
        "[]:80",
        "[*]:80",
        "[::1]80",
        "[192.0.2.1]:80",
        "[fe80::1%eth0]:80",
        "[:::1]:80",
        "[[::1]]:80",
        "**:80",
        "*",
        "*:",
        "localhost:80",
        "example.org:80",
        "192.0.2.1:18446744073709551617",
        "[",
        "]:1",
        "[:1",
        "[]:",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct subject made;
        struct item item;
        if (take_item(&made, TYPE_endpoints, bad[i], &item) == 0)
            fail_msg("'%s' was taken for %s", bad[i], item.text);
        assert_non_null(strstr(made.error.text, bad[i]));
        assert_true(made.error.hint[0] != '\0');
        arena_free(&made.arena);
    }
}

static void ports(void **state)
{
    static const struct {
        const char *text, *form;
        int first, last;
    } good[] = {
        {"443", "443", 443, 443},
        {"0443", "443", 443, 443},
        {"0", "0", 0, 0},
        {"8000-8010", "8000-8010", 8000, 8010},
        {"7-7", "7", 7, 7},
        {"65535", "65535", 65535, 65535},
        {"1-65535", "1-65535", 1, 65535},
        {"any", "any", 0, 65535},
    };
    static const char *const bad[] = {"65536", "-1",   "1-",   "-",     "1-65536", "10-9", "0-9",
                                      "0-0",   "+1",   "0x50", "1-2-3", "https",   "*",    "1:2",
                                      "1,2",   "any-", "Any",  "80tcp", "1--2",    "all"};
    struct subject made;
    struct item item;
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(take_item(&made, TYPE_ports, good[i].text, &item), 0);
        assert_string_equal(item.text, good[i].form);
        assert_int_equal(item.number, good[i].first);
        assert_int_equal(item.last, good[i].last);
        arena_free(&made.arena);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (take_item(&made, TYPE_ports, bad[i], &item) == 0)
            fail_msg("'%s' was taken for %s", bad[i], item.text);
        assert_non_null(strstr(made.error.text, bad[i]));
        assert_true(made.error.hint[0] != '\0');
        arena_free(&made.arena);
    }
}

static void capabilities(void **state)
{
    static const char *const good[][2] = {
        {"cap_net_raw", "cap_net_raw"}, {"net_raw", "cap_net_raw"}, {"CAP_NET_RAW", "cap_net_raw"},
        {"Net_Raw", "cap_net_raw"},     {"cAp_x9", "cap_x9"},
    };
    static const char *const bad[] = {"cap-net-raw", "cap_net_raw+ep", "cap_a,cap_b", "=",
                                      "a.b",         "\xc3\xbc",       "net raw",     "${HOME}"};
    struct subject made;
    struct item item;
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(take_item(&made, TYPE_capabilities, good[i][0], &item), 0);
        assert_string_equal(item.first, good[i][1]);
        assert_string_equal(item.text, good[i][1]);
        arena_free(&made.arena);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (take_item(&made, TYPE_capabilities, bad[i], &item) == 0)
            fail_msg("'%s' was taken for %s", bad[i], item.text);
        arena_free(&made.arena);
    }
}

static void variables(void **state)
{
    static const char *const good[] = {"A", "_", "_9", "LC_ALL", "a_B9"};
    static const char *const bad[] = {"9A", "A=B", "A-B", "A.B", "A*", "\xc3\xbc", "A B", "$A"};
    struct subject made;
    struct item item;
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(take_item(&made, TYPE_variables, good[i], &item), 0);
        assert_string_equal(item.first, good[i]);
        arena_free(&made.arena);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (take_item(&made, TYPE_variables, bad[i], &item) == 0)
            fail_msg("'%s' was taken", bad[i]);
        arena_free(&made.arena);
    }
}

/* Each default is a value of its type, and each type has what it needs. */
static void table(void **state)
{
    (void)state;
    for (const struct type *type = policy_types; type < policy_types + TYPE_COUNT; type++) {
        assert_true(type->name && *type->name);
        assert_true(!type->scalar != !type->item);
        assert_true(!type->scalar == !type->print);
        assert_true(type->size >= sizeof(struct origin));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(ratios), TEST(sizes),        TEST(durations),
        TEST(others), TEST(endpoints),    TEST(endpoints_that_are_refused),
        TEST(ports),  TEST(capabilities), TEST(variables),
        TEST(table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
