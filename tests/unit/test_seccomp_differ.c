/* SPDX-License-Identifier: MIT
 *
 * Conditions by chance, against an evaluator that reads their text again: it knows nothing of how
 * the guard reads, compiles or decides. It takes the values from the text, and the widths from its
 * own table of arguments of lseek.
 */
#include "guards/seccomp/condition.h"
#include "guards/seccomp/filter.h"
#include "seccomp_random.h"

enum { CONDITIONS = 3000, REGISTERS = 24, TEXT_MAX = 2048, DEEP = 4 };

static const struct {
    const char *name;
    unsigned index, bits;
    bool is_signed;
} arguments[] = {
    {"fd", 0, 32, true}, {"offset", 1, 64, true}, {"arg0", 0, 32, true}, {"arg1", 1, 64, true}};
enum { ARGUMENTS_KNOWN = sizeof(arguments) / sizeof(arguments[0]) };

/* ---- the text ------------------------------------------------------------------------------- */

static const uint64_t numbers[] = {0,           1,           2,          5,           7,
                                   0x80,        0xff00,      0x7fffffff, 0x7ffffffe,  0x100000000,
                                   0x1ffffffff, 0x500000007, INT64_MAX,  0x8000000000};

static uint64_t number(struct chance *by, unsigned bits)
{
    const uint64_t picked = numbers[chance(by, sizeof(numbers) / sizeof(numbers[0]))];
    return bits == 32 ? picked & 0x7fffffff : picked;
}

static void add(char *text, const char *more)
{
    snprintf(text + strlen(text), TEXT_MAX - strlen(text), "%s", more);
}

static void put(char *text, const char *before, unsigned long long value)
{
    snprintf(text + strlen(text), TEXT_MAX - strlen(text), "%s%llu", before, value);
}

static void put_test(struct chance *by, char *text)
{
    static const char *const comparisons[] = {" == ", " != ", " < ", " <= ", " > ", " >= "};
    const uint32_t which = chance(by, ARGUMENTS_KNOWN);
    const unsigned bits = arguments[which].bits;
    const uint64_t mask = chance(by, 3) ? 0 : number(by, bits);
    add(text, arguments[which].name);
    if (mask)
        put(text, " & ", mask);
    if (mask && chance(by, 3) == 0)
        return;
    const uint64_t within = mask ? mask : UINT64_MAX;
    if (chance(by, 4) == 0) {
        add(text, " in { ");
        for (unsigned more = 1 + chance(by, 4); more; more--) {
            put(text, "", number(by, bits) & within);
            add(text, more > 1 ? " , " : " }");
        }
        return;
    }
    add(text, comparisons[chance(by, 6)]);
    if (!mask && chance(by, 4) == 0)
        add(text, "- ");
    put(text, "", number(by, bits) & within);
}

static void put_condition(struct chance *by, char *text, unsigned deep)
{
    if (chance(by, 5) == 0)
        add(text, "! ");
    if (deep == 0 || chance(by, 4) == 0) {
        put_test(by, text);
        return;
    }
    add(text, "( ");
    put_condition(by, text, deep - 1);
    for (unsigned more = chance(by, 3); more; more--) {
        add(text, chance(by, 2) ? " && " : " || ");
        put_condition(by, text, deep - 1);
    }
    add(text, " )");
}

/* ---- what it says --------------------------------------------------------------------------- */

struct reading {
    const char *at;
    const uint64_t *registers;
};

static bool starts(struct reading *reading, const char *word)
{
    const char *at = reading->at + strspn(reading->at, " ");
    if (strncmp(at, word, strlen(word)) != 0)
        return false;
    reading->at = at + strlen(word);
    return true;
}

static uint64_t value(struct reading *reading)
{
    const bool minus = starts(reading, "-");
    const uint64_t read = strtoull(reading->at, (char **)&reading->at, 0);
    return minus ? 0 - read : read;
}

static bool compare(struct reading *reading, __int128 left, bool is_signed, unsigned bits)
{
    static const char *const words[] = {"==", "!=", "<=", ">=", "<", ">"};
    unsigned which = 0;
    while (!starts(reading, words[which]))
        which++;
    const uint64_t right_bits = value(reading);
    __int128 right = bits == 32 ? (uint32_t)right_bits : right_bits;
    if (is_signed)
        right = bits == 32 ? (int32_t)right_bits : (int64_t)right_bits;
    const bool says[] = {left == right, left != right, left <= right, left >= right,
                         left<right, left> right};
    return says[which];
}

