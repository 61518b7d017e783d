/* SPDX-License-Identifier: MIT
 *
 * condition.c - reads conditions, by descent. Decides nothing, and knows no filter.
 */
#include "guards/seccomp/condition.h"
#include "guards/seccomp/arguments.h"
#include "guards/seccomp/constants.h"
#include "policy/tokens.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 64, DEPTH_MAX = 32, SET_MAX = 256 };

struct reader {
    const struct item *rule;
    struct arena *arena;
    struct diag *diag;
    struct argument arguments[ARGUMENTS_MAX];
    size_t argument_count;
    const char *cursor; /* behind the token */
    struct slice token; /* empty at the end */
    const char *mark;   /* where what an error is about begins */
    unsigned depth;
};

/* A value as it stands there. */
struct number {
    uint64_t v;
    bool negative;   /* written with a '-' */
    bool complement; /* a '~' is in it, so that it has the width of what it is compared with */
};

/* What is compared. */
struct operand {
    unsigned argument;
    uint64_t mask;
    bool masked;
};

static const struct expr *read_or(struct reader *reader, bool negated);

/* ---- errors --------------------------------------------------------------------------------- */

#define fail(reader, hint, ...)                                                                    \
    diag_error((reader)->diag,                                                                     \
               rule_place((reader)->rule, (size_t)((reader)->mark - (reader)->rule->second)), 0,   \
               hint, "syscall %s.rules: " __VA_ARGS__)

static int unexpected(struct reader *reader, const char *wanted)
{
    char found[WORD_MAX];
    reader->mark = reader->token.text;
    snprintf(found, sizeof(found), "%.*s", (int)reader->token.length, reader->token.text);
    if (!reader->token.length)
        return fail(reader, "write for example: allow if flags & O_CREAT",
                    "the condition ends where %s is expected", reader->rule->first, wanted);
    return fail(reader, "conditions are told of in sandbox.profile(5)",
                "'%s' stands where %s is expected", reader->rule->first, found, wanted);
}

/* ---- tokens --------------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void next(struct reader *reader)
{
    static const char *const operators[] = {"==", "!=", "<=", ">=", "&&", "||"};
    const char *at = reader->cursor + strspn(reader->cursor, " \t");
    size_t length = *at != '\0';
    if (is_word(*at))
        while (is_word(at[length]))
            length++;
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
        if (strncmp(at, operators[i], 2) == 0)
            length = 2;
    reader->token = (struct slice){at, length};
    reader->cursor = at + length;
}

static bool at(const struct reader *reader, const char *text)
{
    return slice_is(reader->token, text, strlen(text));
}

static bool take(struct reader *reader, const char *text)
{
    if (!at(reader, text))
        return false;
    next(reader);
    return true;
}

/* ---- values --------------------------------------------------------------------------------- */

static int read_value(struct reader *reader, const struct argument *argument, const char *name,
                      struct number *value);

/* One constant or number. */
static int read_constant(struct reader *reader, const struct argument *argument, const char *name,
                         struct number *value)
{
    char word[WORD_MAX];
    struct sbx_error error;
    reader->mark = reader->token.text;
    const bool negative = take(reader, "-");
    snprintf(word, sizeof(word), "%s%.*s", negative ? "-" : "", (int)reader->token.length,
             reader->token.text);
    if (!reader->token.length || !is_word(*reader->token.text))
        return unexpected(reader, "a constant or a number");
    if (reader->token.length >= sizeof(word) - 1)
        return fail(reader, NULL, "'%s...' is too long for a constant", reader->rule->first, word);
    if (constants_parse(argument->sets, word, name, &value->v, &error) != 0)
        return fail(reader, error.hint, "%s", reader->rule->first, error.text);
    value->negative = negative && value->v != 0;
    next(reader);
    return 0;
}

