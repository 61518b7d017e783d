/* SPDX-License-Identifier: MIT
 *
 * tokens.h - cuts the text of rules into tokens: names, numbers, operators, and the words of a
 * rule.
 */
#ifndef POLICY_TOKENS_H
#define POLICY_TOKENS_H

#include "policy/value.h"

enum { TOKENS_MAX = 8192 }; /* of one value */

enum token_kind {
    TOKEN_ACTION, /* allow, log, kill, errno:NAME ...: a rule begins */
    TOKEN_IF,
    TOKEN_NAME, /* of an argument or a constant */
    TOKEN_NUMBER,
    TOKEN_OPERATOR, /* also `in` and ',' */
    TOKEN_OPEN,     /* ( or { */
    TOKEN_CLOSE,
};

struct token {
    struct token *next;
    enum token_kind kind;
    const char *text;
    struct origin origin;
};

struct tokens {
    struct token *first, **tail;
    size_t count;
};

/* Adds the tokens of parse->text, which live in `scratch`. Reports each thing that is no token, and
 * returns -1 where there was one. */
int tokens_add(struct parse *parse, struct arena *scratch, struct tokens *tokens);

/* Where the byte at `offset` of a rule's condition stands: the place of its token. The rule's own
 * place where it has no such token. */
struct origin rule_place(const struct item *rule, size_t offset);

#endif