static bool test_says(struct reading *reading)
{
    unsigned which = 0;
    while (!starts(reading, arguments[which].name))
        which++;
    const uint64_t whole = reading->registers[arguments[which].index];
    const unsigned bits = arguments[which].bits;
    __int128 left = bits == 32 ? (int32_t)whole : (int64_t)whole;
    const bool double_and = reading->at[0] && strncmp(reading->at, " &&", 3) == 0;
    const bool masked = !double_and && starts(reading, "&");
    if (masked)
        left = (bits == 32 ? (uint32_t)whole : whole) & value(reading);
    if (starts(reading, "in {")) {
        bool found = false;
        do
            found |= left == (__int128)value(reading);
        while (starts(reading, ","));
        starts(reading, "}");
        return found;
    }
    const char *next = reading->at + strspn(reading->at, " ");
    if (!strchr("=!<>", *next) || !*next)
        return left != 0;
    return compare(reading, left, !masked, bits);
}

static bool or_says(struct reading *reading);

static bool one_says(struct reading *reading)
{
    if (starts(reading, "!"))
        return !one_says(reading);
    if (!starts(reading, "("))
        return test_says(reading);
    const bool says = or_says(reading);
    starts(reading, ")");
    return says;
}

static bool and_says(struct reading *reading)
{
    bool says = one_says(reading);
    while (starts(reading, "&&"))
        says &= one_says(reading);
    return says;
}

static bool or_says(struct reading *reading)
{
    bool says = and_says(reading);
    while (starts(reading, "||"))
        says |= and_says(reading);
    return says;
}

/* ---- both ----------------------------------------------------------------------------------- */

static uint64_t any_register(struct chance *by)
{
    const uint64_t near = number(by, 64) + chance(by, 3) - 1;
    switch (chance(by, 5)) {
    case 0:
        return 0 - near;
    case 1:
        return near ^ (uint64_t)chance(by, UINT32_MAX) << 32;
    case 2:
        return (uint64_t)chance(by, UINT32_MAX) << 32 | chance(by, UINT32_MAX);
    default:
        return near;
    }
}

static void filters_say_what_the_text_says(void **state)
{
    static struct filter filter;
    static struct call_table table, settled;
    struct chance by = {.state = 77};
    struct made *made = made_new("@base lseek");
    struct sbx_error error = {0};
    struct diag diag = {.error = &error};
    struct arena arena = {0};
    unsigned held = 0;
    (void)state;
    assert_int_equal(filter_settle(&made->policy, &arena, &settled, &diag), 0);
    for (unsigned i = 0; i < CONDITIONS; i++) {
        char text[TEXT_MAX] = "";
        put_condition(&by, text, DEEP - chance(&by, DEEP));
        struct arena scratch = {0};
        const struct item item = {.first = "lseek", .second = text, .text = text};
        struct call_rule rule = {.action = {.kind = ACTION_ERRNO, .error = 5}, .item = &item};
        const struct call_rules rules = {.of = &rule, .count = 1};
        if (condition_read(&item, &scratch, &rule.condition, &diag) != 0)
            fail_msg("%s: %s", text, error.text);
        table = settled;
        table.of[SYS_lseek].rules = &rules;
        assert_int_equal(filter_write(&made->policy, &table, &filter, &diag), 0);
        for (unsigned j = 0; j < REGISTERS; j++) {
            struct seccomp_data data = {.nr = SYS_lseek, .arch = TEST_ARCH};
            uint64_t registers[2] = {any_register(&by), any_register(&by)};
            data.args[0] = registers[0];
            data.args[1] = registers[1];
            struct reading reading = {.at = text, .registers = registers};
            const bool says = or_says(&reading);
            held += says;
            if (runs(filter.code, filter.count, &data) != (says ? FAILS(5) : ALLOWED))
                fail_msg("%s: %#llx %#llx", text, (unsigned long long)registers[0],
                         (unsigned long long)registers[1]);
        }
        arena_free(&scratch);
    }
    assert_in_range(held, CONDITIONS * REGISTERS / 5, CONDITIONS * REGISTERS * 4 / 5);
    arena_free(&arena);
    made_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_say_what_the_text_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