static int read_term(struct reader *reader, const struct argument *argument, const char *name,
                     struct number *value)
{
    if (reader->depth >= DEPTH_MAX)
        return fail(reader, "write it with fewer parentheses", "it is nested more than %d deep",
                    reader->rule->first, DEPTH_MAX);
    *value = (struct number){.v = 0};
    reader->depth++;
    int result = 0;
    if (take(reader, "~")) {
        result = read_term(reader, argument, name, value);
        value->v = ~value->v;
        value->complement = true;
        value->negative = false;
    } else if (take(reader, "(")) {
        result = read_value(reader, argument, name, value);
        if (result == 0 && !take(reader, ")"))
            result = unexpected(reader, "')'");
    } else {
        result = read_constant(reader, argument, name, value);
    }
    reader->depth--;
    return result;
}

static int read_value(struct reader *reader, const struct argument *argument, const char *name,
                      struct number *value)
{
    struct number whole = {.v = 0};
    bool several = false;
    do {
        struct number one = {.v = 0};
        if (read_term(reader, argument, name, &one) != 0)
            return -1;
        if (one.negative && (several || at(reader, "|")))
            return fail(reader, NULL, "a negative number can't be joined by '|'",
                        reader->rule->first);
        whole.v |= one.v;
        whole.negative = one.negative;
        whole.complement |= one.complement;
        several = true;
    } while (take(reader, "|"));
    *value = whole;
    return 0;
}

/* Cuts a value to the argument's width, where it has room for it. `ordered`: it is to be compared
 * by size. */
static int fit(const struct reader *reader, unsigned index, bool ordered, struct number *value)
{
    const struct argument *argument = &reader->arguments[index];
    const uint64_t most = argument_mask(argument);
    const uint64_t limit = argument->is_signed && ordered ? most / 2 : most;
    char name[ARGUMENT_NAME_SIZE];
    argument_name(argument, index, name);
    if (value->complement)
        value->v &= most;
    if (value->negative && ordered && !argument->is_signed)
        return fail(reader, "it is never below 0",
                    "%s has no sign, and can't be compared with -%" PRIu64, reader->rule->first,
                    name, -value->v);
    const bool fits = value->negative ? -value->v <= most / 2 + 1 : value->v <= limit;
    if (!fits)
        return fail(reader, "a number that it can't have never fits",
                    "%s has %d bits%s: no room for %s%#" PRIx64, reader->rule->first, name,
                    __builtin_popcountll(most), argument->is_signed ? ", one of them the sign" : "",
                    value->negative ? "-" : "", value->negative ? -value->v : value->v);
    value->v &= most;
    return 0;
}

/* ---- tests ---------------------------------------------------------------------------------- */

static const struct expr *make(struct reader *reader, struct expr expr)
{
    struct expr *made = arena_alloc(reader->arena, sizeof(*made));
    if (!made) {
        diag_memory(reader->diag);
        return NULL;
    }
    *made = expr;
    return made;
}

static const struct expr *make_test(struct reader *reader, const struct operand *operand,
                                    enum test_kind kind, bool negated, struct test rest)
{
    const struct argument *argument = &reader->arguments[operand->argument];
    rest.kind = kind;
    rest.argument = operand->argument;
    rest.wide = argument->kind == ARGUMENT_64;
    rest.negated = negated;
    rest.mask = operand->mask;
    return make(reader, (struct expr){.kind = EXPR_TEST, .test = rest});
}

/* The name of an argument, and its mask where it has one. */
static int read_operand(struct reader *reader, struct operand *operand)
{
    const char *call = reader->rule->first;
    char name[WORD_MAX], hint[ARGUMENT_HINT_SIZE];
    struct number mask = {.v = 0};
    reader->mark = reader->token.text;
    snprintf(name, sizeof(name), "%.*s", (int)reader->token.length, reader->token.text);
    if (!reader->token.length || !is_word(*name) || (*name >= '0' && *name <= '9'))
        return unexpected(reader, "the name of an argument");
    int index = argument_find(reader->arguments, reader->argument_count, name, strlen(name));
    if (index < 0) {
        argument_suggest(reader->arguments, reader->argument_count, name, hint);
        return fail(reader, hint, "%s has no argument '%s'", call, call, name);
    }
    const struct argument *argument = &reader->arguments[index];
    if (argument->kind == ARGUMENT_ADDRESS)
        return fail(reader,
                    "a filter decides by the numbers in the registers alone; which files a program "
                    "reaches is decided in [files]",
                    "'%s' is the address of something in the program's memory, which no filter can "
                    "see",
                    call, name);
    next(reader);
    *operand = (struct operand){.argument = (unsigned)index, .mask = argument_mask(argument)};
    if (!take(reader, "&"))
        return 0;
    if (read_value(reader, argument, name, &mask) != 0 ||
        fit(reader, operand->argument, false, &mask) != 0)
        return -1;
    if (mask.v == 0)
        return fail(reader, "name a bit", "a mask of 0 leaves nothing of %s", call, name);
    operand->mask = mask.v;
    operand->masked = true;
    return 0;
}

