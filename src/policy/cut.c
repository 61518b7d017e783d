/* SPDX-License-Identifier: MIT
 *
 * cut.c - the shape of rules: ACTION [if CONDITION]. Does not know what a condition means: names
 * are arguments or constants that the guard knows.
 */
#include "policy/cut.h"
#include "policy/suggest.h"
#include <stdio.h>
#include <string.h>

/* One rule of a setting: tokens from `action` up to `end`, which is the next one's, or NULL. */
struct span {
    const struct token *action, *condition, *end;
    size_t count; /* tokens of the condition */
};

static int fail_at(struct parse *parse, const struct token *token)
{
    parse->origin = token->origin;
    return 0;
}
#define token_error(parse, token, ...) (fail_at(parse, token), value_error(parse, __VA_ARGS__))

/* ---- the shape of a condition --------------------------------------------------------------- */

static bool is_operand(const struct token *token)
{
    return token->kind == TOKEN_NAME || token->kind == TOKEN_NUMBER;
}

/* Two operands side by side: an operator is missing, or the second one was meant for an ACTION. */
static int check_neighbours(struct parse *parse, const struct span *rule)
{
    static const char *const actions[] = {"allow", "log", "errno:EPERM", "kill"};
    char hint[HINT_SIZE];
    for (const struct token *token = rule->condition;
         token != rule->end && token->next != rule->end; token = token->next) {
        const struct token *next = token->next;
        if ((!is_operand(token) && token->kind != TOKEN_CLOSE) || !is_operand(next))
            continue;
        struct suggest suggest;
        suggest_start(&suggest, next->text);
        for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
            suggest_offer(&suggest, actions[i]);
        suggest_text(&suggest, hint, sizeof(hint));
        if (!*hint)
            snprintf(hint, sizeof(hint), "conditions are joined by && or ||");
        return token_error(parse, next, hint, "there is no operator between '%s' and '%s'",
                           token->text, next->text);
    }
    return 0;
}

static int check_brackets(struct parse *parse, const struct span *rule)
{
    const struct token *open[NESTING_MAX];
    size_t depth = 0;
    for (const struct token *token = rule->condition; token != rule->end; token = token->next) {
        if (token->kind == TOKEN_OPEN) {
            if (depth == NESTING_MAX)
                return token_error(parse, token, NULL, "more than %d brackets are open",
                                   NESTING_MAX);
            open[depth++] = token;
        }
        if (token->kind != TOKEN_CLOSE)
            continue;
        const char *closes = *token->text == ')' ? "(" : "{";
        if (!depth)
            return token_error(parse, token, NULL, "'%s' closes nothing", token->text);
        if (strcmp(open[--depth]->text, closes) != 0)
            return token_error(parse, token, NULL, "'%s' can't close '%s'", token->text,
                               open[depth]->text);
    }
    if (!depth)
        return 0;
    return token_error(parse, open[depth - 1], "a rule ends where the next ACTION begins",
                       "'%s' is not closed", open[depth - 1]->text);
}

static int check_condition(struct parse *parse, const struct span *rule)
{
    size_t length = 0;
    for (const struct token *token = rule->condition; token != rule->end; token = token->next) {
        if (token->kind == TOKEN_IF)
            return token_error(parse, token, "join the two by &&", "a rule has one `if`");
        length += strlen(token->text) + (token != rule->condition);
        if (length > CONDITION_MAX)
            return token_error(parse, token, "two rules with the same ACTION say the same as ||",
                               "the condition has more than %d bytes", CONDITION_MAX);
    }
    if (check_brackets(parse, rule) != 0)
        return -1;
    return check_neighbours(parse, rule);
}

/* ---- one rule ------------------------------------------------------------------------------- */

/* Takes the next rule; *cursor moves behind it, also where it is wrong. */
static int next_rule(struct parse *parse, const struct token **cursor, struct span *rule)
{
    const struct token *first = *cursor, *end = first->next, *last = first;
    while (end && end->kind != TOKEN_ACTION) {
        last = end;
        end = end->next;
    }
    *cursor = end;
    *rule = (struct span){.action = first, .condition = end, .end = end};
    if (end && strcmp(last->text, "!") == 0)
        return token_error(parse, last,
                           "rules are replaced by others on top of them: end with an ACTION "
                           "without `if`",
                           "'!' takes no rule away");
    if (first->kind != TOKEN_ACTION && first->kind != TOKEN_NAME)
        return token_error(parse, first, "write ACTION if CONDITION, for example allow if x == 1",
                           "a rule begins with an ACTION, not with '%s'", first->text);
    if (first->next == end)
        return 0;
    if (first->kind == TOKEN_ACTION && first->next->kind != TOKEN_IF)
        return token_error(parse, first->next, "write ACTION if CONDITION",
                           "'%s' stands behind '%s', where `if` or the next rule should be",
                           first->next->text, first->text);
    rule->condition = first->next->kind == TOKEN_IF ? first->next->next : first->next;
    if (first->next->kind == TOKEN_IF && rule->condition == end)
        return token_error(parse, first->next, "leave the `if` out in a rule for all arguments",
                           "`if` has no condition behind it");
    for (const struct token *token = rule->condition; token != end; token = token->next)
        rule->count++;
    return check_condition(parse, rule);
}

/* ---- its texts ------------------------------------------------------------------------------ */

