/* SPDX-License-Identifier: MIT
 *
 * tokens.c - the tokens of rules. Knows nothing of what stands next to what.
 */
#include "policy/tokens.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS  "0123456789"
#define NAMES   LETTERS DIGITS "."

/* The longer ones first. */
static const struct {
    const char *text;
    enum token_kind kind;
} operators[] = {
    {"==", TOKEN_OPERATOR}, {"!=", TOKEN_OPERATOR}, {"<=", TOKEN_OPERATOR}, {">=", TOKEN_OPERATOR},
    {"&&", TOKEN_OPERATOR}, {"||", TOKEN_OPERATOR}, {"<", TOKEN_OPERATOR},  {">", TOKEN_OPERATOR},
    {"&", TOKEN_OPERATOR},  {"|", TOKEN_OPERATOR},  {"~", TOKEN_OPERATOR},  {"!", TOKEN_OPERATOR},
    {"-", TOKEN_OPERATOR},  {",", TOKEN_OPERATOR},  {"(", TOKEN_OPEN},      {"{", TOKEN_OPEN},
    {")", TOKEN_CLOSE},     {"}", TOKEN_CLOSE},
};

/* Words that no argument is named by: a rule begins with them, wherever they stand. */
static const char *const actions[] = {"allow", "log", "errno", "kill", "report"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

/* The length of the action at `text`, which starts with a name of `length` bytes; 0 where it is
 * none. What has a ':' is meant for one. */
static size_t action_length(const char *text, size_t length)
{
    if (text[length] == ':')
        return length + 1 + strspn(text + length + 1, NAMES);
    for (size_t i = 0; i < COUNT(actions); i++)
        if (is(text, length, actions[i]))
            return length;
    return 0;
}

static size_t word_kind(const char *text, enum token_kind *kind)
{
    const size_t length = strspn(text, NAMES);
    const size_t action = action_length(text, length);
    *kind = action                   ? TOKEN_ACTION
            : is(text, length, "if") ? TOKEN_IF
            : is(text, length, "in") ? TOKEN_OPERATOR
                                     : TOKEN_NAME;
    return action ? action : length;
}

/* Decimal, 0x and hexadecimal, 0o or 0 and octal digits. */
static int check_number(const struct parse *parse, const char *text)
{
    const bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text;
    const int base = hex ? 16 : text[0] == '0' && text[1] ? 8 : 10;
    char *end;
    errno = 0;
    strtoull(digits, &end, base);
    const bool large = errno == ERANGE;
    if (!*digits || strspn(digits, hex ? "0123456789abcdefABCDEF" : DIGITS) != strlen(digits) ||
        *end)
        return value_error(parse,
                           "numbers are decimal, or 0x and hexadecimal, or 0 and octal digits",
                           "'%s' is no number", text);
    if (large)
        return value_error(parse, "an argument has 64 bits", "'%s' is too large", text);
    return 0;
}

static int no_token(struct parse *parse, const char *at)
{
    size_t length = 1;
    while ((at[length] & 0xc0) == 0x80) /* all of the character */
        length++;
    parse_point(parse, at, length);
    if (at[0] == '$')
        return value_error(parse, NULL, "variables have no meaning in rules");
    if (*at == '"')
        return value_error(parse, "leave them out: rules are made of names, numbers and operators",
                           "double quotes have no meaning in rules");
    if (*at == '=')
        return value_error(parse, "write '==' to compare", "'=' is no operator");
    if (*at == '?')
        return value_error(parse, "for a call that this machine may lack write [syscall ?NAME]",
                           "'?' has no meaning in rules");
    return value_error(parse,
                       "the operators are == != < <= > >= in & && | || ! ~ - ( ) { } and ','",
                       "'%.*s' has no meaning in rules", (int)length, at);
}

/* The token at `text`: its length, or 0 where it is none (which is reported). */
static size_t token_at(struct parse *parse, const char *text, enum token_kind *kind)
{
    if (strchr(LETTERS, *text))
        return word_kind(text, kind);
    if (strchr(DIGITS, *text)) {
        *kind = TOKEN_NUMBER;
        return strspn(text, NAMES);
    }
    for (size_t i = 0; i < COUNT(operators); i++) {
        const size_t length = strlen(operators[i].text);
        if (strncmp(text, operators[i].text, length) == 0) {
            *kind = operators[i].kind;
            return length;
        }
    }
    no_token(parse, text);
    return 0;
}

static int add(struct parse *parse, struct arena *scratch, struct tokens *tokens,
               const struct token *found)
{
    if (tokens->count >= TOKENS_MAX)
        return value_error(parse, "a list of values is shorter than a comparison for each",
                           "the rules have more than %d tokens", TOKENS_MAX);
    struct token *token = arena_alloc(scratch, sizeof(*token));
    if (!token)
        return diag_memory(parse->diag);
    *token = *found;
    *tokens->tail = token;
    tokens->tail = &token->next;
    tokens->count++;
    return 0;
}

int tokens_add(struct parse *parse, struct arena *scratch, struct tokens *tokens)
{
    int result = 0;
    const char *at = parse->text + strspn(parse->text, " \t");
    while (*at && !diag_stop(parse->diag)) {
        struct token token = {.kind = TOKEN_NAME};
        size_t length = token_at(parse, at, &token.kind);
        if (!length)
            return -1; /* what follows may be nothing of ours at all */
        parse_point(parse, at, length);
        token.origin = parse->origin;
        token.text = arena_strndup(scratch, at, length);
        if (!token.text)
            return diag_memory(parse->diag);
        if (token.kind == TOKEN_NUMBER && check_number(parse, token.text) != 0)
            result = -1;
        if (add(parse, scratch, tokens, &token) != 0)
            return -1;
        at += length;
        at += strspn(at, " \t");
    }
    return result;
}

struct origin rule_place(const struct item *rule, size_t offset)
{
    struct origin origin = rule->origin;
    for (size_t i = 0; i < rule->place_count && rule->places[i].offset <= offset; i++) {
        origin.line = rule->places[i].line;
        origin.column = rule->places[i].column;
        origin.length = rule->places[i].length;
    }
    return origin;
}