/* A value to be equal to. One with a bit outside of the mask is a mistake: it would never fit. */
static int read_equal(struct reader *reader, const struct operand *operand, uint64_t *value)
{
    const struct argument *argument = &reader->arguments[operand->argument];
    char name[ARGUMENT_NAME_SIZE];
    struct number number = {.v = 0};
    argument_name(argument, operand->argument, name);
    if (read_value(reader, argument, name, &number) != 0 ||
        fit(reader, operand->argument, false, &number) != 0)
        return -1;
    if (number.v & ~operand->mask)
        return fail(reader, "every bit of the value must be one of the mask",
                    "%s & %#" PRIx64 " can never be %#" PRIx64, reader->rule->first, name,
                    operand->mask, number.v);
    *value = number.v;
    return 0;
}

/* The values of a set, or the one of == and !=. */
static const struct expr *read_equals(struct reader *reader, const struct operand *operand,
                                      bool set, bool negated)
{
    uint64_t values[SET_MAX];
    size_t count = 0;
    if (set && !take(reader, "{"))
        return unexpected(reader, "'{'"), NULL;
    do {
        if (count == SET_MAX) {
            fail(reader, "compare by a mask or by size", "a set has %d values at the most",
                 reader->rule->first, SET_MAX);
            return NULL;
        }
        if (read_equal(reader, operand, &values[count++]) != 0)
            return NULL;
    } while (set && take(reader, ","));
    if (set && !take(reader, "}"))
        return unexpected(reader, "',' or '}'"), NULL;
    uint64_t *kept = arena_array(reader->arena, count, sizeof(*kept));
    if (!kept) {
        diag_memory(reader->diag);
        return NULL;
    }
    memcpy(kept, values, count * sizeof(*kept));
    return make_test(reader, operand, TEST_EQUAL, negated,
                     (struct test){.values = kept, .count = count});
}

/* `inclusive`: the comparison is <= or >, which is < of the next number; the greatest has none. */
static const struct expr *read_less(struct reader *reader, const struct operand *operand,
                                    bool inclusive, bool negated)
{
    const struct argument *argument = &reader->arguments[operand->argument];
    const bool is_signed = argument->is_signed && !operand->masked;
    const uint64_t whole = argument_mask(argument);
    char name[ARGUMENT_NAME_SIZE];
    struct number number = {.v = 0};
    argument_name(argument, operand->argument, name);
    if (read_value(reader, argument, name, &number) != 0 ||
        fit(reader, operand->argument, true, &number) != 0)
        return NULL;
    if (operand->masked && number.negative) {
        fail(reader, "it is never below 0", "what is left of %s under a mask has no sign",
             reader->rule->first, name);
        return NULL;
    }
    if (inclusive &&
        number.v == (is_signed ? whole / 2 : whole)) /* always, written as: not never */
        return make_test(reader, operand, TEST_EQUAL, !negated, (struct test){.count = 0});
    return make_test(
        reader, operand, TEST_LESS, negated,
        (struct test){.is_signed = is_signed, .bound = (number.v + inclusive) & whole});
}