/* Whether people put no blank between two tokens. They read back as the same two. */
static bool is_tight(const struct token *before, const struct token *left,
                     const struct token *right)
{
    const bool operand =
        is_operand(right) || *right->text == '(' ||
        (right->kind == TOKEN_OPERATOR && strchr("!~-", *right->text) && !right->text[1]);
    const bool first = !before || before->kind == TOKEN_OPERATOR || before->kind == TOKEN_OPEN;
    if (left->kind == TOKEN_OPEN || right->kind == TOKEN_CLOSE || *right->text == ',')
        return true;
    if (left->kind != TOKEN_OPERATOR || left->text[1] || !operand)
        return false;
    return *left->text == '!' || *left->text == '~' || (*left->text == '-' && first);
}

/* Writes the condition twice: for the guard with a blank between any two tokens, for people with
 * fewer. Both have room for it. */
static void write_condition(const struct span *rule, char *plain, char *shown,
                            struct token_place *places)
{
    const struct token *before = NULL, *left = NULL;
    const char *start = plain;
    for (const struct token *token = rule->condition; token != rule->end; token = token->next) {
        if (left)
            *plain++ = ' ';
        if (left && !is_tight(before, left, token))
            *shown++ = ' ';
        *places++ = (struct token_place){.offset = (unsigned)(plain - start),
                                         .line = token->origin.line,
                                         .column = token->origin.column,
                                         .length = token->origin.length};
        plain = stpcpy(plain, token->text);
        shown = stpcpy(shown, token->text);
        before = left;
        left = token;
    }
}

static size_t condition_size(const struct span *rule)
{
    size_t size = 1;
    for (const struct token *token = rule->condition; token != rule->end; token = token->next)
        size += strlen(token->text) + 1;
    return size;
}

/* The parser of one rule's ACTION, for the table: the rest of the rule is the cutter's. */
int item_rule(const struct parse *parse, const char *word, struct item *item)
{
    const struct type *type = &policy_types[TYPE_action];
    union value value = {0};
    if (type->scalar(parse, word, &value) != 0)
        return -1;
    item->kind = value.action.kind;
    item->number = value.action.error;
    item->text = type->print(parse->arena, type, &value.action);
    return item->text ? 0 : diag_memory(parse->diag);
}

static int fill(const struct parse *parse, const struct span *rule, struct item *item)
{
    if (!rule->count)
        return 0;
    const size_t size = condition_size(rule);
    char *plain = arena_alloc(parse->arena, size), *shown = arena_alloc(parse->arena, size);
    struct token_place *places = arena_array(parse->arena, rule->count, sizeof(*places));
    if (!plain || !shown || !places)
        return diag_memory(parse->diag);
    write_condition(rule, plain, shown, places);
    item->second = plain;
    item->places = places;
    item->place_count = rule->count;
    item->text = arena_printf(parse->arena, "%s if %s", item->text, shown);
    return item->text ? 0 : diag_memory(parse->diag);
}

/* From the first to the last byte of a rule, where it stands on one line. */
static struct origin place_of(const struct span *rule)
{
    struct origin origin = rule->action->origin;
    for (const struct token *token = rule->action; token != rule->end; token = token->next) {
        const unsigned end = (unsigned)token->origin.column + token->origin.length;
        if (token->origin.line == origin.line && origin.column && token->origin.column)
            origin.length = (uint16_t)(end - origin.column);
    }
    return origin;
}

/* ---- all of them ---------------------------------------------------------------------------- */

/* What can't be reached was not meant. */
static int check_place(struct parse *parse, const struct setting *setting, const struct span *rule,
                       const struct node *last)
{
    if (setting->count >= RULES_MAX)
        return token_error(parse, rule->action, "values with one ACTION fit into `in {A, B, C}`",
                           "the call has more than %d rules", RULES_MAX);
    if (last && !last->item.second)
        return token_error(parse, rule->action, "the rule for all other arguments stands last",
                           "'%s' can't be reached: '%s' before it is for all arguments",
                           rule->action->text, last->item.text);
    return 0;
}

static int add_rule(const struct profile_memory *memory, struct parse *parse,
                    struct setting *setting, const struct span *rule)
{
    struct node *node = arena_alloc(memory->scratch, sizeof(*node));
    char *action = arena_strdup(memory->keep, rule->action->text);
    if (!node || !action)
        return diag_memory(memory->diag);
    parse->origin = rule->action->origin;
    node->item.optional = setting->call_optional;
    if (value_item(parse, action, &node->item) != 0 || fill(parse, rule, &node->item) != 0)
        return -1;
    node->item.first = setting->call;
    node->item.origin = place_of(rule);
    *setting->tail = node;
    setting->tail = &node->next;
    setting->count++;
    return 0;
}

int rules_cut(const struct profile_memory *memory, struct setting *setting)
{
    struct parse parse = {.arena = memory->keep,
                          .diag = memory->diag,
                          .key = setting->key,
                          .call = setting->call,
                          .origin = setting->origin,
                          .text = "",
                          .outside = memory->outside};
    const struct token *cursor = setting->tokens.first;
    const struct node *last = NULL;
    int result = 0;
    if (!cursor)
        return value_error(&parse,
                           "write at least one ACTION; without the section the lists of "
                           "[syscalls] decide",
                           "there are no rules");
    while (cursor && !diag_stop(memory->diag)) {
        struct span rule;
        const int found = next_rule(&parse, &cursor, &rule);
        if (check_place(&parse, setting, &rule, last) != 0)
            return -1; /* the rest would be refused rule by rule */
        if (found != 0 || add_rule(memory, &parse, setting, &rule) != 0) {
            result = -1;
            continue;
        }
        for (const struct node *node = last ? last : setting->words; node; node = node->next)
            last = node;
    }
    return result;
}