static const struct expr *read_comparison(struct reader *reader, const struct operand *operand,
                                          bool negated)
{
    if (take(reader, "=="))
        return read_equals(reader, operand, false, negated);
    if (take(reader, "!="))
        return read_equals(reader, operand, false, !negated);
    if (take(reader, "in"))
        return read_equals(reader, operand, true, negated);
    if (take(reader, "<"))
        return read_less(reader, operand, false, negated);
    if (take(reader, ">="))
        return read_less(reader, operand, false, !negated);
    if (take(reader, "<="))
        return read_less(reader, operand, true, negated);
    if (take(reader, ">"))
        return read_less(reader, operand, true, !negated);
    if (operand->masked)
        return make_test(reader, operand, TEST_ANY, negated, (struct test){.count = 0});
    unexpected(reader, "a comparison (== != < <= > >= in &)");
    return NULL;
}

/* ---- expressions ---------------------------------------------------------------------------- */

/* "(flags & MASK) ==": a parenthesis that is about an operand and no condition. */
static bool at_operand_in_parentheses(const struct reader *reader)
{
    struct reader ahead = *reader;
    unsigned depth = 1;
    next(&ahead);
    next(&ahead);
    if (!at(&ahead, "&"))
        return false;
    while (depth) {
        next(&ahead);
        if (!ahead.token.length || at(&ahead, "&&") || at(&ahead, "||"))
            return false;
        depth += at(&ahead, "(");
        depth -= at(&ahead, ")");
    }
    next(&ahead);
    return at(&ahead, "==") || at(&ahead, "!=") || at(&ahead, "<") || at(&ahead, "<=") ||
           at(&ahead, ">") || at(&ahead, ">=") || at(&ahead, "in");
}

static const struct expr *read_test(struct reader *reader, bool negated)
{
    const bool enclosed = take(reader, "(");
    struct operand operand;
    if (read_operand(reader, &operand) != 0)
        return NULL;
    if (enclosed && !take(reader, ")"))
        return unexpected(reader, "')'"), NULL;
    return read_comparison(reader, &operand, negated);
}

static const struct expr *read_not(struct reader *reader, bool negated)
{
    while (take(reader, "!"))
        negated = !negated;
    if (!at(reader, "(") || at_operand_in_parentheses(reader))
        return read_test(reader, negated);
    if (reader->depth >= DEPTH_MAX) {
        fail(reader, "write it with fewer parentheses", "it is nested more than %d deep",
             reader->rule->first, DEPTH_MAX);
        return NULL;
    }
    next(reader);
    reader->depth++;
    const struct expr *inner = read_or(reader, negated);
    reader->depth--;
    if (inner && !take(reader, ")"))
        return unexpected(reader, "')'"), NULL;
    return inner;
}

/* What is negated as a whole is the other one of "and" and "or", of what is negated itself. */
static const struct expr *join(struct reader *reader, bool is_or, const struct expr *left,
                               const struct expr *right)
{
    if (!right)
        return NULL;
    return make(reader,
                (struct expr){.kind = is_or ? EXPR_OR : EXPR_AND, .left = left, .right = right});
}

static const struct expr *read_and(struct reader *reader, bool negated)
{
    const struct expr *left = read_not(reader, negated);
    while (left && take(reader, "&&"))
        left = join(reader, negated, left, read_not(reader, negated));
    return left;
}

static const struct expr *read_or(struct reader *reader, bool negated)
{
    const struct expr *left = read_and(reader, negated);
    while (left && take(reader, "||"))
        left = join(reader, !negated, left, read_and(reader, negated));
    return left;
}

int condition_read(const struct item *rule, struct arena *arena, const struct expr **expr,
                   struct diag *diag)
{
    struct reader reader = {
        .rule = rule, .arena = arena, .diag = diag, .cursor = rule->second, .mark = rule->second};
    bool named;
    reader.argument_count = arguments_of(rule->first, reader.arguments, &named);
    if (!named)
        return fail(&reader, "rules without a condition can be made for every call",
                    "how wide the arguments of %s are is not known, so that no condition on them "
                    "can be kept",
                    rule->first, rule->first);
    next(&reader);
    const struct expr *read = read_or(&reader, false);
    if (!read)
        return -1;
    if (reader.token.length)
        return unexpected(&reader, "'&&', '||' or the next rule");
    *expr = read;
    return 0;
}
